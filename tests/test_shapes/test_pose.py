from mmpose_scgcn.datasets import shapes_from_coco
from mmpose_scgcn.shapes import (
    has_shape,
    pose_axis,
    principal_components,
    procrustes_align,
)
from mmpose_scgcn.shapes.procrustes import CHUNK

import numpy as np
import pytest

BASE = np.array([[-1.0, -1], [1, -1], [0, 0], [-0.8, 1], [0.8, 1]])


def noses(offsets, rng=None):
    """Faces with their nose (keypoint 2) off centre, anywhere."""
    points = np.stack([BASE] * len(offsets))
    points[:, 2, 0] += offsets
    if rng is not None:
        angle = rng.uniform(-0.4, 0.4, len(points))
        c, s = np.cos(angle), np.sin(angle)
        turn = np.stack([np.stack([c, -s], -1), np.stack([s, c], -1)], -2)
        points = points @ turn * rng.uniform(5, 50, (len(points), 1, 1))
        points += rng.uniform(-100, 100, (len(points), 1, 2))
    return points


def test_it_is_the_projection_on_the_component():
    points = noses(np.linspace(-0.4, 0.6, 11), np.random.default_rng(0))
    axis = pose_axis(points, component=1)
    aligned, mean = procrustes_align(points)
    components, variances = principal_components(aligned, 2)
    expected = ((aligned - mean) * components[1]).sum(axis=(1, 2))
    np.testing.assert_allclose(axis.coefficients, expected, atol=1e-12)
    np.testing.assert_allclose(axis.mean, mean, atol=1e-12)
    np.testing.assert_allclose(axis.direction, components[1])
    assert axis.share == pytest.approx(variances[1] / variances.sum())


def test_it_is_the_projection_where_some_are_hidden_in_one_part():
    rng = np.random.default_rng(0)
    points = noses(rng.uniform(-0.4, 0.6, CHUNK + 50), rng)
    visible = np.ones(points.shape[:2], dtype=bool)
    visible[CHUNK:, :2] = rng.random((50, 2)) > 0.5
    axis = pose_axis(points, visible)
    aligned, mean = procrustes_align(points, visible)
    (component,), _ = principal_components(aligned)
    np.testing.assert_allclose(
        axis.coefficients,
        ((aligned - mean) * component).sum(axis=(1, 2)),
        atol=1e-12,
    )


def test_it_grows_as_the_nose_moves_to_the_right():
    offsets = np.linspace(-0.5, 0.5, 21)
    axis = pose_axis(noses(offsets, np.random.default_rng(0)))
    assert (np.diff(axis.coefficients) > 0).all()
    np.testing.assert_allclose(
        axis.coefficients, -axis.coefficients[::-1], atol=1e-9
    )
    assert np.unravel_index(axis.direction.argmax(), (5, 2)) == (2, 0)
    assert axis.share > 0.99


def test_coefficients_vary_as_the_variance_says():
    axis = pose_axis(noses(np.linspace(-0.4, 0.6, 50)))
    aligned, _ = procrustes_align(noses(np.linspace(-0.4, 0.6, 50)))
    variances = principal_components(aligned)[1]
    assert axis.coefficients.mean() == pytest.approx(0, abs=1e-12)
    assert axis.coefficients.var() == pytest.approx(variances[0])


def test_the_sign_survives_shuffling():
    rng = np.random.default_rng(1)
    points = noses(rng.normal(0, 0.3, 400), rng)
    expected = pose_axis(points).coefficients
    for _ in range(5):
        order = rng.permutation(400)
        np.testing.assert_allclose(
            pose_axis(points[order]).coefficients, expected[order], atol=1e-9
        )


def test_a_hidden_keypoint_counts_as_average():
    points = noses(np.linspace(-0.5, 0.5, 20))
    visible = np.ones((20, 5), dtype=bool)
    visible[19, 2] = False  # the nose, which alone differs
    axis = pose_axis(points, visible)
    assert abs(axis.coefficients[19]) < 0.1 * axis.coefficients[18]


def test_single_precision_gives_the_same():
    points = noses(np.linspace(-0.5, 0.5, 50), np.random.default_rng(0))
    np.testing.assert_allclose(
        pose_axis(points.astype(np.float32)).coefficients,
        pose_axis(points).coefficients,
        atol=1e-5,
    )


