"""What a loss promises for any error, constants and weights."""

import math

from mmpose_scgcn.graph import adjacency_matrix, laplacian_coordinates
from mmpose_scgcn.models import (
    L1Loss,
    L2Loss,
    RelativeLocationLoss,
    SmoothL1Loss,
    SoftWingLoss,
    WingLoss,
)
from tests.test_properties.strategies import (
    CONSTANTS,
    ERRORS,
    SEEDS,
    arrays,
    graphs,
)

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

#: What each loss is made with, and the largest slope of its penalty.
KINDS = {
    L1Loss: ((), lambda: 1.0),
    L2Loss: ((), None),
    SmoothL1Loss: (('beta',), lambda beta: 1.0),
    WingLoss: (
        ('omega', 'epsilon'),
        lambda omega, epsilon: max(1.0, omega / epsilon),
    ),
    SoftWingLoss: (
        ('omega1', 'omega2', 'epsilon'),
        lambda omega1, omega2, epsilon: max(1.0, omega2 / (epsilon + omega1)),
    ),
}
every = pytest.mark.parametrize('kind', KINDS, ids=lambda k: k.__name__)
steep = pytest.mark.parametrize(
    'kind', [k for k in KINDS if k is not L2Loss], ids=lambda k: k.__name__
)


@st.composite
def losses(draw, kind, **settings):
    """A loss with any constants, and the slope that they allow."""
    names, slope = KINDS[kind]
    constants = {name: draw(CONSTANTS) for name in names}
    return kind(**constants, **settings), slope and slope(**constants)


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def rounding(loss, *errors):
    """What float64 may be off by where a constant cancels another one."""
    constants = getattr(loss, 'constants', {}).values()
    largest = max([1.0, *constants, *map(abs, errors)])
    return 1e-13 * largest * math.log(1e9)


@every
@given(data=st.data())
def test_penalties_are_even_positive_and_rise(kind, data):
    loss, _ = data.draw(losses(kind))
    small, large = sorted(data.draw(st.tuples(ERRORS, ERRORS)), key=abs)
    a, b, mirrored, zero = loss.penalty(double(small, large, -large, 0.0))
    assert b == mirrored
    assert zero == 0
    assert (b > 0) == (large != 0)
    assert a <= b + rounding(loss, large)


@steep
@given(data=st.data())
def test_penalties_change_no_faster_than_their_slope(kind, data):
    """So they are continuous too, also where their form changes."""
    loss, slope = data.draw(losses(kind))
    threshold = getattr(loss, 'constants', {}).get(
        getattr(loss, 'threshold_name', None), 1.0
    )
    one, other = data.draw(st.tuples(ERRORS, ERRORS))
    sides = threshold * (1 - 1e-9), threshold * (1 + 1e-9)
    for pair in ((one, other), sides, (one, threshold)):
        a, b = loss.penalty(double(*pair)).tolist()
        limit = slope * abs(pair[0] - pair[1])
        assert abs(a - b) <= limit * (1 + 1e-9) + rounding(loss, *pair)
    error = double(one).requires_grad_()
    loss.penalty(error).sum().backward()
    assert abs(error.grad.item()) <= slope * (1 + 1e-9)
    assert error.grad.item() * one >= 0


@pytest.mark.parametrize(
    'kind', [SmoothL1Loss, WingLoss, SoftWingLoss], ids=lambda k: k.__name__
)
@given(data=st.data())
def test_an_input_s_times_as_large_makes_it_s_times_as_large(kind, data):
    """L_{s S}(s x) = s L_S(x), whatever the constants."""
    names, _ = KINDS[kind]
    constants = {name: data.draw(st.floats(0.01, 30)) for name in names}
    side = data.draw(st.integers(64, 512))
    scale = data.draw(st.floats(0.25, 8))
    errors = data.draw(arrays((1, 5, 2), -1, 1))
    zero = torch.zeros(1, 5, 2, dtype=torch.float64)
    values = [
        kind(**constants, reference_size=side, input_size=(size, size))(
            torch.from_numpy(errors), zero
        )
        for size in (side, side * scale)
    ]
    torch.testing.assert_close(values[1], scale * values[0])


@st.composite
def batches(draw, keypoints=None):
    """Predictions, labels (B, K, 2) and weights (B, K), some of them 0."""
    count = keypoints or draw(st.integers(1, 7))
    shape = (draw(st.integers(1, 4)), count, 2)
    output, target = draw(arrays(shape)), draw(arrays(shape))
    weight = draw(
        arrays(shape[:2], 0, 2).map(lambda w: np.where(w < 0.5, 0, w))
    )
    return [torch.from_numpy(x) for x in (output, target, weight)]


