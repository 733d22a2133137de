from mmpose_scgcn.shapes import mean_shape, normalize_to_crop
from mmpose_scgcn.shapes.procrustes import CHUNK

import numpy as np
import pytest
from mmpose.codecs import RegressionLabel
from mmpose.datasets.transforms import GetBBoxCenterScale, TopdownAffine

CENTER = np.array([[130.0, 90.0]])
KEYPOINTS = np.random.default_rng(0).uniform(60, 150, (1, 6, 2))


def labels_of_mmpose(scale, input_size, padding):
    """Normalised coordinates by MMPose's own un-augmented pipeline."""
    corner = CENTER - np.array([scale]) / 2
    results = dict(
        img=np.zeros((200, 260, 3), dtype=np.uint8),
        bbox=np.concatenate([corner, corner + scale], axis=1),
        keypoints=KEYPOINTS.astype(np.float32),
    )
    results = GetBBoxCenterScale(padding=padding)(results)
    results = TopdownAffine(input_size=input_size)(results)
    points = results['transformed_keypoints']
    return RegressionLabel(input_size).encode(points)['keypoint_labels']


@pytest.mark.parametrize('padding', [1.25, 1.1])
@pytest.mark.parametrize('input_size', [(64, 64), (192, 256), (256, 192)])
@pytest.mark.parametrize('scale', [(80, 80), (120, 60), (50, 100)])
def test_equals_the_labels_of_mmpose(scale, input_size, padding):
    width, height = input_size
    normalized = normalize_to_crop(
        KEYPOINTS, CENTER, np.array([scale]), padding, width / height
    )
    expected = labels_of_mmpose(scale, input_size, padding)
    np.testing.assert_allclose(normalized, expected, atol=1e-5)


def test_existing_centers_are_padded_as_in_mmpose():
    """The face sets bring ``bbox_scale``; MMPose pads it all the same."""
    results = dict(bbox_center=CENTER, bbox_scale=np.array([[80.0, 80.0]]))
    with pytest.warns(UserWarning, match='padding will still be applied'):
        padded = GetBBoxCenterScale(padding=1.1)(results)['bbox_scale']
    np.testing.assert_allclose(
        normalize_to_crop(KEYPOINTS, CENTER, np.array([[80.0, 80.0]]), 1.1),
        normalize_to_crop(KEYPOINTS, CENTER, padded, 1.0),
    )


def test_the_box_fills_the_padded_crop():
    corners = np.array([[[90.0, 50], [170, 130]]])  # of an 80 px box
    normalized = normalize_to_crop(corners, CENTER, np.array([[80, 80]]))
    np.testing.assert_allclose(normalized[0], [[0.1, 0.1], [0.9, 0.9]])


def test_mean_over_the_shapes_that_show_a_keypoint():
    points = np.array([[[0.0, 0], [1, 1]], [[2, 4], [np.nan, 9]]])
    visible = np.array([[True, True], [True, False]])
    np.testing.assert_array_equal(
        mean_shape(points, visible), [[1, 2], [1, 1]]
    )


@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_mean_of_many_shapes(dtype):
    """In parts, and in double precision whatever theirs is."""
    rng = np.random.default_rng(0)
    points = rng.uniform(3000, 4000, (2 * CHUNK + 3, 5, 2)).astype(dtype)
    visible = rng.random((2 * CHUNK + 3, 5)) > 0.25
    expected = [
        points[visible[:, k], k].astype(np.float64).mean(axis=0)
        for k in range(5)
    ]
    found = mean_shape(points, visible)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-13)
