import json

from mmpose_scgcn.graph import (
    build_graph,
    check_graph,
    keypoint_correlation,
    top_k_neighbors,
)
from mmpose_scgcn.shapes import mean_shape

import numpy as np
import pytest


@pytest.fixture
def shapes():
    return np.random.default_rng(0).uniform(0, 100, (12, 5, 2))


@pytest.fixture
def visible():
    return np.ones((12, 5), dtype=bool)


def test_holds_the_neighbors_and_the_mean_shape(shapes, visible):
    visible[0, 2] = False
    graph = build_graph(shapes, visible, shapes / 100, top_k=2)
    expected = top_k_neighbors(keypoint_correlation(shapes, visible), 2)
    assert graph['neighbors'] == expected.tolist()
    np.testing.assert_allclose(
        graph['mean_shape'], mean_shape(shapes / 100, visible), atol=5.1e-6
    )


def test_a_keypoint_has_three_neighbours_if_nothing_else_is_said(
    shapes, visible
):
    assert build_graph(shapes, visible, shapes)['top_k'] == 3


def test_names_are_used_in_messages(shapes, visible):
    visible[:, 1] = False
    with pytest.raises(ValueError, match=r'never visible.*: 1 \(nose\);'):
        build_graph(shapes, visible, shapes, names=['eye', 'nose', *'abc'])


def test_is_plain_and_valid(shapes, visible):
    graph = build_graph(shapes, visible, shapes / 100, top_k=2)
    assert json.loads(json.dumps(graph)) == graph
    assert (graph['num_keypoints'], graph['top_k']) == (5, 2)
    check_graph(graph)


def test_permuting_keypoints_permutes_neighbors(shapes, visible):
    order = np.array([3, 0, 4, 1, 2])
    new_index = np.argsort(order)
    graph = build_graph(shapes, visible, shapes, top_k=2)
    permuted = build_graph(
        shapes[:, order], visible, shapes[:, order], top_k=2
    )
    expected = new_index[np.array(graph['neighbors'])[order]]
    np.testing.assert_array_equal(permuted['neighbors'], expected)
    np.testing.assert_array_equal(
        permuted['mean_shape'], np.array(graph['mean_shape'])[order]
    )


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_coordinates_that_are_not_finite(shapes, visible, value):
    shapes[7, 1, 0] = value
    with pytest.raises(ValueError, match=r'finite.* \[7\] \(1 in all\)'):
        build_graph(shapes, visible, shapes)
    visible[7, 1] = False
    normalized = np.where(np.isfinite(shapes), shapes, 0)
    build_graph(shapes, visible, normalized)


def test_the_first_ten_shapes_that_are_not_finite_are_named(shapes, visible):
    shapes[:11, 1, 0] = np.nan
    with pytest.raises(ValueError) as error:
        build_graph(shapes, visible, shapes)
    assert str(error.value) == (
        'visible keypoints must be finite; NaN or inf in shapes '
        '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9] (11 in all)'
    )


def test_too_few_keypoints(shapes, visible):
    with pytest.raises(ValueError, match='needs at least 6 keypoints, got 5'):
        build_graph(shapes, visible, shapes, top_k=5)


def test_too_few_shapes(shapes, visible):
    with pytest.raises(ValueError, match='at least 2 shapes'):
        build_graph(shapes[:1], visible[:1], shapes[:1])


def test_a_keypoint_hidden_once_in_a_small_set_keeps_its_neighbours():
    rng = np.random.default_rng(3)
    keypoints = rng.normal(size=(9, 6, 2))
    keypoints[:, 5] = keypoints[:, 4] + 0.01 * rng.normal(size=(9, 2))
    visible = np.ones((9, 6), dtype=bool)
    visible[0, 5] = False
    graph = build_graph(keypoints, visible, keypoints, top_k=1)
    assert graph['neighbors'][5] == [5, 4]


def test_neighbours_without_any_correlation_are_warned_of():
    keypoints = np.random.default_rng(0).normal(size=(40, 4, 2))
    visible = np.ones((40, 4), dtype=bool)
    visible[:20, :2] = False
    visible[20:, 2:] = False  # no pair has a partner in the other
    with pytest.warns(UserWarning) as warned:
        build_graph(keypoints, visible, keypoints, top_k=2)
    assert str(warned[0].message) == (
        'keypoints [0, 1, 2, 3] are seen together with too few others to '
        'choose 2 neighbours by correlation; the rest are those of lowest '
        'index'
    )


def test_the_warning_names_the_line_that_builds_the_graph():
    keypoints = np.random.default_rng(0).normal(size=(40, 4, 2))
    visible = np.ones((40, 4), dtype=bool)
    visible[:20, :2] = False
    visible[20:, 2:] = False
    with pytest.warns(UserWarning) as warned:
        build_graph(keypoints, visible, keypoints, top_k=2)
    assert warned[0].filename == __file__
