from pathlib import Path

from mmpose_scgcn.synthetic.template import (
    CONTOUR,
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    NOSE,
    NUM_KEYPOINTS,
    OUTER_LIPS,
    PUPILS,
    RIGHT_EYE,
    neutral_keypoints,
)

import mmpose
import numpy as np
import pytest
from mmpose.datasets.datasets.utils import parse_pose_metainfo

STOCK = Path(mmpose.__file__).parent / '.mim/configs/_base_/datasets'
WFLW = parse_pose_metainfo(dict(from_file=str(STOCK / 'wflw.py')))


def aligned(points, reference):
    """Procrustes: both centred at size 1, points turned onto reference."""
    points = points - points.mean(0)
    points = points / np.linalg.norm(points)
    reference = reference - reference.mean(0)
    reference = reference / np.linalg.norm(reference)
    left, _, right = np.linalg.svd(points.T @ reference)
    return points @ left @ right, reference


def test_the_mirrored_template_is_the_template_in_flipped_order():
    points = neutral_keypoints()
    assert points.shape == (NUM_KEYPOINTS, 2)
    mirrored = points[WFLW['flip_indices']] * [-1, 1]
    np.testing.assert_allclose(mirrored, points, atol=1e-12)


def test_the_outer_eye_corners_lie_one_unit_apart_at_the_origin():
    points = neutral_keypoints()
    np.testing.assert_allclose(points[60], [-0.5, 0], atol=1e-12)
    np.testing.assert_allclose(points[72], [0.5, 0], atol=1e-12)


def test_parts_follow_each_other_from_brow_to_chin():
    points = neutral_keypoints()
    heights = [
        points[part, 1].mean()
        for part in (LEFT_BROW, LEFT_EYE, slice(51, 55), slice(55, 60))
    ]
    heights += [points[OUTER_LIPS, 1].mean(), points[16, 1]]
    assert heights == sorted(heights)


def test_inner_lips_lie_within_outer_lips_and_pupils_within_eyes():
    points = neutral_keypoints()
    for inner, outer in ((INNER_LIPS, OUTER_LIPS), (96, LEFT_EYE)):
        low, high = points[outer].min(0), points[outer].max(0)
        assert (points[inner] > low).all()
        assert (points[inner] < high).all()
    assert points[PUPILS, 0].tolist() == sorted(points[PUPILS, 0])


def test_contour_points_are_evenly_spaced():
    steps = np.linalg.norm(np.diff(neutral_keypoints()[:33], axis=0), axis=1)
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.01)


def mean_shape(shapes):
    mean = shapes[0]
    for _ in range(3):
        mean = np.mean([aligned(shape, mean)[0] for shape in shapes], axis=0)
    return mean


@pytest.fixture
def real_faces(scgcn_data):
    """The mean of annotated frontal faces, (98, 2)."""
    with np.load(
        scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    ) as file:
        shapes, large_pose = file['keypoints'], file['attributes'][:, 0]
    return mean_shape(shapes[large_pose == 0].astype(float))


def test_proportions_agree_with_real_faces(real_faces):
    """As far as a template that follows the 68-point mark-up can.

    The points of WFLW lie elsewhere by a few percent of the distance between
    the eyes: on the lids, the bridge of the nose, the inner lips and the
    lower lip.
    """
    points, mean = aligned(neutral_keypoints(), real_faces)
    assert np.linalg.norm(points - mean) < 0.057


@pytest.mark.parametrize('part', [LEFT_EYE, RIGHT_EYE])
def test_lids_are_divided_in_thirds(part):
    """Where the 68-point mark-up has points; WFLW divides in quarters."""
    eye = neutral_keypoints()[part]
    width = eye[4] - eye[0]
    across = (eye - eye[0]) @ width / (width @ width)
    thirds = [1 / 3, 2 / 3, 2 / 3, 1 / 3]
    np.testing.assert_allclose(across[[1, 3, 5, 7]], thirds, atol=0.03)


@pytest.mark.parametrize(
    'part',
    [CONTOUR, LEFT_BROW, NOSE, LEFT_EYE, OUTER_LIPS, INNER_LIPS, PUPILS],
)
def test_the_order_is_that_of_real_faces(real_faces, part):
    points = neutral_keypoints()
    turned = points.copy()
    turned[part] = points[part][::-1]
    distances = []
    for shape in (points, turned):
        shape, mean = aligned(shape, real_faces)
        distances.append(np.linalg.norm(shape - mean))
    assert distances[1] > 1.1 * distances[0]
