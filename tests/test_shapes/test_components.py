from mmpose_scgcn.shapes import principal_components
from mmpose_scgcn.shapes.components import components_of
from mmpose_scgcn.shapes.procrustes import CHUNK

import numpy as np
import pytest


def deviations(count=200, keypoints=6, seed=0):
    rng = np.random.default_rng(seed)
    scale = np.geomspace(3, 0.1, 2 * keypoints)
    turn, _ = np.linalg.qr(rng.standard_normal((2 * keypoints,) * 2))
    points = rng.standard_normal((count, 2 * keypoints)) * scale @ turn
    return points.reshape(count, keypoints, 2) + 5


@pytest.mark.parametrize('count', [200, 2 * CHUNK + 3, 5])
def test_they_are_the_singular_vectors_of_the_centred_shapes(count):
    points = deviations(count)
    components, variances = principal_components(points, 3)
    flat = points.reshape(count, -1)
    _, singular, rows = np.linalg.svd(flat - flat.mean(0))
    expected = np.zeros(12)
    expected[: len(singular)] = singular**2 / count
    np.testing.assert_allclose(variances, expected, atol=1e-12)
    overlap = np.abs(components.reshape(3, -1) @ rows[:3].T)
    np.testing.assert_allclose(overlap, np.eye(3), atol=1e-7)


def test_one_moving_keypoint_is_the_component():
    points = np.zeros((5, 3, 2))
    points[:, 1, 1] = [0, 1, 2, 3, 4]
    (component,), variances = principal_components(points)
    np.testing.assert_allclose(component, [[0, 0], [0, 1], [0, 0]])
    assert variances[0] == pytest.approx(2)  # of 0, 1, 2, 3, 4
    assert variances[1:].max() < 1e-12


def test_a_single_shape_does_not_vary():
    components, variances = principal_components(deviations(1), 2)
    np.testing.assert_allclose(
        np.linalg.norm(components.reshape(2, -1), axis=1), 1
    )
    np.testing.assert_array_equal(variances, np.zeros(12))


def test_the_leading_component_is_given_if_nothing_else_is_said():
    found, variances = components_of(iter([deviations()]))
    expected, _ = principal_components(deviations())
    assert found.shape == (1, 6, 2) and variances.shape == (12,)
    np.testing.assert_allclose(found, expected)


def test_the_loading_of_largest_magnitude_is_positive():
    for seed in range(20):
        components, _ = principal_components(deviations(seed=seed), 12)
        flat = components.reshape(12, -1)
        assert (flat.max(axis=1) == np.abs(flat).max(axis=1)).all()


def test_of_equal_loadings_the_first_is_positive():
    """Two keypoints move apart by the same amount."""
    points = np.zeros((7, 3, 2))
    points[:, 0, 0] = np.arange(7)
    points[:, 2, 0] = -np.arange(7)
    for order in (np.arange(7), np.arange(7)[::-1], [3, 1, 4, 0, 5, 2, 6]):
        (component,), _ = principal_components(points[order])
        np.testing.assert_allclose(
            component[:, 0], [0.5**0.5, 0, -(0.5**0.5)], atol=1e-12
        )


def test_the_order_of_shapes_changes_nothing():
    points = deviations(3000)
    expected, _ = principal_components(points, 5)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(3000)
        components, _ = principal_components(points[order], 5)
        np.testing.assert_allclose(components, expected, atol=1e-9)


@pytest.mark.parametrize('count', [0, 13, -1])
def test_a_number_of_components_that_cannot_be(count):
    message = f'^expected 1 to 12 components of 6 keypoints, got {count}$'
    with pytest.raises(ValueError, match=message):
        principal_components(deviations(), count)