def test_single_precision_is_as_good_far_from_the_origin():
    rng = np.random.default_rng(0)
    points = 4000 + 5 * noses(rng.uniform(-0.5, 0.5, 3000), rng)
    single = points.astype(np.float32)
    exact = pose_axis(single.astype(np.float64))
    found = pose_axis(single)
    assert found.coefficients.dtype == np.float64
    np.testing.assert_allclose(
        found.coefficients, exact.coefficients, atol=2e-6
    )
    np.testing.assert_allclose(found.direction, exact.direction, atol=2e-6)
    np.testing.assert_allclose(found.share, exact.share, atol=2e-6)


@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_shapes_that_are_all_the_same(dtype):
    rng = np.random.default_rng(0)
    points = noses(np.full(40, 0.2), rng).astype(dtype)
    with pytest.raises(ValueError, match='all 40 shapes are the same'):
        pose_axis(points)


def test_a_component_that_is_not_there():
    points = noses(np.linspace(-0.5, 0.5, 20))
    with pytest.raises(
        ValueError, match=r'component must be 0 to 9 for 5 keypoints, got -1$'
    ):
        pose_axis(points, component=-1)
    with pytest.raises(
        ValueError, match=r'component must be 0 to 9 .* got 10'
    ):
        pose_axis(points, component=10)


def test_which_shapes_can_be_aligned():
    points = np.stack([BASE * 10 + 50] * 8)
    visible = np.ones((8, 5), dtype=bool)
    points[1] = 33.3
    visible[2, :3] = False  # two are left
    visible[3, :2] = False  # three
    points[3, :2] = np.nan
    visible[4] = False
    points[5, :4] = points[5, 4]
    visible[5, 4] = False
    points[6] = 0
    points[7] = 1e6 + 1e-4 * BASE  # the rounding of such coordinates
    expected = [True, False, False, True, False, False, False, False]
    found = has_shape(points, visible)
    assert found.dtype == bool and found.tolist() == expected
    procrustes_align(points[[0, 3]], visible[[0, 3]])


def assert_pose_is_turn(points, jaw, nose, measured=None):
    """The ends of the jaw move most, so to the right where positive.

    The sign is told only where the jaw is among the measured points.
    """
    to_first, to_last = (
        np.linalg.norm(points[:, nose] - points[:, end], axis=1) for end in jaw
    )
    turn = np.log(to_last / to_first)
    for component, limits in enumerate([(0.95, 1), (-0.1, 0.1)]):
        values = pose_axis(
            points if measured is None else measured, component=component
        ).coefficients
        found = np.corrcoef(turn, values)[0, 1]
        assert limits[0] <= (found if measured is None else abs(found))
        assert abs(found) <= limits[1]


@pytest.mark.parametrize('name', ['300w', 'ytf68'])
def test_on_real_faces_the_leading_component_is_yaw(scgcn_data, name):
    file = scgcn_data / name / f'face_landmarks_{name}_train.json'
    points = shapes_from_coco(file).keypoints
    assert_pose_is_turn(points, jaw=(0, 16), nose=33)


def test_on_real_shapes_of_98_points_too(scgcn_data):
    file = scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    points = np.load(file)['keypoints']
    assert_pose_is_turn(points, jaw=(0, 32), nose=57)


#: Of 68 points, where AFLW has its 19: brows, eyes, nose, mouth and chin; the
#: middle of an eye and of the mouth are means.
AFLW_OF_68 = [
    *((17,), (19,), (21,), (22,), (24,), (26,)),
    *((36,), (37, 40), (39,), (42,), (43, 46), (45,)),
    *((31,), (30,), (35,), (48,), (62, 66), (54,), (8,)),
]


@pytest.mark.parametrize('name', ['300w', 'ytf68'])
def test_of_aflw_s_19_points_it_is_the_leading_one_too(scgcn_data, name):
    """The authors' code takes the second, of shapes that may be reflected."""
    file = scgcn_data / name / f'face_landmarks_{name}_train.json'
    points = shapes_from_coco(file).keypoints
    few = [points[:, group].mean(axis=1) for group in map(list, AFLW_OF_68)]
    assert_pose_is_turn(points, (0, 16), 33, np.stack(few, axis=1))
