from mmpose_scgcn.shapes import align_shapes

import numpy as np
import pytest


@pytest.fixture
def shapes():
    return np.random.default_rng(0).normal(100, 30, (6, 5, 2))


def test_closed_form():
    square = np.array([[[0, 0], [2, 0], [2, 2], [0, 2]]], dtype=float)
    aligned = align_shapes(square, np.ones((1, 4), dtype=bool))
    # Centre (1, 1); four corners at squared distance 2: size sqrt(8).
    expected = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / np.sqrt(8)
    np.testing.assert_allclose(aligned[0], expected, atol=1e-15)


def test_centroid_is_zero_and_size_one(shapes):
    aligned = align_shapes(shapes, np.ones((6, 5), dtype=bool))
    np.testing.assert_allclose(aligned.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose((aligned**2).sum(axis=(1, 2)), 1)


def test_only_visible_keypoints_count(shapes):
    visible = np.ones((6, 5), dtype=bool)
    visible[2, 3] = False
    expected = align_shapes(
        np.delete(shapes[2:3], 3, axis=1), np.ones((1, 4), dtype=bool)
    )
    shapes[2, 3] = np.nan
    aligned = align_shapes(shapes, visible)
    assert np.isnan(aligned[2, 3]).all()
    np.testing.assert_allclose(np.delete(aligned[2], 3, axis=0), expected[0])


def test_rotation_stays(shapes):
    visible = np.ones((6, 5), dtype=bool)
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    np.testing.assert_allclose(
        align_shapes(shapes @ turn.T, visible),
        align_shapes(shapes, visible) @ turn.T,
        atol=1e-12,
    )


def test_a_shape_that_is_one_point_is_nan():
    shapes = np.full((1, 3, 2), 7.0)
    assert np.isnan(align_shapes(shapes, np.ones((1, 3), dtype=bool))).all()


def test_a_shape_of_which_one_keypoint_is_seen_is_nan(shapes):
    visible = np.zeros((6, 5), dtype=bool)
    visible[:, 2] = True
    assert np.isnan(align_shapes(shapes, visible)).all()


@pytest.mark.parametrize('scale', [1e-4, 1e4])
def test_size_goes_whatever_the_unit(shapes, scale):
    visible = np.ones((6, 5), dtype=bool)
    np.testing.assert_allclose(
        align_shapes(scale * shapes, visible), align_shapes(shapes, visible)
    )


def test_arguments_are_not_changed(shapes):
    visible = np.ones((6, 5), dtype=bool)
    visible[0, 0] = False
    before = shapes.copy()
    align_shapes(shapes, visible)
    np.testing.assert_array_equal(shapes, before)
