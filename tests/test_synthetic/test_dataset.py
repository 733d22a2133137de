import json
import os

from mmpose_scgcn.staging import stage
from mmpose_scgcn.structures.conventions import WFLW_ATTRIBUTES
from mmpose_scgcn.synthetic import make_dataset, make_face
from mmpose_scgcn.synthetic.dataset import SPLIT_START

import cv2
import numpy as np
import pytest
from mmpose.datasets.datasets.face import WFLWDataset

COUNTS = dict(train=5, val=2, test=3, size=64, seed=4)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp('data') / 'faces'
    make_dataset(path, **COUNTS)
    return path


def files(folder):
    """Content of every file by relative name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob('*'))
        if path.is_file()
    }


def load(folder, split):
    name = f'face_landmarks_wflw_{split}.json'
    return json.loads((folder / name).read_text())


def test_all_files_are_there_and_nothing_else(folder):
    names = [f'images/{i:06d}.jpg' for i in range(10)]
    names += [
        f'face_landmarks_wflw_{s}.json' for s in ('train', 'val', 'test')
    ]
    assert sorted(files(folder)) == sorted([*names, 'preview.jpg'])
    assert [path.name for path in folder.parent.iterdir()] == ['faces']


@pytest.mark.parametrize('split', ['train', 'val', 'test'])
def test_the_stock_wflw_dataset_reads_it(folder, split):
    dataset = WFLWDataset(
        ann_file=f'face_landmarks_wflw_{split}.json',
        data_root=str(folder),
        data_prefix=dict(img='images/'),
        pipeline=[],
    )
    assert len(dataset) == COUNTS[split]
    for i in range(len(dataset)):
        sample = dataset[i]
        face = make_face(4, SPLIT_START[split] + i, size=64)
        np.testing.assert_allclose(
            sample['keypoints'][0], face.keypoints, atol=1e-3
        )
        assert (sample['keypoints_visible'] == 1).all()
        assert cv2.imread(sample['img_path']).shape == (64, 64, 3)
        low, high = face.keypoints.min(0), face.keypoints.max(0)
        side = (high - low).max()
        middle = (low + high) / 2
        box = [*(middle - side / 2), *(middle + side / 2)]
        np.testing.assert_allclose(sample['bbox'][0], box, atol=0.01)


def test_annotations_carry_the_attributes_of_the_face(folder):
    annotation = load(folder, 'val')['annotations'][1]
    face = make_face(4, SPLIT_START['val'] + 1, size=64)
    assert annotation['attributes'] == face.attributes
    assert list(annotation['attributes']) == list(WFLW_ATTRIBUTES)
    assert annotation['factors'] == face.factors


def test_pictures_are_the_faces_up_to_jpeg(folder):
    name = load(folder, 'test')['images'][0]['file_name']
    stored = cv2.imread(str(folder / 'images' / name)).astype(float)
    face = make_face(4, SPLIT_START['test'], size=64)
    assert np.abs(stored - face.image).mean() < 8


def test_splits_share_no_face_and_ids_are_unique(folder):
    parts = [load(folder, split) for split in ('train', 'val', 'test')]
    faces = [a for part in parts for a in part['annotations']]
    assert sorted(a['id'] for a in faces) == list(range(10))
    assert len({tuple(a['keypoints']) for a in faces}) == 10


def test_a_split_does_not_depend_on_the_size_of_another(folder, tmp_path):
    make_dataset(tmp_path / 'b', train=1, val=2, test=0, size=64, seed=4)
    first, second = load(folder, 'val'), load(tmp_path / 'b', 'val')
    assert [a['keypoints'] for a in first['annotations']] == [
        a['keypoints'] for a in second['annotations']
    ]


def test_two_workers_write_the_same_bits(folder, tmp_path):
    make_dataset(tmp_path / 'b', **COUNTS, workers=2)
    assert files(tmp_path / 'b') == files(folder)


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / 'mine.txt').write_text('keep')
    with pytest.raises(FileExistsError, match='not empty'):
        make_dataset(tmp_path, **COUNTS)
    assert files(tmp_path) == {'mine.txt': b'keep'}


def test_overwriting_replaces_an_earlier_data_set(folder, tmp_path):
    target = tmp_path / 'faces'
    make_dataset(target, train=1, val=0, test=0, size=48, seed=9)
    make_dataset(target, **COUNTS, overwrite=True)
    assert files(target) == files(folder)
    assert [path.name for path in tmp_path.iterdir()] == ['faces']


def test_overwriting_spares_a_folder_with_other_things(tmp_path):
    (tmp_path / 'mine.txt').write_text('keep')
    with pytest.raises(FileExistsError, match=r'holds mine\.txt'):
        make_dataset(tmp_path, **COUNTS, overwrite=True)
    assert files(tmp_path) == {'mine.txt': b'keep'}


def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    target = 'mmpose_scgcn.synthetic.dataset.preview_grid'
    monkeypatch.setattr(target, lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_dataset(tmp_path / 'faces', **COUNTS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    'change', [dict(train=-1), dict(size=8), dict(seed=-1), dict(workers=0)]
)
def test_impossible_numbers_are_refused(tmp_path, change):
    with pytest.raises(ValueError, match='expected'):
        make_dataset(tmp_path / 'faces', **{**COUNTS, **change})
    assert list(tmp_path.iterdir()) == []


def test_no_face_at_all_is_refused(tmp_path):
    with pytest.raises(ValueError, match='one face'):
        make_dataset(tmp_path / 'faces', train=0, val=0, test=0)


def test_what_a_killed_run_has_left_in_the_folder_goes(tmp_path, monkeypatch):
    """Where it cannot be beside, as in a mounted folder."""
    monkeypatch.setattr('mmpose_scgcn.staging._is_beside', lambda out: False)
    out = tmp_path / 'out'
    out.mkdir()
    child = os.fork()
    if child == 0:
        with stage(out):
            os._exit(0)
    os.waitpid(child, 0)
    assert len(os.listdir(out)) == 1
    make_dataset(out, **COUNTS)
    assert 'preview.jpg' in os.listdir(out)
    assert not [name for name in os.listdir(out) if name.startswith('.')]


@pytest.mark.parametrize('name', ['images/mine.jpg', 'preview.jpg'])
def test_overwriting_spares_pictures_of_others(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b'keep')
    with pytest.raises(FileExistsError, match=f'holds {name[:6]}'):
        make_dataset(tmp_path, **COUNTS, overwrite=True)
    assert files(tmp_path) == {name: b'keep'}


def test_overwriting_spares_annotations_and_pictures_of_others(tmp_path):
    target = tmp_path / 'faces'
    make_dataset(target, train=1, val=0, test=0, size=48)
    (target / 'images/holiday.jpg').write_bytes(b'keep')
    with pytest.raises(FileExistsError, match=r'holds images/holiday\.jpg'):
        make_dataset(target, **COUNTS, overwrite=True)
    (target / 'images/holiday.jpg').unlink()
    annotations = 'face_landmarks_wflw_val.json'
    (target / annotations).write_text('{"info": {"description": "WFLW"}}')
    with pytest.raises(FileExistsError, match=f'holds {annotations}'):
        make_dataset(target, **COUNTS, overwrite=True)


def test_a_preview_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    write = cv2.imwrite
    monkeypatch.setattr(
        cv2,
        'imwrite',
        lambda path, *rest: (
            not path.endswith('preview.jpg') and write(path, *rest)
        ),
    )
    with pytest.raises(OSError, match=r'cannot write preview\.jpg'):
        make_dataset(tmp_path / 'faces', train=1, val=0, test=0, size=48)
    assert list(tmp_path.iterdir()) == []
