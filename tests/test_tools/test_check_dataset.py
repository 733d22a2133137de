"""``tools/check_dataset.py`` on a few drawn faces."""

import json
import shutil
import tempfile

from mmpose_scgcn.config_files import find_config
from mmpose_scgcn.images import image_facts

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS
from PIL import Image


@pytest.fixture
def check(run_main, write_config, tmp_path):
    """Check the config of one iteration with some settings changed."""
    write_config(tmp_path)

    def run(*options, settings=()):
        more = ('--cfg-options', *settings) if settings else ()
        return run_main('check_dataset', 'tiny.py', *options, *more)

    return run


def test_what_is_in_order_has_status_0_and_leaves_nothing(check, tmp_path):
    before = set(tmp_path.iterdir())
    done = check()
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'training: 16 samples of wflw, 98 keypoints' in done.stdout
    assert 'validation: 4 samples' in done.stdout
    assert 'test: 4 samples' in done.stdout
    assert done.stdout.endswith('nothing is wrong\n')
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ('setting', 'told'),
    [
        (
            'model.head.decoder.input_size=(128,128)',
            'decoder expects crops of (128, 128) px',
        ),
        ('model.head.num_keypoints=68', 'model.head.num_keypoints is 68'),
        ('model.head.top_k=98', 'set model.head.top_k=97'),
        ('train_dataloader.batch_size=1', 'every batch is one face'),
        ('default_hooks.checkpoint.save_best=AUC', 'save_best: expected one'),
        (
            'model.head.in_featuremap_size=(2,2)',
            'training: a batch of 4 samples ends with ValueError: feature map',
        ),
        (
            'model.data_preprocessor.std=[0,0,0]',
            'mean_error; images of the batch: ',
        ),
        ('load_from=nowhere.pth', 'nowhere.pth'),
        ('load_from=tiny.py', 'tiny.py cannot be loaded'),
        ('model.type=Nothing', 'the config cannot be built: KeyError'),
        ('model.head.nothing=1', "unexpected keyword argument 'nothing'"),
    ],
)
def test_what_is_wrong_has_status_1(check, setting, told):
    done = check('--strict', settings=[setting])
    assert done.returncode == 1
    assert told in done.stdout + done.stderr
    assert 'Traceback' not in done.stderr


def test_annotations_that_allow_no_graph_are_told_once(check, no_graph):
    """Not that batches fail for want of a graph, with advice for others."""
    setting, why = no_graph
    done = check(settings=[setting])
    assert done.returncode == 1
    assert done.stdout.count('error: ') == 1
    assert why in done.stdout
    assert done.stdout.endswith('\n1 things are wrong\n')


def test_a_graph_that_a_checkpoint_may_bring(check, no_graph, untrained):
    """The run starts from it, and says itself if there is none."""
    done = check(settings=[no_graph[0], f'load_from={untrained}'])
    assert 'nothing builds' not in done.stdout
    assert 'is filled' not in done.stdout
    assert 'the checkpoint has to bring one' in done.stdout


def test_warnings_count_where_one_wants(check):
    settings = ['train_dataloader.batch_size=1']
    assert 'warning: set batch_size=2' in check(settings=settings).stdout
    assert check(settings=settings).returncode == 0
    assert check('--strict', settings=settings).returncode == 1


def test_a_test_set_that_is_not_there_is_noted(check):
    done = check(settings=['test_dataloader.dataset.ann_file=none.json'])
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'note: the test set is left out' in done.stdout


def test_images_that_are_not_there(check, tmp_path, synthetic_faces):
    name = 'face_landmarks_wflw_train.json'
    content = json.loads((synthetic_faces / name).read_text())
    content['images'][0]['file_name'] = 'lost.jpg'
    (tmp_path / name).write_text(json.dumps(content))
    setting = f'train_dataloader.dataset.ann_file={tmp_path / name}'
    done = check(settings=[setting])
    assert done.returncode == 1
    assert 'training: 1 of 16 images are not there' in done.stdout
    assert 'lost.jpg' in done.stdout


@pytest.fixture
def spoil(tmp_path, synthetic_faces):
    """Put one image of another kind among those of training."""

    def spoil(name, write):
        file = 'face_landmarks_wflw_train.json'
        folder = tmp_path / 'copy'
        shutil.copytree(synthetic_faces, folder)
        content = json.loads((folder / file).read_text())
        image = content['images'][5]
        with Image.open(folder / 'images' / image['file_name']) as picture:
            write(picture, folder / 'images' / name)
        image['file_name'] = name
        (folder / file).write_text(json.dumps(content))
        return f'train_dataloader.dataset.data_root={folder}'

    return spoil


