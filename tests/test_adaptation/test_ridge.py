"""Ridge regression, against plain solutions."""

from mmpose_scgcn.adaptation import ridge_path

import numpy as np
import pytest
import torch
from scipy.linalg import solve

INF = float('inf')


def naive_ridge(x, y, weights, scales, penalty):
    """Normal equations, with the penalty on the diagonal."""
    mean_x = np.average(x, axis=0, weights=weights)
    mean_y = np.average(y, axis=0, weights=weights)
    x, y = x - mean_x, y - mean_y
    gram = np.zeros((x.shape[1], x.shape[1]))
    right = np.zeros((x.shape[1], y.shape[1]))
    size = 0.0
    for row, value, weight in zip(x, y, weights, strict=True):
        gram += weight * np.outer(row, row)
        right += weight * np.outer(row, value)
        size += weight * (row**2).sum()
    slopes = solve(gram + penalty * size * np.diag(scales**-2.0), right).T
    return slopes, mean_y - slopes @ mean_x


@pytest.mark.parametrize('count', [5, 40])  # fewer and more than features
@pytest.mark.parametrize('penalties', [[0.01], [0.01, 0.3, 10.0]])
def test_ridge_is_that_of_the_normal_equations(count, penalties):
    rng = np.random.default_rng(count)
    x, y = rng.normal(size=(count, 8)) + 3, rng.normal(size=(count, 2))
    weights, scales = rng.uniform(0, 2, count), rng.uniform(0.1, 2, 8)
    found = ridge_path(
        *map(torch.from_numpy, (x, y, weights, scales)), penalties
    )
    for penalty, slopes, offsets in zip(penalties, *found, strict=True):
        expected = naive_ridge(x, y, weights, scales, penalty)
        np.testing.assert_allclose(slopes, expected[0], atol=1e-10)
        np.testing.assert_allclose(offsets, expected[1], atol=1e-10)


@pytest.mark.parametrize('penalties', [[INF], [1e-3, INF]])
def test_an_infinite_penalty_fits_the_mean(penalties):
    x, y = torch.randn(9, 4), torch.randn(9, 2)
    slopes, offsets = ridge_path(x, y, torch.ones(9), torch.ones(4), penalties)
    assert (slopes[-1] == 0).all()
    torch.testing.assert_close(offsets[-1], y.mean(0))


@pytest.mark.parametrize('penalties', [[1e-3], [1e-3, INF]])
def test_features_that_never_vary_are_not_used(penalties):
    x, y = torch.ones(9, 4), torch.randn(9, 2)
    slopes, offsets = ridge_path(x, y, torch.ones(9), torch.ones(4), penalties)
    assert (slopes == 0).all()
    torch.testing.assert_close(offsets[0], y.mean(0))


def test_penalties_have_no_unit():
    x, y = torch.randn(20, 4), torch.randn(20, 2)
    ones = torch.ones(20), torch.ones(4)
    slopes, _ = ridge_path(x, y, *ones, [0.1])
    larger, _ = ridge_path(100 * x, y, *ones, [0.1])
    torch.testing.assert_close(100 * larger, slopes)
