from mmpose_scgcn.evaluation.functional import (
    EYE_GROUPS,
    box_size,
    face_normalizers,
    group_distance,
    resolve_norm,
)

import numpy as np
import pytest

LEFT_68, RIGHT_68 = range(36, 42), range(42, 48)


@pytest.fixture
def keypoints():
    return np.random.default_rng(2).uniform(0, 100, size=(3, 68, 2))


def test_inter_pupil_of_68_points_equals_a_naive_loop(keypoints):
    expected = []
    for face in keypoints:
        centre = []
        for eye in (LEFT_68, RIGHT_68):
            x = sum(face[k][0] for k in eye) / 6
            y = sum(face[k][1] for k in eye) / 6
            centre.append((x, y))
        dx = centre[0][0] - centre[1][0]
        dy = centre[0][1] - centre[1][1]
        expected.append((dx**2 + dy**2) ** 0.5)
    visible = np.ones((3, 68), dtype=bool)
    groups = resolve_norm('inter_pupil', '300w')
    distance = group_distance(keypoints, visible, groups)
    np.testing.assert_allclose(distance, expected, rtol=1e-12)


def test_inter_ocular_is_the_distance_of_the_outer_corners(keypoints):
    visible = np.ones((3, 68), dtype=bool)
    groups = resolve_norm('inter_ocular', 'coco_wholebody_face')
    expected = np.linalg.norm(keypoints[:, 36] - keypoints[:, 45], axis=1)
    distance = group_distance(keypoints, visible, groups)
    np.testing.assert_allclose(distance, expected, rtol=1e-12)


def test_a_keypoint_that_is_not_annotated_gives_no_normalizer(keypoints):
    visible = np.ones((3, 68), dtype=bool)
    visible[1, 45] = visible[2, 40] = False
    distance = group_distance(keypoints, visible, ((36,), (45,)))
    assert np.isnan(distance).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ('kind', 'expected'),
    [
        ('box_size', 40.0),
        ('box_diagonal', 50.0),
        ('box_sqrt_area', 1200**0.5),
    ],
)
def test_box_sizes(kind, expected):
    boxes = np.array([[10.0, 20.0, 40.0, 60.0]])
    assert box_size(boxes, kind).tolist() == [pytest.approx(expected)]


def test_boxes_without_a_size_are_nan():
    boxes = np.array(
        [
            [0, 0, 0, 5],
            [0, 0, -3, -5],
            [0, 0, np.nan, 5],
            [np.inf, 0, np.inf, 5],
        ]
    )
    for kind in ('box_size', 'box_diagonal', 'box_sqrt_area'):
        assert np.isnan(box_size(boxes, kind)).all()


def test_face_normalizers_choose_box_or_keypoints(keypoints):
    visible = np.ones((3, 68), dtype=bool)
    boxes = np.tile([0.0, 0.0, 30.0, 40.0], (3, 1))
    by_box = face_normalizers('box_size', keypoints, visible, boxes)
    by_eyes = face_normalizers(((0,), (1,)), keypoints, visible, boxes)
    assert by_box.tolist() == [40.0] * 3
    diagonal = face_normalizers('box_diagonal', keypoints, visible, boxes)
    assert diagonal.tolist() == [50.0] * 3
    expected = np.linalg.norm(keypoints[:, 0] - keypoints[:, 1], axis=1)
    np.testing.assert_allclose(by_eyes, expected)


# Not 300wlp: MMPose 1.3.2 gives its keypoints no partners at all.
@pytest.mark.parametrize('dataset_name', sorted({*EYE_GROUPS} - {'300wlp'}))
@pytest.mark.parametrize('norm', ['inter_ocular', 'inter_pupil'])
def test_eye_groups_mirror_each_other_in_mmpose(dataset_name, norm):
    from mmpose.datasets.datasets.utils import parse_pose_metainfo

    meta = parse_pose_metainfo(
        dict(from_file=f'configs/_base_/datasets/{dataset_name}.py')
    )
    first, second = EYE_GROUPS[dataset_name][norm]
    assert {meta['flip_indices'][k] for k in first} == set(second)
    assert not set(first) & set(second)


@pytest.mark.parametrize('dataset_name', ['300w', 'wflw', 'cofw', 'lapa'])
def test_inter_ocular_keypoints_equal_mmposes(dataset_name):
    from mmpose.evaluation.metrics import NME

    ours = resolve_norm('inter_ocular', dataset_name)
    expected = NME.DEFAULT_KEYPOINT_INDICES[dataset_name]
    assert [group[0] for group in ours] == list(expected)


def test_300wlp_has_the_same_68_points_as_300w():
    assert EYE_GROUPS['300wlp'] == EYE_GROUPS['300w']


def test_explicit_groups():
    assert resolve_norm([36, 45]) == ((36,), (45,))
    assert resolve_norm([[1, 2], [3]]) == ((1, 2), (3,))
    assert resolve_norm(np.array([36, 45])) == ((36,), (45,))


@pytest.mark.parametrize(
    'norm',
    [
        *([1], [1, 2, 3], [[1], []], [[1], [[2]]], [1.5, 2]),
        *(None, 5, ('left_eye', 'right_eye'), [[1, [2]], [3]]),
    ],
)
def test_explicit_groups_must_be_two(norm):
    with pytest.raises(ValueError, match='two groups'):
        resolve_norm(norm)


def test_unknown_names():
    with pytest.raises(ValueError, match='inter_ocular'):
        resolve_norm('interocular', '300w')
    message = r"'hands' .* as in norm=\(\(36,\), \(45,\)\)"
    with pytest.raises(ValueError, match=message):
        resolve_norm('inter_ocular', 'hands')


@pytest.mark.parametrize('index', [68, -1])
def test_an_index_that_is_no_keypoint(keypoints, index):
    visible = np.ones((3, 68), dtype=bool)
    with pytest.raises(ValueError, match='68'):
        group_distance(keypoints, visible, ((0,), (index,)))


@pytest.mark.parametrize('norm', [(36, 36), ((36, 39), (39, 36))])
def test_groups_that_are_the_same_have_no_distance(norm):
    with pytest.raises(ValueError, match='two groups of keypoints that diffe'):
        resolve_norm(norm)
