"""Annotated faces from COCO files and from configs."""

import json

from mmpose_scgcn.datasets.annotated_faces import (
    read_coco_faces,
    read_config_faces,
)
from mmpose_scgcn.datasets.preparation import metainfo_source

import numpy as np
import pytest
from mmengine.config import Config

FACE = np.array([[10.0, 10], [30, 11], [20, 20], [20, 30]])
FACES = FACE[None].repeat(3, 0)


@pytest.fixture
def write(tmp_path, make_coco):
    def write(faces=FACES, name='mine.json', **options):
        path = tmp_path / name
        path.write_text(json.dumps(make_coco(faces, **options)))
        return path

    return write


def test_keypoints_boxes_and_pictures(write, tmp_path):
    faces = read_coco_faces(write(), origin=1)
    np.testing.assert_array_equal(faces.keypoints[1], FACE - 1)
    # x 8 to 48, y 6 to 36: square about the centre.
    np.testing.assert_allclose(faces.boxes[0], [8, 1, 48, 41])
    assert faces.files[2] == tmp_path / '2.png'
    assert faces.origin == 1
    assert len(faces.left_out) == 0


def test_pictures_beside_the_file(write, tmp_path):
    (tmp_path / 'images').mkdir()
    assert read_coco_faces(write()).files[0] == tmp_path / 'images/0.png'
    (tmp_path / 'others').mkdir()
    faces = read_coco_faces(write(), images=tmp_path / 'others')
    assert faces.files[0] == tmp_path / 'others/0.png'


def test_names_of_the_file_and_pairs_of_the_mean_shape(write):
    names = ['right eye', 'left eye', 'nose', 'mouth']
    faces = read_coco_faces(write(names=names))
    described = faces.dataset['metainfo']['keypoint_info']
    assert [entry['name'] for entry in described.values()] == names
    swaps = [entry['swap'] for entry in described.values()]
    assert swaps == ['left eye', 'right eye', '', '']


def test_pairs_of_the_user(write):
    faces = read_coco_faces(write(), flip_pairs='none')
    described = faces.dataset['metainfo']['keypoint_info']
    assert {entry['swap'] for entry in described.values()} == {''}


def test_a_description_beside_the_file(write, tmp_path):
    path = tmp_path / 'metainfo.py'
    path.write_text(metainfo_source('mine', [1, 0, 2, 3], FACE[:, 0]))
    faces = read_coco_faces(write())
    described = faces.dataset['metainfo']
    assert described == Config.fromfile(path).dataset_info.to_dict()
    named = read_coco_faces(write(), metainfo=path)
    assert named.dataset['metainfo'] == dict(from_file=str(path))


def test_what_is_left_out_and_why(write):
    flags = np.full((4, 4), 2)
    flags[1] = 0
    boxes = [[8, 6, 40, 30]] * 3 + [[8, 6, 4, 5]]
    path = write(FACE[None].repeat(4, 0), flags=flags, boxes=boxes)
    faces = read_coco_faces(path)
    assert len(faces) == 2
    assert faces.left_out == [
        (1, 'no annotated keypoint'),
        (3, 'a box of less than 8 px'),
    ]


@pytest.mark.parametrize(
    ('change', 'told'),
    [
        (lambda c: c['annotations'].clear(), 'no annotation with a visible'),
        (
            lambda c: c['annotations'][1]['keypoints'].extend([1, 2, 2]),
            r'annotation 1 \(1.png\): expected 4 keypoints .* got 5',
        ),
        (
            lambda c: c['annotations'][1].update(keypoints=[np.nan, 1, 2] * 4),
            'annotation 1 .* NaN',
        ),
        (lambda c: c.pop('images'), 'expected a COCO JSON'),
        (lambda c: c.update(annotations=None), 'a list, got None'),
        (lambda c: c['annotations'].insert(1, 5), 'an object, got 5'),
        (lambda c: c.update(categories=[5]), 'an object, got 5'),
        (
            lambda c: c['annotations'][1].update(keypoints=[10**400] * 12),
            'annotation 1: keypoints must be a flat list of numbers',
        ),
        (
            lambda c: c['annotations'][1].update(center='x', scale=None),
            'annotation 1: expected numbers as its box',
        ),
    ],
)
def test_a_file_that_is_wrong_is_named(write, change, told):
    path = write()
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=told) as error:
        read_coco_faces(path)
    assert str(path) in str(error.value)


def test_keypoints_that_are_not_symmetric(write):
    crooked = np.array([[10.0, 10], [30, 30], [12, 20], [20, 37]])
    with pytest.raises(ValueError, match='give --flip-pairs'):
        read_coco_faces(write(crooked[None].repeat(3, 0)))


def test_pairs_by_names_where_places_do_not_tell(write):
    crooked = np.array([[10.0, 10], [30, 30], [12, 20], [20, 37]])
    names = ['eye_right', 'eye_left', 'nose', 'mouth']
    faces = read_coco_faces(write(crooked[None].repeat(3, 0), names=names))
    described = faces.dataset['metainfo']['keypoint_info']
    swaps = [entry['swap'] for entry in described.values()]
    assert swaps == ['eye_left', 'eye_right', '', '']


def test_names_that_say_other_pairs_are_told(write, log):
    names = ['eye_right', 'nose', 'eye_left', 'mouth']
    faces = read_coco_faces(write(names=names))
    described = faces.dataset['metainfo']['keypoint_info']
    swaps = [entry['swap'] for entry in described.values()]
    assert swaps == ['nose', 'eye_right', '', '']
    assert 'mine: the names of the keypoints say other' in log.text


def test_nothing_there(tmp_path, write):
    with pytest.raises(FileNotFoundError, match='no annotation file'):
        read_coco_faces(tmp_path / 'none.json')
    with pytest.raises(FileNotFoundError, match='no folder of pictures'):
        read_coco_faces(write(), images=tmp_path / 'none')


@pytest.mark.parametrize('pairs', ['none', 'infer'])
def test_one_keypoint_is_described(write, pairs):
    path = write(FACES[:, :1], names=['tip of the nose'])
    faces = read_coco_faces(path, flip_pairs=pairs)
    (entry,) = faces.dataset['metainfo']['keypoint_info'].values()
    assert (entry['name'], entry['swap']) == ('tip of the nose', '')
    assert entry['color'] == [240, 228, 66]


@pytest.fixture
def cfg(synthetic_faces, write_config, tmp_path):
    write_config(tmp_path)
    return Config.fromfile(tmp_path / 'tiny.py')


def test_the_faces_of_a_config(cfg, synthetic_faces):
    faces = read_config_faces(cfg, 'train')
    assert faces.keypoints.shape == (16, 98, 2)
    assert faces.files[0].is_file()
    assert faces.dataset['ann_file'] == 'face_landmarks_wflw_test.json'
    assert faces.origin == 0
    assert 'pipeline' not in faces.dataset


def test_keypoints_count_as_the_pipeline_makes_them(cfg):
    plain = read_config_faces(cfg, 'val')
    shift = dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=1)
    cfg.val_dataloader.dataset.pipeline.insert(1, shift)
    faces = read_config_faces(cfg, 'val')
    np.testing.assert_allclose(faces.keypoints, plain.keypoints - 1)
    np.testing.assert_allclose(faces.boxes, plain.boxes)
    assert faces.origin == 1
