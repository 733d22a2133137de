"""What a heatmap says, against sums over its pixels written out."""

from mmpose_scgcn.models.layers import HeatmapGrid, probabilities

import pytest
import torch

MAP, CROP = (8, 6), (64, 48)


@pytest.fixture
def grid():
    return HeatmapGrid(MAP, CROP).double()


@pytest.fixture
def positions():
    """Centres of the pixels (48, 2), row by row.

    A pixel of the map has 8 by 8 of the crop's, the first ones 0 to 7.
    """
    places = [(8 * x + 3.5, 8 * y + 3.5) for y in range(6) for x in range(8)]
    return torch.tensor(places, dtype=torch.float64) / torch.tensor(CROP)


@pytest.fixture
def logits():
    torch.manual_seed(0)
    return torch.randn(2, 3, 6, 8, dtype=torch.float64)


def assert_close(found, expected):
    """Positions are kept in float32."""
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_probabilities_sum_to_one(logits):
    found = probabilities(logits)
    torch.testing.assert_close(
        found.sum((-2, -1)), torch.ones_like(found[..., 0, 0])
    )
    torch.testing.assert_close(
        found[1, 2].flatten(), logits[1, 2].flatten().softmax(0)
    )


def test_the_mean_is_an_expectation(grid, positions, logits):
    probability = probabilities(logits)
    assert_close(grid.mean(probability), probability.flatten(2) @ positions)


def test_the_spread_is_a_standard_deviation(grid, positions, logits):
    probability = probabilities(logits)
    mean = grid.mean(probability)
    distance = (positions - mean[:, :, None]).square().sum(-1)
    variance = (probability.flatten(2) * distance).sum(-1)
    assert_close(grid.spread(probability), variance.sqrt())


@pytest.mark.parametrize('shape', [(2, 3, 2), (3, 2)])
def test_a_gaussian_about_given_centres(grid, positions, logits, shape):
    center = torch.rand(shape, dtype=torch.float64)
    scale = torch.tensor([[1.0], [2.0], [0.5]], dtype=torch.float64)
    distance = (positions - center[..., None, :]).square().sum(-1)
    expected = logits.flatten(2) - scale.square() * distance
    found = grid.add_gaussian(logits, center, scale)
    assert_close(found.flatten(2), expected)


def read_by_autograd(logits, positions, target):
    """The same from the definitions, one pass after the other."""
    log = logits.flatten(2).log_softmax(-1)
    pixels = (positions - target[:, :, None]) * torch.tensor(MAP)
    wanted = (-0.5 * (pixels / 0.7).square().sum(-1)).softmax(-1)
    return log.exp() @ positions, -(wanted * log).sum(-1)


def test_reading_gives_positions_and_the_cross_entropy_to_a_gaussian(
    grid, positions, logits
):
    target = torch.rand(2, 3, 2, dtype=torch.float64)
    found = grid.read(logits, target, 0.7)
    expected = read_by_autograd(logits, positions, target)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)


def test_reading_has_the_gradient_of_the_definitions(grid, positions, logits):
    grid.double()
    target = torch.rand(2, 3, 2, dtype=torch.float64)
    mean_weight, weight = torch.rand_like(target), torch.rand(2, 3)
    gradients = []
    for read in (
        lambda z: grid.read(z, target, 0.7),
        lambda z: read_by_autograd(z, positions, target),
    ):
        leaf = logits.clone().requires_grad_()
        mean, entropy = read(leaf)
        ((mean * mean_weight).sum() + (entropy * weight).sum()).backward()
        gradients.append(leaf.grad)
    torch.testing.assert_close(*gradients, rtol=0, atol=1e-5)
    leaf = logits.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: grid.read(z, target, 0.7), leaf)


def test_autocast_does_not_round_the_reading(grid, logits):
    grid.float()
    target = torch.rand(2, 3, 2)
    plain = grid.read(logits.float(), target, 0.7)
    with torch.autocast('cpu', torch.bfloat16):
        found = grid.read(logits.float(), target, 0.7)
    torch.testing.assert_close(found, plain, rtol=0, atol=0)


def test_without_a_crop_the_centres_are_those_of_equal_parts():
    grid = HeatmapGrid((4, 2))
    assert grid.grid_x.tolist() == [0.125, 0.375, 0.625, 0.875]
    assert grid.grid_y.tolist() == [0.25, 0.75]


def test_positions_are_not_part_of_checkpoints(grid):
    assert not grid.state_dict()
