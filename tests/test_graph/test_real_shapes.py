"""The graph of 1,966 real WFLW test shapes.

Bounds are what was measured (in brackets) less a margin.
"""

from mmpose_scgcn.graph import keypoint_correlation, top_k_neighbors

import numpy as np
import pytest

PARTS = (
    range(33),  # contour
    range(33, 42),  # right brow
    range(42, 51),  # left brow
    range(51, 60),  # nose
    [*range(60, 68), 96],  # right eye and pupil
    [*range(68, 76), 97],  # left eye and pupil
    range(76, 96),  # mouth
)
PART_OF = {point: i for i, part in enumerate(PARTS) for point in part}


def edges(shapes, top_k=3):
    visible = np.ones(shapes.shape[:2], dtype=bool)
    neighbors = top_k_neighbors(keypoint_correlation(shapes, visible), top_k)
    return {(row[0], j) for row in neighbors.tolist() for j in row[1:]}


@pytest.fixture(scope='module')
def shapes(scgcn_data):
    path = scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    with np.load(path) as content:
        return content['keypoints'].astype(np.float64)


@pytest.fixture(scope='module')
def graph_edges(shapes):
    return edges(shapes)


def test_neighbors_lie_in_the_same_part(graph_edges):
    same = [PART_OF[i] == PART_OF[j] for i, j in graph_edges]
    assert len(same) == 294
    assert np.mean(same) >= 0.95  # [289 of 294: 0.983]


def test_neighbors_on_the_contour_are_close_by(graph_edges):
    steps = [abs(i - j) for i, j in graph_edges if max(i, j) < 33]
    assert len(steps) >= 95  # [99: no contour point leaves the contour]
    assert max(steps) <= 4  # [3]
    assert np.mean(np.array(steps) <= 2) >= 0.9  # [0.980]


def test_the_graph_of_faces_is_mirror_symmetric(graph_edges):
    flip_indices = flip_indices_of_wflw()
    mirrored = {(flip_indices[i], flip_indices[j]) for i, j in graph_edges}
    assert len(mirrored & graph_edges) / 294 >= 0.9  # [0.969]


def test_two_halves_of_the_faces_give_one_graph(shapes):
    order = np.random.default_rng(0).permutation(len(shapes))
    first, second = (edges(shapes[part]) for part in np.split(order, 2))
    assert len(first & second) / 294 >= 0.9  # [0.980; other seeds >= 0.969]


def flip_indices_of_wflw():
    """Mirror partners, from the layout of the 98 points."""
    brow = [*range(46, 41, -1), *range(50, 46, -1)]
    eye = [72, 71, 70, 69, 68, 75, 74, 73, 97]
    partner = dict(zip(range(33), range(32, -1, -1), strict=True))
    for right, left in zip((*PARTS[1], *PARTS[4]), (*brow, *eye), strict=True):
        partner |= {right: left, left: right}
    partner |= {i: i for i in range(51, 55)}  # bridge of the nose
    for first, last in ((55, 59), (76, 82), (88, 92)):  # nostrils, upper lips
        partner |= {i: first + last - i for i in range(first, last + 1)}
    for first, last in ((83, 87), (93, 95)):  # lower lips
        partner |= {i: first + last - i for i in range(first, last + 1)}
    return partner
