from mmpose_scgcn.synthetic.camera import unit_camera
from mmpose_scgcn.synthetic.face import project_landmarks
from mmpose_scgcn.synthetic.landmarks import chart_landmarks
from mmpose_scgcn.synthetic.parameters import Expression, Identity, Pose
from mmpose_scgcn.synthetic.surface import head_surface

import numpy as np
import pytest

REST, NOBODY = Expression(), Identity()
LEFT_CORNER, RIGHT_CORNER, TIP = 60, 72, 54


def in_frame_of_the_eyes(shapes):
    """Shapes (N, 98, 2) with the outer eye corners at (-0.5, 0), (0.5, 0)."""
    plane = shapes[..., 0] + 1j * shapes[..., 1]
    left, right = plane[:, [LEFT_CORNER]], plane[:, [RIGHT_CORNER]]
    turned = (plane - (left + right) / 2) / (right - left)
    return np.stack([turned.real, turned.imag], axis=-1)


def drawn(expression=REST, **pose):
    points = chart_landmarks(NOBODY, expression)
    skin = head_surface(NOBODY, expression, points)
    pose = Pose(**pose)
    return project_landmarks(skin, points, unit_camera(pose), pose.roll)


def steps_with_the_nose(shapes):
    """How far each point moves sideways with a step of the nose's tip: (98,).

    A point as far in front of the eyes as the tip has 1, one level with the
    outer corners 0, and one behind them less.
    """
    x = in_frame_of_the_eyes(shapes)[..., 0]
    x = x[np.abs(x[:, TIP]) < 0.22]  # none of the outer corners hidden
    return np.polyfit(x[:, TIP], x, 1)[0]


@pytest.fixture
def real_steps(scgcn_data):
    with np.load(
        scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    ) as file:
        return steps_with_the_nose(file['keypoints'].astype(float))


@pytest.mark.parametrize(
    ('name', 'points', 'tolerance'),
    [
        ('ends of the outline', [0, 32], 0.3),
        ('jaw', [8, 24], 0.2),
        ('inner ends of the brows', [37, 42], 0.12),
        ('inner corners of the eyes', [64, 68], 0.05),
        ('base of the nose', [57], 0.1),
        ('corners of the mouth', [76, 82], 0.25),
        ('upper lip', [79], 0.12),
        ('lower lip', [85], 0.2),
    ],
)
def test_points_lie_nearly_as_deep_in_the_head_as_on_real_faces(
    real_steps, name, points, tolerance
):
    turned = np.stack([drawn(yaw=yaw) for yaw in range(-20, 21, 2)])
    step = steps_with_the_nose(turned)[points].mean()
    assert abs(step - real_steps[points].mean()) < tolerance, name


def heights(points):
    """Of the upper and the lower lip."""
    y = in_frame_of_the_eyes(points[None])[0, :, 1]
    return np.array([y[90] - y[79], y[85] - y[94]])


@pytest.mark.parametrize('jaw', [0.3, 0.6, 1.0])
def test_lips_of_an_open_mouth_keep_their_thickness(jaw):
    opened = drawn(Expression(jaw_open=jaw))
    np.testing.assert_allclose(heights(opened), heights(drawn()), atol=0.03)
