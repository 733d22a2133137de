"""From aligned source keypoints to target keypoints."""

from mmpose_scgcn.adaptation import fit_maps, spread_between
from mmpose_scgcn.adaptation.linear_map import LEAST_SPREAD, weigh

import numpy as np
import torch

INF = float('inf')


def cloud(count=30, points=4, seed=0):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.normal(size=(count, points, 2)))


def test_spread_is_the_variance_of_the_vector_between():
    sources, targets = cloud(), cloud(points=3, seed=1)
    weights = torch.from_numpy(
        np.random.default_rng(2).integers(0, 2, (30, 3)).astype(float)
    )
    found = spread_between(sources, targets, weights)
    for j in range(3):
        seen = weights[:, j] > 0
        for i in range(4):
            vector = (targets[seen, j] - sources[seen, i]).numpy()
            expected = vector.var(axis=0).sum()
            np.testing.assert_allclose(found[j, i], expected, rtol=1e-9)


def test_shares_are_those_of_the_point_that_moves_alike():
    sources = cloud()
    targets = sources[:, [2, 0]] + torch.tensor([0.5, -1.0])
    maps = fit_maps(sources, targets, torch.ones(30, 2).double(), [INF])
    expected = torch.zeros(2, 4).double()
    expected[0, 2] = expected[1, 0] = 1
    torch.testing.assert_close(maps.shares, expected, atol=1e-9, rtol=0)
    torch.testing.assert_close(maps(sources)[0], targets)


def test_shares_sum_to_one():
    maps = fit_maps(
        cloud(), cloud(points=3, seed=1), torch.ones(30, 3).double(), [0.1]
    )
    assert (maps.shares >= 0).all()
    torch.testing.assert_close(maps.shares.sum(1), torch.ones(3).double())


def test_what_is_not_annotated_does_not_matter():
    sources, targets = cloud(), cloud(points=2, seed=1)
    weights = torch.ones(30, 2).double()
    weights[::3, 1] = 0
    spoilt = torch.where(weights[..., None] > 0, targets, torch.nan)
    found = fit_maps(sources, spoilt, weights, [0.01])
    few = fit_maps(
        sources[weights[:, 1] > 0],
        targets[weights[:, 1] > 0],
        torch.ones(20, 2).double(),
        [INF],
    )
    torch.testing.assert_close(found.shares[1], few.shares[1])
    assert found.matrix.isfinite().all()


def test_one_face_far_off_hardly_moves_the_offset():
    sources = cloud(count=50)
    targets = sources[:, :2] + 0.1 * cloud(count=50, points=2, seed=3)
    ones = torch.ones(50, 2).double()
    plain = fit_maps(sources, targets, ones, [INF]).constant
    targets[0] += 5
    spoilt = fit_maps(sources, targets, ones, [INF]).constant
    assert (spoilt - plain).abs().max() < 5 / 50 / 2


def test_weights_keep_their_sum_and_fall_with_the_error():
    errors = torch.tensor([1.0, 1, 1, 9])[:, None, None] * torch.ones(4, 2, 2)
    weights = torch.ones(4, 2)
    weights[1, 1] = 0
    found = weigh(errors, weights)
    torch.testing.assert_close(found.sum(0), weights.sum(0))
    assert found[1, 1] == 0
    torch.testing.assert_close(found[0] / found[3], torch.full((2,), 9.0))


def test_without_any_error_all_weigh_alike():
    weights = torch.ones(4, 2)
    torch.testing.assert_close(weigh(torch.zeros(4, 2, 2), weights), weights)
    assert LEAST_SPREAD > 0
