from mmpose_scgcn.models.layers import (
    AttentiveAdjacency,
    FeaturePyramid,
    PointSampler,
)

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates


def test_points_are_read_as_scipy_reads_them():
    rng = np.random.default_rng(0)
    feature_map = rng.standard_normal((2, 3, 6, 9)).astype(np.float32)
    points = rng.uniform(0.25, 0.75, (2, 5, 2)).astype(np.float32)
    read = PointSampler(1)(torch.tensor(feature_map), torch.tensor(points))
    read = read.unflatten(2, (9, 3)).numpy()
    offsets = [(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    for b in range(2):
        # 0 and 1 are edges: the centre of the first pixel is at half of one.
        places = points[b] * (9, 6) - 0.5
        for number, offset in enumerate(offsets):
            xs, ys = (places + offset).T
            for channel in range(3):
                expected = map_coordinates(
                    feature_map[b, channel], [ys, xs], order=1
                )
                np.testing.assert_allclose(
                    read[b, :, number, channel], expected, atol=1e-5
                )


def test_outside_is_zero():
    read = PointSampler(0)(torch.ones(1, 2, 4, 4), torch.full((1, 1, 2), 2.0))
    assert read.tolist() == [[[0, 0]]]


@pytest.fixture
def adjacency():
    torch.manual_seed(0)
    return AttentiveAdjacency(8, num_keypoints=4, top_k=2)


NEIGHBORS = torch.tensor([[0, 1, 2], [1, 2, 3], [2, 3, 0], [3, 0, 1]])


def test_all_neighbours_count_alike_at_first(adjacency):
    weights = adjacency(torch.randn(2, 4, 8), NEIGHBORS)
    torch.testing.assert_close(weights, torch.full((2, 4, 3), 1 / 3))


def test_weights_follow_both_nodes_of_an_edge(adjacency):
    torch.nn.init.normal_(adjacency.query.weight)
    nodes = torch.randn(1, 4, 8)
    weights = adjacency(nodes, NEIGHBORS)
    torch.testing.assert_close(weights.sum(-1), torch.ones(1, 4))
    query, key = adjacency.query(nodes)[0], adjacency.key(nodes)[0]
    for i, row in enumerate(NEIGHBORS.tolist()):
        logits = torch.stack([query[i] @ key[j] for j in row]) / 2**0.5
        torch.testing.assert_close(weights[0, i], logits.softmax(-1))


def test_a_pyramid_is_as_fine_as_its_finest_map():
    torch.manual_seed(0)
    pyramid = FeaturePyramid((3, 5, 7), (4, 6, 8)).eval()
    maps = [torch.randn(2, c, s, s) for c, s in ((3, 16), (5, 8), (7, 4))]
    merged = pyramid(maps)
    assert [tuple(m.shape) for m in merged] == [
        (2, 4, 16, 16),
        (2, 6, 8, 8),
        (2, 8, 4, 4),
    ]
    for number in range(3):  # a map goes into those that are no coarser
        other = list(maps)
        other[number] = other[number] + 1
        for level, (now, before) in enumerate(
            zip(pyramid(other), merged, strict=True)
        ):
            changed = (now - before).abs().max() > 1e-3
            assert changed == (level <= number)