@every
@given(data=st.data())
def test_a_loss_is_a_weighted_mean_of_distances(kind, data):
    loss, _ = data.draw(losses(kind, use_target_weight=True))
    output, target, weight = data.draw(batches())
    value = loss(output, target, weight)
    differs = ((output != target).any(-1) & (weight > 0)).any()
    assert value >= 0
    if not differs:
        assert value == 0
    assert loss(target, target, weight) == 0
    same = dict(rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(loss(target, output, weight), value, **same)
    factor = data.draw(st.floats(0.1, 10))
    torch.testing.assert_close(
        loss(output, target, factor * weight), value, **same
    )
    twice = [torch.cat([x, x]) for x in (output, target, weight)]
    torch.testing.assert_close(loss(*twice), value, **same)
    one_more = [torch.cat([x, x[:1]]) for x in (output, target, weight)]
    one_more[2][-1] = 0
    torch.testing.assert_close(loss(*one_more), value, **same)
    moved = [x + 3.0 for x in (output, target)]
    torch.testing.assert_close(
        loss(*moved, weight), value, rtol=1e-6, atol=1e-6
    )


def naive_relative(points, valid, neighbors):
    """Keypoint by keypoint; NaN where it is not defined."""
    found = np.full(points.shape, np.nan)
    for b, i in np.ndindex(valid.shape):
        near = [j for j in neighbors[i][1:] if valid[b, j]]
        if valid[b, i] and near:
            found[b, i] = points[b, i] - points[b, near].mean(axis=0)
    return found


@given(graph=graphs(), data=st.data())
def test_relative_locations_of_any_graph(graph, data):
    shape = (data.draw(st.integers(1, 3)), graph['num_keypoints'])
    rng = np.random.default_rng(data.draw(SEEDS))
    points = data.draw(arrays((*shape, 2)))
    valid = rng.random(shape) < data.draw(st.sampled_from([0.3, 0.8, 1.0]))
    adjacency = adjacency_matrix(np.array(graph['neighbors']))

    def relative(points):
        inputs = (points, adjacency, valid)
        return laplacian_coordinates(*map(torch.from_numpy, inputs))

    found, defined = relative(points)
    expected = naive_relative(points, valid, graph['neighbors'])
    np.testing.assert_array_equal(defined, np.isfinite(expected[..., 0]))
    np.testing.assert_allclose(found, np.nan_to_num(expected), atol=1e-9)
    shift = data.draw(arrays((shape[0], 1, 2), -1e5, 1e5))
    np.testing.assert_allclose(relative(points + shift)[0], found, atol=1e-9)
    matrix = data.draw(arrays((2, 2), -5, 5))
    np.testing.assert_allclose(
        relative(points @ matrix)[0], found.numpy() @ matrix, atol=1e-8
    )
    np.testing.assert_allclose(
        relative(np.broadcast_to(shift, points.shape).copy())[0], 0, atol=1e-9
    )


@given(graph=graphs(), data=st.data())
def test_a_relative_loss_sees_no_shift_and_all_else(graph, data):
    output, target, weight = data.draw(batches(graph['num_keypoints']))
    loss = RelativeLocationLoss(graph, use_target_weight=True)
    value = loss(output, target, weight)
    assert value >= 0
    shift = torch.from_numpy(data.draw(arrays((len(output), 1, 2), -1e4, 1e4)))
    moved = loss(output + shift, target, weight)
    torch.testing.assert_close(moved, value, rtol=1e-6, atol=1e-6)
    assert loss(target + shift, target, weight) < 1e-6
    seen = torch.ones_like(weight)
    bent = target.clone()
    bent[0, 0] += 5.0
    assume((bent != target).any())
    assert loss(bent, target, seen) > 0.1 / bent.numel()
    order = torch.from_numpy(
        np.random.default_rng(data.draw(SEEDS)).permutation(output.shape[1])
    )
    rank = torch.argsort(order)
    rows = rank[torch.tensor(graph['neighbors'])[order]]
    renamed = RelativeLocationLoss(
        {**graph, 'neighbors': rows.tolist()}, use_target_weight=True
    )
    inputs = (x[:, order] for x in (output, target, weight))
    torch.testing.assert_close(renamed(*inputs), value, rtol=1e-9, atol=1e-9)
