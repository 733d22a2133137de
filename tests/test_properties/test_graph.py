"""A graph follows its keypoints, whatever they are called."""

import json
import warnings

from mmpose_scgcn.graph import build_graph, check_graph, keypoint_correlation
from mmpose_scgcn.models.layers import KeypointGraph
from tests.test_properties.strategies import SEEDS, faces, graphs

import numpy as np
import torch
from hypothesis import assume, given
from hypothesis import strategies as st


@st.composite
def sets(draw):
    """Shapes of one layout that moves, visible flags, and top_k."""
    points, visible = draw(faces(40, 4, st.integers(2, 9)))
    rng = np.random.default_rng(draw(SEEDS))
    layout = rng.uniform(-1, 1, points.shape[1:])
    spread = np.ptp(points)
    points = points.mean() + spread * (
        layout + 0.2 * rng.standard_normal(points.shape)
    )
    assume((visible.sum(axis=0) >= 2).all())
    top_k = draw(st.integers(1, points.shape[1] - 1))
    try:
        keypoint_correlation(points, visible)
    except ValueError:  # such as two keypoints, which lie on a line
        assume(False)
    return points, visible, top_k


def build(points, visible, top_k):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # neighbours without correlation
        return build_graph(points, visible, points / 1000, top_k)


def strengths(graph, correlation):
    """How close the neighbours of each keypoint are, the closest first."""
    return np.take_along_axis(correlation, np.array(graph['neighbors']), 1)


@given(shapes=sets(), seed=SEEDS)
def test_other_numbers_of_keypoints_give_the_same_graph(shapes, seed):
    points, visible, top_k = shapes
    order = np.random.default_rng(seed).permutation(points.shape[1])
    graph = build(points, visible, top_k)
    other = build(points[:, order], visible[:, order], top_k)
    correlation = keypoint_correlation(points, visible)
    assert correlation.min() >= 0 and correlation.max() <= 1
    here = strengths(graph, correlation)
    renamed = order[np.array(other['neighbors'])]  # by the old numbers
    there = np.empty_like(here)
    there[order] = np.take_along_axis(correlation[order], renamed, 1)
    # Of neighbours that are as close, either may be chosen.
    np.testing.assert_allclose(there, here, atol=1e-9)
    apart = np.diff(np.sort(correlation, axis=1)) > 1e-9
    if apart.all():
        rows = np.empty_like(renamed)
        rows[order] = renamed
        np.testing.assert_array_equal(rows, graph['neighbors'])
    np.testing.assert_allclose(
        np.array(graph['mean_shape'])[order], other['mean_shape'], atol=1.1e-5
    )


@given(shapes=sets(), seed=SEEDS)
def test_neighbours_see_no_order_place_size_or_mirror(shapes, seed):
    points, visible, top_k = shapes
    rng = np.random.default_rng(seed)
    correlation = keypoint_correlation(points, visible)
    expected = strengths(build(points, visible, top_k), correlation)
    order = rng.permutation(len(points))
    scale = 10 ** rng.uniform(-1, 1, (len(points), 1, 1))
    shift = rng.uniform(-1, 1, (len(points), 1, 2)) * np.ptp(points)
    junk = np.where(visible[..., None], points, np.nan)
    for changed, seen in (
        (points[order], visible[order]),
        (points * scale + shift, visible),
        (points * [-1, 1], visible),
        (junk, visible),
    ):
        found = build(np.nan_to_num(changed), seen, top_k)
        np.testing.assert_allclose(
            strengths(found, correlation), expected, atol=1e-6
        )


@given(shapes=sets())
def test_a_graph_is_valid_and_can_be_written(shapes):
    points, _, top_k = shapes
    graph = build(*shapes)
    assert json.loads(json.dumps(graph)) == graph
    neighbors, mean_shape = check_graph(graph)
    assert neighbors.shape == (points.shape[1], top_k + 1)
    assert np.isfinite(mean_shape).all()
    for row, found in enumerate(neighbors):
        assert found[0] == row and len(set(found)) == top_k + 1


@given(graph=graphs())
def test_a_graph_is_what_a_checkpoint_brings(graph):
    module, other = KeypointGraph(graph), KeypointGraph()
    other.load_state_dict(module.state_dict())
    assert other.neighbors.tolist() == graph['neighbors']
    torch.testing.assert_close(
        other.mean_shape, torch.tensor(graph['mean_shape'])
    )
    assert torch.equal(other.adjacency, module.adjacency)
    assert other.difference(module.neighbors, module.mean_shape) == ''
    count = graph['num_keypoints'], graph['top_k']
    assert int(other.adjacency.sum()) == count[0] * count[1]
