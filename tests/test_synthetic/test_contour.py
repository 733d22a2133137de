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


def gaps(points, line):
    """Distance of each point (N, 2) from a line of points (M, 2)."""
    fine = np.linspace(line[:-1], line[1:], 40).reshape(-1, 2)
    return np.linalg.norm(points[:, None] - fine, axis=-1).min(axis=1)


def test_home_is_seen_from_the_front():
    home = sample_grid(base_grid(), contour_uv())[:, :2]
    assert gaps(contour(), home).max() < 5e-3
    np.testing.assert_allclose(contour()[16], home[16], atol=1e-5)


def steps(points):
    return np.linalg.norm(np.diff(points, axis=0), axis=1)


@pytest.mark.parametrize('yaw', [-60, -20, 0, 30, 75])
def test_each_half_of_the_outline_is_divided_evenly(yaw):
    outline = contour(yaw=yaw, pitch=8, roll=10)
    for half in (outline[:17], outline[16:]):
        # Chords of a curve, whose arcs are equal.
        np.testing.assert_allclose(steps(half), steps(half).mean(), rtol=0.07)


def test_real_outlines_are_divided_evenly(scgcn_data):
    """Which is why the drawn ones are: in WFLW they all are, at any angle."""
    with np.load(
        scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    ) as file:
        shapes = file['keypoints'].astype(float)
    for half in (shapes[:, :17], shapes[:, 16:33]):
        chords = np.linalg.norm(np.diff(half, axis=1), axis=2)
        assert np.median(chords.std(axis=1) / chords.mean(axis=1)) < 0.01


def test_the_contour_is_symmetric_under_opposite_yaw():
    right, left = contour(yaw=50), contour(yaw=-50)
    np.testing.assert_allclose(left[::-1] * [-1, 1], right, atol=1e-4)


@pytest.mark.parametrize('yaw', [30, 60, 75])
def test_the_near_side_stays_and_the_far_side_is_the_silhouette(yaw):
    camera = unit_camera(Pose(yaw=yaw, distance=1e6))
    home = camera.project(sample_grid(base_grid(), contour_uv()))[:, :2]
    assert gaps(contour(yaw=yaw)[:14], home[:17]).max() < 5e-3
    far = contour(yaw=yaw)[26:]
    assert gaps(far, home[16:]).max() > 0.02
    # The far side never lies inside of what hides it.
    hidden = np.interp(far[:, 1], home[:15:-1, 1], home[:15:-1, 0])
    assert (far[:, 0] >= hidden - 1e-3).all()


def test_roll_only_turns_the_picture():
    flat, rolled = contour(yaw=40), contour(yaw=40, roll=25)
    c, s = np.cos(np.radians(25)), np.sin(np.radians(25))
    turned = flat @ np.array([[c, s], [-s, c]])
    np.testing.assert_allclose(rolled, turned, atol=1e-4)
