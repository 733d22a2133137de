"""An image that turns unreadable ends a run in words, or is skipped."""

import json
import logging

from mmpose_scgcn.datasets.transforms import LoadFaceImage
from mmpose_scgcn.datasets.unreadable import Told, UnreadableImageError
from tests.test_engine.tiny_runs import dataset as settings_of

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset, pseudo_collate
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS
from torch.utils.data import DataLoader

NUM = 6
BROKEN = 2


@pytest.fixture
def folder(tmp_path, make_coco):
    """Six faces; the image of number 2 is cut off, as by a full disk."""
    rng = np.random.default_rng(0)
    for number in range(NUM):
        pixels = rng.integers(0, 255, (48, 64, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f'{number}.png'), pixels)
    content = make_coco(rng.uniform(12, 36, (NUM, 6, 2)))
    (tmp_path / 'faces.json').write_text(json.dumps(content))
    broken = tmp_path / f'{BROKEN}.png'
    broken.write_bytes(broken.read_bytes()[:3000])
    return tmp_path


@pytest.fixture
def make(folder):
    """Build the data set."""
    init_default_scope('mmpose')

    def make(test_mode=False, kind='mmpose_scgcn.LoadFaceImage', **options):
        load = dict(type=kind, **options)
        settings = settings_of(str(folder / 'faces.json'), [load])
        return DATASETS.build(dict(settings, test_mode=test_mode))

    return make


@pytest.fixture
def log(tmp_path, monkeypatch):
    """What MMEngine's logger is told, also by other processes."""
    logger = MMLogger('told')
    handler = logging.FileHandler(tmp_path / 'log', encoding='utf-8')
    handler.setFormatter(logging.Formatter('%(levelname)s %(message)s'))
    handler.setLevel(logging.WARNING)
    logger.addHandler(handler)
    monkeypatch.setattr(MMLogger, 'get_current_instance', lambda: logger)
    yield lambda: (tmp_path / 'log').read_text('utf-8').splitlines()
    handler.close()


def test_a_run_ends_in_words_that_name_file_sample_and_reason(make, folder):
    faces = make()
    assert faces[BROKEN - 1]['img'].shape == (48, 64, 3)
    with pytest.raises(UnreadableImageError) as told:
        faces[BROKEN]
    text = str(told.value)
    assert text.startswith(f'{folder}/2.png cannot be read: ')
    assert f'(sample 2 annotation 2 of {folder}/faces.json)' in text
    assert "LoadFaceImage(unreadable='skip')" in text


@pytest.mark.parametrize('workers', [0, 2])
def test_words_come_through_the_workers(make, folder, workers):
    loader = DataLoader(make(), num_workers=workers, collate_fn=pseudo_collate)
    with pytest.raises(UnreadableImageError) as told:
        list(loader)
    assert told.value.words.startswith(f'{folder}/2.png cannot be read: ')
    assert '\n' not in told.value.words


def test_skipped_in_training_and_named_once(make, folder, log):
    torch.manual_seed(0)
    faces = make(unreadable='skip')
    both = ConcatDataset([faces], lazy_init=False)
    for _ in range(3):
        taken = both[BROKEN]
        assert taken['img'].shape == (48, 64, 3)
        assert taken['img_path'] != f'{folder}/{BROKEN}.png'
    [message] = log()
    assert message.startswith(
        f'WARNING skipped in training: {folder}/2.png cannot be read: '
    )
    (folder / '4.png').unlink()
    faces[4]
    assert 'no image file' in log()[1]


def test_named_once_by_all_workers_in_all_epochs(make, folder, log):
    loader = DataLoader(
        make(unreadable='skip'),
        num_workers=2,
        batch_size=NUM,
        sampler=[BROKEN] * (4 * NUM),
        collate_fn=pseudo_collate,
    )
    for _ in range(2):
        for batch in loader:
            assert f'{folder}/{BROKEN}.png' not in batch['img_path']
    [message] = log()
    assert 'skipped in training' in message


def test_never_skipped_in_testing(make, folder):
    faces = make(test_mode=True, unreadable='skip')
    with pytest.raises(UnreadableImageError, match=r'2\.png cannot be read'):
        faces[BROKEN]
    alone = LoadFaceImage(unreadable='skip')
    with pytest.raises(UnreadableImageError, match=r'2\.png cannot be read'):
        alone.transform(dict(img_path=f'{folder}/2.png'))


def test_images_of_memory_are_brought_into_the_same_form(make):
    grey = np.full((4, 5), 70, np.uint8)
    found = LoadFaceImage(to_float32=True).transform(dict(img=grey))
    assert found['img'].dtype == np.float32
    assert found['img'].shape == (4, 5, 3)
    assert found['img_shape'] == found['ori_shape'] == (4, 5)
    assert found['img_path'] is None
    with pytest.raises(UnreadableImageError, match='uint8 or uint16'):
        LoadFaceImage().transform(dict(img=np.zeros((4, 5, 3))))


def test_files_that_a_backend_of_mmengine_gives(folder):
    load = LoadFaceImage(backend_args=dict(backend='local'))
    plain = LoadFaceImage().transform(dict(img_path=f'{folder}/0.png'))
    found = load.transform(dict(img_path=f'{folder}/0.png'))
    np.testing.assert_array_equal(found['img'], plain['img'])
    with pytest.raises(UnreadableImageError, match=r'2\.png cannot be read'):
        load.transform(dict(img_path=f'{folder}/2.png'))
    with pytest.raises(UnreadableImageError, match=r'absent\.png'):
        load.transform(dict(img_path=f'{folder}/absent.png'))


def test_its_options_are_checked_and_shown():
    with pytest.raises(ValueError, match="one of stop, skip, got 'ignore'"):
        LoadFaceImage(unreadable='ignore')
    shown = repr(LoadFaceImage(unreadable='skip'))
    assert shown == (
        "LoadFaceImage(to_float32=False, unreadable='skip', "
        'backend_args=None, cache=None)'
    )


def test_files_are_told_apart():
    told = Told()
    names = [f'/data/{number}.jpg' for number in range(2000)]
    names.append('/data/\udce4.jpg')
    assert all(told.first_time(name) for name in names)
    assert not any(told.first_time(name) for name in names)
