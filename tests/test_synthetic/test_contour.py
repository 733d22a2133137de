from mmpose_scgcn.synthetic.camera import unit_camera
from mmpose_scgcn.synthetic.contour import contour_uv, visible_contour
from mmpose_scgcn.synthetic.head import base_grid, sample_grid
from mmpose_scgcn.synthetic.parameters import Pose
from mmpose_scgcn.synthetic.template import CONTOUR, neutral_keypoints

import numpy as np
import pytest


def contour(**pose):
    pose = Pose(**pose, distance=1e6)
    return visible_contour(base_grid(), unit_camera(pose), pose.roll)


def test_home_lies_on_the_template():
    home = sample_grid(base_grid(), contour_uv())[:, :2]
    gap = np.linalg.norm(home - neutral_keypoints()[CONTOUR], axis=1)
    assert gap.max() < 0.06


def test_home_is_seen_from_the_front():
    home = sample_grid(base_grid(), contour_uv())[:, :2]
    np.testing.assert_allclose(contour(), home, atol=5e-3)


def test_the_contour_is_symmetric_under_opposite_yaw():
    right, left = contour(yaw=50), contour(yaw=-50)
    np.testing.assert_allclose(left[::-1] * [-1, 1], right, atol=1e-4)


@pytest.mark.parametrize('yaw', [30, 60, 75])
def test_the_near_side_stays_and_the_far_side_slides(yaw):
    camera = unit_camera(Pose(yaw=yaw, distance=1e6))
    home = camera.project(sample_grid(base_grid(), contour_uv()))[:, :2]
    moved = np.linalg.norm(contour(yaw=yaw) - home, axis=1)
    np.testing.assert_allclose(moved[:14], 0, atol=1e-4)
    assert moved[26:].max() > 0.02
    # The far side never lies inside of what hides it.
    assert (contour(yaw=yaw)[17:, 0] >= home[17:, 0] - 1e-6).all()


def test_roll_only_turns_the_picture():
    flat, rolled = contour(yaw=40), contour(yaw=40, roll=25)
    c, s = np.cos(np.radians(25)), np.sin(np.radians(25))
    turned = flat @ np.array([[c, s], [-s, c]])
    np.testing.assert_allclose(rolled, turned, atol=1e-4)