def test_an_image_that_cannot_be_read(check, spoil):
    setting = spoil('a.jpg', lambda _, path: path.write_bytes(b'<html>'))
    done = check(settings=[setting])
    assert done.returncode == 1
    assert (
        'error: training: 1 of 16 images that were tried cannot be read: '
    ) in done.stdout
    assert 'a.jpg is no image that can be read' in done.stdout


PLAIN = 'train_dataloader.dataset.pipeline.0.type=LoadImage'


def test_mmposes_reader_is_noted(check):
    done = check(settings=[PLAIN])
    assert done.returncode == 0, done.stdout
    assert "note: training: MMPose's LoadImage reads the images" in done.stdout
    assert "validation: MMPose's" not in done.stdout


def test_what_mmposes_reader_cannot_read(check, spoil):
    """TGA, which no OpenCV reads; with ours nothing is wrong."""
    setting = spoil('a.tga', lambda image, path: image.save(path))
    assert check(settings=[setting]).returncode == 0
    done = check(settings=[setting, PLAIN])
    assert done.returncode == 1
    assert (
        "error: training: MMPose's LoadImage cannot read 1 images"
    ) in done.stdout
    assert 'a.tga' in done.stdout


def test_what_mmposes_reader_turns_otherwise(check, spoil):
    def save(image, path):
        block = Image.Exif()
        block[274] = 6
        image.save(path, exif=block)

    setting = spoil('a.webp', save)
    done = check('--strict', settings=[setting, PLAIN])
    path = str(setting).partition('=')[2]
    if image_facts(f'{path}/images/a.webp').elsewhere:
        assert done.returncode == 1
        assert 'reads 1 of 16 images that were tried in' in done.stdout
        assert 'a.webp: not turned upright' in done.stdout
    else:  # this OpenCV turns WebP
        assert done.returncode == 0
    assert check('--strict', settings=[setting]).returncode == 0


@pytest.mark.parametrize('text', ('', '[]', '{"images": []}', '\0'))
def test_annotations_that_are_none_are_one_line(check, tmp_path, text):
    (tmp_path / 'a.json').write_text(text)
    setting = f'train_dataloader.dataset.ann_file={tmp_path / "a.json"}'
    done = check(settings=[setting])
    assert done.returncode == 1
    assert f'check_dataset: {tmp_path / "a.json"}: expected' in done.stderr
    assert 'Traceback' not in done.stderr


def test_missing_annotations_are_one_line(check):
    done = check(settings=['train_dataloader.dataset.ann_file=none.json'])
    assert done.returncode == 1
    assert 'none.json (train_dataloader)' in done.stderr


def test_a_name_with_a_hyphen(run_python, tmp_path):
    done = run_python('-m', 'mmpose_scgcn', 'check-dataset', 'x', cwd=tmp_path)
    assert done.returncode == 1
    assert 'check_dataset: x is neither a file' in done.stderr


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory, monkeypatch):
    """Nothing stays in the folder for temporary files."""
    folder = tmp_path_factory.mktemp('temporary')
    monkeypatch.setattr(tempfile, 'tempdir', str(folder))
    yield
    kept = [path.name for path in folder.iterdir()]
    assert not [name for name in kept if 'inductor' not in name]  # PyTorch's


@pytest.fixture
def second_stage(synthetic_faces, tmp_path):
    """A config of the second stage, and weights of the first."""
    cfg = Config.fromfile(
        find_config('td-reg_cnn6-cnn7-wing_1xb32-60e_300w-160x160')
    )
    for part in (cfg.model, cfg.model.coarse.head, cfg.model.fine.head):
        part.num_keypoints = 98
    for split in ('train', 'val', 'test'):
        cfg[f'{split}_dataloader'].dataset.update(
            type='WFLWDataset',
            data_root=str(synthetic_faces),
            ann_file=f'face_landmarks_wflw_{split}.json',
        )
    cfg.model.train_stages, cfg.param_scheduler = 'fine', []
    cfg.train_dataloader.batch_size = 8
    cfg.dump(tmp_path / 'fine.py')
    init_default_scope('mmpose')
    model = MODELS.build(cfg.model)
    model.coarse_trained.fill_(True)
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'coarse.pth')
    return tmp_path / 'fine.py', tmp_path / 'coarse.pth'


def test_the_second_of_two_stages_has_the_weights_of_the_first(
    run_main, second_stage
):
    config, weights = second_stage
    done = run_main('check_dataset', config)
    assert done.returncode == 1
    assert 'stage one is frozen and was never trained' in done.stdout
    done = run_main(
        'check_dataset', config, '--cfg-options', f'load_from={weights}'
    )
    assert done.returncode == 0, done.stdout + done.stderr
