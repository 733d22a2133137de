from mmpose_scgcn.synthetic.head import (
    base_grid,
    chart_to_uv,
    sample_grid,
    theta_of_u,
    u_of_theta,
    v_of_y,
)
from mmpose_scgcn.synthetic.template import neutral_keypoints

import numpy as np


def test_chart_points_lie_on_the_head_where_the_chart_says():
    inner = neutral_keypoints()[33:]
    on_head = sample_grid(base_grid(), chart_to_uv(inner))
    np.testing.assert_allclose(on_head[:, :2], inner, atol=2e-3)
    assert (on_head[:, 2] > 0.5).all()  # the front of the head


def test_the_neutral_head_is_symmetric():
    grid = base_grid()
    np.testing.assert_allclose(
        grid[:, ::-1] * np.float32([-1, 1, 1]), grid, atol=1e-5
    )


def test_angle_and_column_are_inverse():
    theta = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(theta_of_u(u_of_theta(theta)), theta, atol=1e-3)


def test_a_height_is_found_again():
    theta, y = np.zeros(3), np.array([-0.5, 0.2, 1.0])
    uv = np.stack([np.full(3, 0.5), v_of_y(theta, y)], axis=-1)
    np.testing.assert_allclose(
        sample_grid(base_grid(), uv)[:, 1], y, atol=0.01
    )


def test_sampling_returns_linear_fields_exactly():
    rows, columns = np.mgrid[:5, :7]
    field = np.stack([(columns + 0.5) / 7, (rows + 0.5) / 5], axis=-1)
    uv = np.random.default_rng(0).uniform(0.15, 0.85, (20, 2))
    np.testing.assert_allclose(sample_grid(field, uv), uv, atol=1e-12)
