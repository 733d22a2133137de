"""``tools/calibrate_detector.py``, most of it in this process."""

import importlib
import json
import shutil
import sys

from mmpose_scgcn.apis.face_boxes import make_detector
from mmpose_scgcn.detection import find_yunet, read_mapping

import numpy as np
import pytest

CONFIG = 'td-reg_cnn6_1xb32-12e_synthetic-64x64'
NAMES = ('shift_x', 'shift_y', 'scale_x', 'scale_y')


#: A detector that reads the annotations: boxes twice as high, the forehead
#: with them. It finds no face in every fourth image.
DETECTOR = """
import itertools
import json
from pathlib import Path

count = itertools.count()
table = json.loads(Path({annotations!r}).read_text())
annotations = sorted(table['annotations'], key=lambda entry: entry['id'])


def faces(image):
    number = next(count)
    if number % 4 == 3:
        return []
    xs = annotations[number]['keypoints'][0::3]
    ys = annotations[number]['keypoints'][1::3]
    return [[min(xs), 2 * min(ys) - max(ys), max(xs), max(ys)]]


nothing = lambda image: []
"""


@pytest.fixture
def options(synthetic_faces, tmp_path):
    """Options for procedural faces, and a file with detectors."""
    annotations = synthetic_faces / 'face_landmarks_wflw_train.json'
    (tmp_path / 'mine.py').write_text(
        DETECTOR.format(annotations=str(annotations))
    )

    def give(data=synthetic_faces):
        return (
            *('--config', CONFIG, '--cfg-options'),
            f'train_dataloader.dataset.data_root={data}',
            f'val_dataloader.dataset.data_root={data}',
        )

    return give


@pytest.fixture
def tool(run_main, options, synthetic_faces, monkeypatch):
    """Run the tool in this process, which forgets the detectors."""

    def run(*arguments, data=synthetic_faces):
        with monkeypatch.context() as patch:
            patch.setattr(sys, 'path', list(sys.path))
            sys.modules.pop('mine', None)
            importlib.invalidate_caches()
            return run_main('calibrate_detector', *arguments, *options(data))

    yield run
    sys.modules.pop('mine', None)


