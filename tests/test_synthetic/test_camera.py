from mmpose_scgcn.synthetic.camera import Camera, frame_face, rotation
from mmpose_scgcn.synthetic.parameters import Pose

import numpy as np


def test_rotation_is_orthonormal():
    matrix = rotation(50, -20, 10)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(matrix), 1)


def test_positive_angles_turn_right_down_and_clockwise():
    nose, crown = np.array([0.0, 0, 1]), np.array([0.0, -1, 0])
    assert (rotation(30, 0, 0) @ nose)[0] > 0.4
    assert (rotation(0, 30, 0) @ nose)[1] > 0.4
    assert (rotation(0, 0, 30) @ crown)[0] > 0.4


def test_near_things_look_larger():
    camera = Camera(np.eye(3), 10.0, np.array([5.0, 5.0]), 4.0)
    far, near = camera.project(np.array([[1.0, 0, 0], [1.0, 0, 1]]))
    np.testing.assert_allclose(far[:2], [15, 5])
    np.testing.assert_allclose(near[:2], [5 + 10 * 4 / 3, 5])


def test_the_framed_face_fills_the_wished_part():
    flat = np.random.default_rng(0).uniform(-1, 1, (98, 2))
    pose = Pose(fill=0.5, shift=(0.1, -0.05))
    camera = frame_face(pose, flat, size=101)
    shown = flat * camera.scale + camera.center
    low, high = shown.min(0), shown.max(0)
    np.testing.assert_allclose((high - low).max(), 50.5)
    np.testing.assert_allclose((low + high) / 2, [60.1, 44.95])
