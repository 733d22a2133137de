from copy import deepcopy

from mmpose_scgcn.models.layers import KeypointGraph

import pytest
import torch


def test_buffers(ring):
    graph = KeypointGraph(ring)
    assert graph.ready
    assert graph.num_edges == 18
    assert graph.neighbors.tolist() == ring['neighbors']
    torch.testing.assert_close(
        graph.mean_shape, torch.tensor(ring['mean_shape'])
    )
    for i, row in enumerate(graph.adjacency.tolist()):
        assert row == [float(j in ring['neighbors'][i][1:]) for j in range(6)]


def test_state_dict_holds_neighbors_and_mean_shape(ring):
    assert list(KeypointGraph(ring).state_dict()) == [
        'neighbors',
        'mean_shape',
    ]


def test_an_empty_graph(ring):
    graph = KeypointGraph()
    assert not graph.ready
    assert 'empty' in repr(graph)
    with pytest.raises(RuntimeError, match=r'GraphHook.*build_graph\.py'):
        graph.require()
    graph.fill(ring)
    graph.require()
    assert 'num_keypoints=6, edges=18' in repr(graph)


def test_the_dict_is_not_shared(ring):
    graph = KeypointGraph(ring)
    ring['neighbors'][0][1] = 5
    assert graph.neighbors[0].tolist() == [0, 1, 2]


@pytest.mark.parametrize('start', ['empty', 'filled'])
@pytest.mark.parametrize('assign', [False, True])
def test_a_checkpoint_brings_its_graph(ring, start, assign):
    source = KeypointGraph(ring)
    other = {**ring, 'neighbors': [[i, (i + 3) % 6] for i in range(6)]}
    graph = KeypointGraph(None if start == 'empty' else {**other, 'top_k': 1})
    graph.load_state_dict(source.state_dict(), assign=assign)
    for name, buffer in source.named_buffers():
        torch.testing.assert_close(graph.get_buffer(name), buffer)


def test_loading_copies(ring):
    source, graph = KeypointGraph(ring), KeypointGraph()
    graph.load_state_dict(source.state_dict())
    source.neighbors.zero_()
    assert graph.neighbors.tolist() == ring['neighbors']


def test_a_checkpoint_from_before_the_graph_keeps_ours(ring):
    graph = KeypointGraph(ring)
    graph.load_state_dict(KeypointGraph().state_dict())
    assert graph.neighbors.tolist() == ring['neighbors']


def test_a_checkpoint_without_a_graph(ring):
    graph = KeypointGraph(ring)
    missing, _ = graph.load_state_dict({}, strict=False)
    assert missing == ['neighbors', 'mean_shape']
    assert graph.neighbors.tolist() == ring['neighbors']
    with pytest.raises(RuntimeError, match='Missing key'):
        graph.load_state_dict({})


@pytest.mark.parametrize(
    'arguments', [dict(num_keypoints=5), dict(top_k=3)], ids=str
)
def test_another_size(ring, arguments):
    ((name, value),) = arguments.items()
    message = f'the graph has {name}={ring[name]}, but {name}={value}'
    with pytest.raises(ValueError, match=message):
        KeypointGraph(ring, **arguments)
    with pytest.raises(ValueError, match=message):
        KeypointGraph(**arguments).fill(ring)
    empty = KeypointGraph(**arguments)
    with pytest.raises(RuntimeError, match=message):
        empty.load_state_dict(KeypointGraph(ring).state_dict())
    assert not empty.ready


def test_other_number_types_keep_the_indices_whole(ring):
    for graph in (KeypointGraph(ring).double(), KeypointGraph(ring).half()):
        assert graph.neighbors.dtype == torch.int64
        assert graph.mean_shape.is_floating_point()
        assert graph.adjacency.dtype == graph.mean_shape.dtype


def test_deepcopy_is_independent(ring):
    graph = KeypointGraph(ring)
    copy = deepcopy(graph)
    copy.fill({**ring, 'mean_shape': [[0, 0]] * 6})
    torch.testing.assert_close(
        graph.mean_shape, torch.tensor(ring['mean_shape'])
    )
    assert copy.neighbors.tolist() == ring['neighbors']


def test_a_graph_that_did_not_load_is_remembered(ring):
    """MMEngine only logs errors of loading; the next call must say why."""
    graph = KeypointGraph(top_k=1)
    with pytest.raises(RuntimeError):
        graph.load_state_dict(KeypointGraph(ring).state_dict())
    with pytest.raises(RuntimeError, match='refused: the graph has top_k=2'):
        graph.require()
