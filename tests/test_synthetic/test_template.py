from pathlib import Path

from mmpose_scgcn.synthetic.template import (
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    NUM_KEYPOINTS,
    OUTER_LIPS,
    PUPILS,
    neutral_keypoints,
)

import mmpose
import numpy as np
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


def test_order_and_proportions_agree_with_real_faces(scgcn_data):
    with np.load(
        scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    ) as file:
        shapes, large_pose = file['keypoints'], file['attributes'][:, 0]
    shapes = shapes[large_pose == 0].astype(float)
    mean = shapes[0]
    for _ in range(3):
        mean = np.mean([aligned(shape, mean)[0] for shape in shapes], axis=0)
    points, mean = aligned(neutral_keypoints(), mean)
    # Any part in reverse order alone makes it more than 0.035.
    assert np.linalg.norm(points - mean) < 0.03
