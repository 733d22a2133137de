from mmpose_scgcn.graph import check_graph

import numpy as np
import pytest


@pytest.fixture
def graph():
    return dict(
        num_keypoints=3,
        top_k=1,
        neighbors=[[0, 1], [1, 0], [2, 1]],
        mean_shape=[[0.2, 0.3], [0.5, 0.5], [0.8, 0.3]],
    )


def test_returns_arrays(graph):
    neighbors, mean_shape = check_graph(graph)
    assert neighbors.dtype == np.int64
    assert neighbors.tolist() == graph['neighbors']
    assert mean_shape.dtype == np.float32
    np.testing.assert_array_equal(mean_shape, np.float32(graph['mean_shape']))


@pytest.mark.parametrize(
    'key', ['num_keypoints', 'top_k', 'neighbors', 'mean_shape']
)
def test_missing_key_is_named(graph, key):
    del graph[key]
    with pytest.raises(ValueError, match=f'missing: {key}'):
        check_graph(graph)


def test_all_missing_keys_are_named(graph):
    del graph['top_k'], graph['mean_shape']
    with pytest.raises(ValueError) as error:
        check_graph(graph)
    assert str(error.value) == (
        'a graph is a dict with num_keypoints, top_k, neighbors, mean_shape; '
        'missing: top_k, mean_shape'
    )


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(num_keypoints=4), r'expected .* = \(4, 2\), got \(3, 2\)'),
        (dict(top_k=2), r'expected .* = \(3, 3\), got \(3, 2\)'),
        (
            dict(neighbors=[[0, 1], [0, 1], [2, 1]]),
            r'row 1, \[0, 1\], must start with the keypoint itself$',
        ),
        (dict(neighbors=[[0, 1], [1, 3], [2, 1]]), r'row 1.*outside 0\.\.2'),
        (dict(neighbors=[[0, 1], [1, -1], [2, 1]]), r'row 1.*outside'),
        (
            dict(neighbors=[[0, 1], [1, 1], [2, 1]]),
            r'row 1, \[1, 1\], names a keypoint twice$',
        ),
        (dict(neighbors=[[0, 1], [1], [2, 1]]), 'graph neighbors'),
        (dict(neighbors=[[0, 1], [1, 'x'], [2, 1]]), 'expected rows of numb'),
        (dict(neighbors=[[0, 1], [1, 0.5], [2, 1]]), 'graph neighbors'),
        (dict(mean_shape=[[0, 0], [1, 1]]), r'expected 3 .*\(2, 2\)'),
        (dict(mean_shape=[[0, 0], [1, np.nan], [1, 0]]), '1 values not fini'),
        (dict(mean_shape=[[0, 0], [1, np.inf], [1, 0]]), '1 values not fini'),
        (dict(mean_shape=[[0, 0], [1], [1, 0]]), 'graph mean_shape'),
    ],
)
def test_faults(graph, change, message):
    with pytest.raises(ValueError, match=message):
        check_graph({**graph, **change})
