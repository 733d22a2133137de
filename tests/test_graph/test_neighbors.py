from mmpose_scgcn.graph import build_graph, top_k_neighbors

import numpy as np
import pytest


@pytest.fixture
def correlation():
    values = np.random.default_rng(0).random((8, 8))
    values = (values + values.T) / 2
    np.fill_diagonal(values, 1.0)
    return values


@pytest.mark.parametrize('top_k', [1, 3, 7])
def test_equals_a_naive_sort(correlation, top_k):
    expected = []
    for i, row in enumerate(correlation.tolist()):
        others = sorted(
            (j for j in range(8) if j != i), key=lambda j: (-row[j], j)
        )
        expected.append([i, *others[:top_k]])
    np.testing.assert_array_equal(
        top_k_neighbors(correlation, top_k), expected
    )


def test_ties_go_to_the_lower_index():
    neighbors = top_k_neighbors(np.ones((4, 4)), 2)
    assert neighbors.tolist() == [[0, 1, 2], [1, 0, 2], [2, 0, 1], [3, 0, 1]]
    # Large enough for a sort that is not stable to show.
    coarse = np.random.default_rng(0).integers(0, 3, (98, 98)) / 2
    expected = [
        [i, *sorted(set(range(98)) - {i}, key=lambda j: (-coarse[i, j], j))]
        for i in range(98)
    ]
    np.testing.assert_array_equal(top_k_neighbors(coarse, 97), expected)


def test_self_comes_first_even_where_another_correlates_as_much():
    correlation = np.array([[1.0, 1, 1], [1, 1, 0], [1, 0, 1]])
    assert top_k_neighbors(correlation, 1)[:, 0].tolist() == [0, 1, 2]


def test_the_graph_is_directed():
    # Both outer points are closest to the middle, which has room for one.
    correlation = np.array([[1, 0.9, 0], [0.9, 1, 0.8], [0, 0.8, 1]])
    assert top_k_neighbors(correlation, 1).tolist() == [[0, 1], [1, 0], [2, 1]]


def test_permuting_keypoints_permutes_neighbors(correlation):
    order = np.random.default_rng(1).permutation(8)
    new_index = np.argsort(order)
    permuted = top_k_neighbors(correlation[np.ix_(order, order)], 3)
    np.testing.assert_array_equal(
        permuted, new_index[top_k_neighbors(correlation, 3)[order]]
    )


def test_argument_is_not_changed(correlation):
    before = correlation.copy()
    assert top_k_neighbors(correlation, 2).dtype == np.int64
    np.testing.assert_array_equal(correlation, before)


def test_whole_numbers_are_correlations_too():
    correlation = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 1]])
    assert top_k_neighbors(correlation, 1).tolist() == [[0, 2], [1, 2], [2, 0]]


def test_too_few_keypoints(correlation):
    with pytest.raises(ValueError, match='needs at least 9 keypoints, got 8'):
        top_k_neighbors(correlation, 8)


def test_no_neighbors_at_all(correlation):
    with pytest.raises(ValueError, match='at least 1, got 0'):
        top_k_neighbors(correlation, 0)


@pytest.mark.parametrize(
    ('count', 'message'),
    (
        (1, 'needs at least 4 keypoints, got 1; a graph needs at least 2'),
        (2, 'needs at least 4 keypoints, got 2; set top_k=1 '),
        (3, r'needs at least 4 keypoints, got 3; set top_k=2 \(--top-k 2 '),
    ),
)
def test_few_keypoints_are_told_what_fits(count, message):
    shapes = np.random.default_rng(0).uniform(size=(9, count, 2))
    seen = np.ones((9, count), bool)
    with pytest.raises(ValueError, match=message):
        build_graph(shapes, seen, shapes, top_k=3)
    if count > 1:
        graph = build_graph(shapes, seen, shapes, top_k=count - 1)
        assert len(graph['neighbors'][0]) == count
