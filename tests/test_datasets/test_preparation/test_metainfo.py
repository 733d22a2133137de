from pathlib import Path

from mmpose_scgcn.datasets import shapes_from_coco
from mmpose_scgcn.datasets.preparation import (
    infer_flip_indices,
    metainfo_source,
    mirror_distances,
    named_flip_indices,
    parse_flip_pairs,
)

import mmpose
import numpy as np
import pytest
from mmengine.config import Config
from mmpose.datasets.datasets.utils import parse_pose_metainfo


def official_flip_indices(name):
    """The partners that MMPose's own metainfo states."""
    folder = Path(mmpose.__file__).parent / '.mim/configs/_base_/datasets'
    info = Config.fromfile(folder / f'{name}.py').dataset_info
    parsed = parse_pose_metainfo(dict(info))
    return parsed['flip_indices']


def test_partners_as_mmpose_reads_them(tmp_path):
    partners = parse_flip_pairs('0-3, 1-2', 5)
    assert partners.tolist() == [3, 2, 1, 0, 4]
    path = tmp_path / 'metainfo.py'
    path.write_text(metainfo_source('mine', partners, [0, 1, 2, 3, 1.5]))
    info = parse_pose_metainfo(dict(from_file=str(path)))
    assert info['dataset_name'] == 'mine'
    assert info['num_keypoints'] == 5
    assert info['flip_indices'] == [3, 2, 1, 0, 4]
    left, right = info['keypoint_colors'][0], info['keypoint_colors'][3]
    assert not np.array_equal(left, right)


def test_no_pair():
    assert parse_flip_pairs('none', 3).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('0,1', 'such as 0-16,1-15, got .0.'),
        ('0-5', 'indices below 5'),
        ('0-1,1-2', 'each in one pair'),
    ),
)
def test_wrong_pairs(text, message):
    with pytest.raises(ValueError, match=message):
        parse_flip_pairs(text, 5)


@pytest.mark.parametrize(
    ('file', 'name'),
    (
        ('300w/face_landmarks_300w_train.json', '300w'),
        ('ytf68/face_landmarks_ytf68_train.json', '300w'),
        ('wflw_sample/face_landmarks_wflw_sample.json', 'wflw'),
    ),
)
def test_partners_of_real_faces_are_the_official_ones(scgcn_data, file, name):
    shapes = shapes_from_coco(scgcn_data / file)
    partners = infer_flip_indices(shapes.keypoints, shapes.visible)
    assert partners.tolist() == official_flip_indices(name)


def test_distances_of_a_square():
    square = np.array([[[0.0, 0], [2, 0], [2, 2], [0, 2]]])
    distance = mirror_distances(square, np.ones((1, 4), bool))
    np.testing.assert_allclose(
        distance,
        [
            [1, 0, 1, 2**0.5],
            [0, 1, 2**0.5, 1],
            [1, 2**0.5, 1, 0],
            [2**0.5, 1, 0, 1],
        ],
        atol=1e-12,
    )


def test_shapes_without_symmetry_are_refused():
    shapes = np.array([[[0.0, 0], [1, 0], [9, 3], [2, 8]]])
    with pytest.raises(ValueError, match='not symmetric enough'):
        infer_flip_indices(shapes, np.ones((1, 4), bool))


def test_one_and_two_keypoints():
    """One has no partner; of two, their places do not tell."""
    shapes = np.random.default_rng(0).uniform(size=(5, 2, 2))
    seen = np.ones((5, 2), bool)
    assert infer_flip_indices(shapes[:, :1], seen[:, :1]).tolist() == [0]
    with pytest.raises(ValueError, match='two keypoints are too few'):
        infer_flip_indices(shapes, seen)


def test_names_of_keypoints():
    text = metainfo_source('mine', [1, 0], [0.2, 0.8], ['left eye', "o'clock"])
    content: dict = {}
    exec(text, content)
    info = content['dataset_info']['keypoint_info']
    assert [info[i]['name'] for i in (0, 1)] == ['left eye', "o'clock"]
    assert info[0]['swap'] == "o'clock"


@pytest.mark.parametrize(
    ('names', 'expected'),
    (
        (('left_eye', 'nose', 'right_eye'), [2, 1, 0]),
        (('eyeLeft1', 'eyeLeft2', 'eyeRight1', 'eyeRight2'), [2, 3, 0, 1]),
        (('L Mouth', 'R Mouth'), [1, 0]),
        (('mouth_l', 'mouth_r', 'lip', 'rim'), [1, 0, 2, 3]),
        (('left_eye', 'nose'), None),  # without a partner
        (('left_eye', 'right_eye', 'Left-eye'), None),  # two of a name
        (('nose', 'chin'), None),
        ((), None),
    ),
)
def test_partners_by_names(names, expected):
    partners = named_flip_indices(names)
    assert (partners if partners is None else partners.tolist()) == expected


def test_drawings_join_what_the_skeleton_says(tmp_path):
    text = metainfo_source('x', [1, 0, 2], [-1, 1, 0], 'abc', [(0, 2), (1, 2)])
    (tmp_path / 'metainfo.py').write_text(text)
    info = parse_pose_metainfo(dict(from_file=str(tmp_path / 'metainfo.py')))
    assert info['skeleton_links'] == [(0, 2), (1, 2)]