def test_a_detector_of_ones_own_is_measured(
    run_python, root, options, tmp_path
):
    result = run_python(
        *(root / 'tools/calibrate_detector.py', 'mine:faces'),
        *('--out', 'new/folder/boxes.json', *options()),
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert 'mine:faces: 12 of 16 faces found' in result.stdout
    assert '100%' not in result.stdout
    assert 'boxes 0.50, mapped 1.00' in result.stdout
    path = tmp_path / 'new/folder/boxes.json'
    entry = json.loads(path.read_text())['mine:faces']
    assert (entry['faces'], entry['found']) == (16, 12)
    assert entry['data'] == f'{CONFIG}, train'
    mapping = read_mapping('mine:faces', path)
    np.testing.assert_allclose(
        [getattr(mapping, name) for name in NAMES],
        [0, 0.25, 1, 0.5],
        atol=1e-4,
    )
    assert all(entry[name]['std'] == 0 for name in NAMES)
    assert entry['longer_side'] == 1


def test_a_file_of_measurements_is_added_to(tool, tmp_path):
    path = tmp_path / 'boxes.json'
    other = {name: dict(median=0.5, std=0.1) for name in NAMES}
    path.write_text(json.dumps(dict(other=other)))
    result = tool('mine:faces', '--out', str(path), '--every', '3')
    assert result.returncode == 0, result.stderr
    table = json.loads(path.read_text())
    assert table['other'] == other
    assert table['mine:faces']['faces'] == 6
    assert [file.name for file in tmp_path.glob('boxes*')] == ['boxes.json']


def test_detectors_of_one_kind_have_entries_of_their_own(
    tool, tmp_path, monkeypatch
):
    file = find_yunet()
    if file is None:
        pytest.skip('no file of YuNet')
    monkeypatch.chdir(tmp_path)
    for name in 'ab':
        shutil.copy(file, f'{name}.onnx')
    names = ['a.onnx', 'b.onnx', 'yunet']
    result = tool(*names, '--out', 'boxes.json', '--every', '4')
    assert result.returncode == 0, result.stderr
    path = tmp_path / 'boxes.json'
    table = json.loads(path.read_text())
    assert list(table) == names
    # What predict --det-model a.onnx --det-mapping takes of them.
    path.write_text(json.dumps({'a.onnx': table['a.onnx']}))
    detector = make_detector('a.onnx', mapping_file='boxes.json')
    assert detector.mapping == read_mapping('a.onnx', path)


def test_what_was_measured_before_an_error_is_written(tool, tmp_path):
    result = tool('mine:faces', 'mine:nothing', '--out', 'boxes.json')
    assert result.returncode == 1
    assert 'the detector found 0 of 16 faces' in result.stderr
    assert list(json.loads((tmp_path / 'boxes.json').read_text())) == [
        'mine:faces'
    ]


def hide(folder, hidden):
    """Make keypoints, by face, into some that nobody annotated.

    Not at (0, 0): MMPose has no faces whose coordinates are all 0.
    """
    file = folder / 'face_landmarks_wflw_train.json'
    table = json.loads(file.read_text())
    for face, keypoints in zip(table['annotations'], hidden, strict=True):
        for index in keypoints:
            face['keypoints'][3 * index : 3 * index + 3] = [1, 1, 0]
    file.write_text(json.dumps(table))


def test_the_box_is_about_annotated_keypoints(tool, synthetic_faces, tmp_path):
    data = tmp_path / 'data'
    shutil.copytree(synthetic_faces, data)
    # Keypoint 60 is a corner of an eye: no box changes by it.
    hide(data, [*[[60]] * 15, range(98)])
    result = tool('mine:faces', '--out', 'boxes.json', data=data)
    assert result.returncode == 0, result.stderr
    assert '1 of 16 faces are left out: they have' in result.stdout
    assert '12 of 15 faces found' in result.stdout
    assert 'boxes 0.50, mapped 1.00' in result.stdout
    mapping = read_mapping('mine:faces', tmp_path / 'boxes.json')
    found = [getattr(mapping, name) for name in NAMES]
    np.testing.assert_allclose(found, [0, 0.25, 1, 0.5], atol=1e-4)


def test_faces_without_an_annotated_keypoint(tool, synthetic_faces, tmp_path):
    data = tmp_path / 'data'
    shutil.copytree(synthetic_faces, data)
    hide(data, [range(98)] * 16)
    result = tool('mine:faces', data=data)
    assert result.returncode == 1
    assert 'no face of train has an annotated keypoint' in result.stderr


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['mine:nothing'], 'the detector found 0 of 16 faces; nothing can be'),
        (['mine:absent'], "module 'mine' has no attribute 'absent'"),
        (['absent:faces'], "No module named 'absent'"),
        (['dlib'], "no face detector 'dlib'"),
        (['mine:faces', 'mine:faces'], 'the detector mine:faces is given mo'),
        (['a/b.onnx'], 'no file of YuNet at a/b.onnx'),
        (['mine:faces', '--out', 'mine.py'], 'mine.py is there and'),
        (['mine:faces', '--out', 'coco.json'], 'coco.json is there and holds'),
    ],
)
def test_what_cannot_be_measured(tool, tmp_path, arguments, message):
    before = (tmp_path / 'mine.py').read_text()
    (tmp_path / 'coco.json').write_text('{"images": [], "annotations": []}')
    result = tool(*arguments)
    assert result.returncode == 1
    assert 'Traceback' not in result.stderr
    assert f'calibrate_detector: {message}' in result.stderr
    assert (tmp_path / 'mine.py').read_text() == before


def test_faces_that_are_not_there(tool, tmp_path):
    result = tool('mine:faces', data=tmp_path)
    assert result.returncode == 1
    assert 'Annotation files not found' in result.stderr
    assert 'train.json' in result.stderr
