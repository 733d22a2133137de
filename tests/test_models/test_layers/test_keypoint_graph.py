import logging
from copy import deepcopy

from mmpose_scgcn.models.layers import KeypointGraph
from mmpose_scgcn.models.layers.keypoint_graph import graphs_of

import pytest
import torch
from mmengine.logging import MMLogger
from torch import nn


@pytest.fixture
def turned(ring):
    """The ring, with the neighbours on the other side."""
    rows = [[i, (i - 1) % 6, (i - 2) % 6] for i in range(6)]
    return {**ring, 'neighbors': rows}


@pytest.fixture
def warned():
    """What is warned of, in a list that grows."""
    logger, lines = MMLogger.get_current_instance(), []

    class Listed(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    handler = Listed(logging.WARNING)
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


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
    assert graph.adjacency.dtype == torch.float32


def test_state_dict_holds_neighbors_and_mean_shape(ring):
    assert list(KeypointGraph(ring).state_dict()) == [
        'neighbors',
        'mean_shape',
    ]


def test_an_empty_graph(ring):
    graph = KeypointGraph()
    assert not graph.ready
    assert repr(graph) == 'KeypointGraph(empty)'
    assert (graph.held, graph.passed_over, graph.origin) == (False, '', '')
    with pytest.raises(RuntimeError, match=r'GraphHook.*build_graph\.py'):
        graph.require()
    graph.fill(ring)
    graph.require()
    assert 'num_keypoints=6, edges=18' in repr(graph)


def test_an_empty_graph_has_buffers_without_entries():
    graph = KeypointGraph()
    shapes = {name: tuple(b.shape) for name, b in graph.named_buffers()}
    assert shapes == dict(
        neighbors=(0, 0), mean_shape=(0, 2), adjacency=(0, 0)
    )
    assert graph.neighbors.dtype == torch.int64


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


def test_graphs_are_found_once_by_their_shortest_name(ring):
    model = nn.Module()
    model.loss = nn.Module()
    model.loss.graph = model.shared = KeypointGraph(ring)
    model.other = KeypointGraph(ring)
    assert graphs_of(model) == dict(shared=model.shared, other=model.other)


def test_what_to_do_without_a_graph_is_said():
    with pytest.raises(RuntimeError) as error:
        KeypointGraph().require()
    assert str(error.value) == (
        'no keypoint graph: graph=None is filled from the training set by '
        "custom_hooks=[dict(type='mmpose_scgcn.GraphHook')] when training "
        'starts, or by a checkpoint that carries one; otherwise pass '
        'graph=dict(...) from tools/build_graph.py'
    )


def test_a_wrong_size_says_what_to_set(ring):
    with pytest.raises(ValueError) as error:
        KeypointGraph(ring, top_k=3)
    assert str(error.value) == (
        'the graph has top_k=2, but top_k=3 is configured; build the graph '
        'anew (tools/build_graph.py) or set top_k=2'
    )


@pytest.mark.parametrize('size', [None, 6])
def test_graphs_over_as_many_keypoints(ring, size):
    KeypointGraph(num_keypoints=size).check_same_keypoints(KeypointGraph(ring))


def test_graphs_over_other_numbers_of_keypoints(ring):
    message = '^one graph is over 5 keypoints, the other over 6$'
    with pytest.raises(ValueError, match=message):
        KeypointGraph(num_keypoints=5).check_same_keypoints(
            KeypointGraph(ring)
        )


def test_a_difference_is_told(ring, turned):
    graph, other = KeypointGraph(ring), KeypointGraph(turned)
    assert graph.difference(other.neighbors, other.mean_shape) == (
        '12 of 18 entries of the neighbour lists differ, and mean shapes by '
        'up to 0.000 of the crop'
    )
    moved = graph.mean_shape.clone()
    moved[2, 1] -= 0.25
    assert graph.difference(graph.neighbors, moved) == (
        '0 of 18 entries of the neighbour lists differ, and mean shapes by '
        'up to 0.250 of the crop'
    )
    assert graph.difference(graph.neighbors[:5, :2], moved[:5]) == (
        '5 keypoints with 1 neighbours each'
    )


@pytest.mark.parametrize(('apart', 'same'), [(1e-5, True), (3e-5, False)])
def test_the_rounding_of_a_file_is_no_difference(ring, apart, same):
    graph = KeypointGraph({**ring, 'mean_shape': [[0, 0]] * 6})
    told = graph.difference(graph.neighbors, graph.mean_shape + apart)
    assert (told == '') == same


def test_a_held_graph_stays_and_knows_what_it_passed_over(ring, turned):
    graph = KeypointGraph(ring)
    assert graph.passed_over == ''
    graph.held = True
    shape = torch.tensor(turned['mean_shape']) + 0.5
    turned['mean_shape'] = shape.tolist()
    graph.load_state_dict(KeypointGraph(turned).state_dict())
    assert graph.neighbors.tolist() == ring['neighbors']
    torch.testing.assert_close(
        graph.mean_shape, torch.tensor(ring['mean_shape'])
    )
    assert graph.passed_over == (
        '12 of 18 entries of the neighbour lists differ, and mean shapes by '
        'up to 0.500 of the crop'
    )
    assert graph.origin == 'given as graph= in the config'


def test_an_empty_graph_that_is_held_is_filled(ring):
    graph = KeypointGraph()
    graph.held = True
    graph.load_state_dict(KeypointGraph(ring).state_dict())
    assert graph.neighbors.tolist() == ring['neighbors']
    assert graph.passed_over == ''


def test_a_graph_that_is_replaced_is_warned_of(ring, turned, warned):
    model = nn.ModuleDict(dict(head=KeypointGraph(ring)))
    other = nn.ModuleDict(dict(head=KeypointGraph(turned)))
    model.load_state_dict(other.state_dict())
    assert model['head'].neighbors.tolist() == turned['neighbors']
    assert warned == [
        'head: the graph of the checkpoint replaces the one given as graph= '
        'in the config (12 of 18 entries of the neighbour lists differ, and '
        'mean shapes by up to 0.000 of the crop); its weights were trained '
        'with it'
    ]
    model.load_state_dict(other.state_dict())
    assert len(warned) == 1


@pytest.mark.parametrize('start', ['empty', 'same', 'of no known origin'])
def test_a_graph_that_comes_as_expected_is_not_warned_of(
    ring, turned, warned, start
):
    graph = KeypointGraph(None if start == 'empty' else ring)
    if start == 'of no known origin':
        graph.origin = ''
    source = KeypointGraph(ring if start == 'same' else turned)
    graph.load_state_dict(source.state_dict())
    assert graph.origin == 'of the checkpoint'
    assert warned == []


def test_a_graph_of_another_size_in_a_checkpoint(ring):
    model = nn.ModuleDict(dict(head=KeypointGraph(top_k=1)))
    full = nn.ModuleDict(dict(head=KeypointGraph(ring)))
    message = r'head: the graph has top_k=2, b'
    with pytest.raises(RuntimeError, match=message) as error:
        model.load_state_dict(full.state_dict(), strict=False)
    assert 'size mismatch' not in str(error.value)
    with pytest.raises(RuntimeError, match=r'graph\.py\. A checkpoint was re'):
        model['head'].require()


def test_a_checkpoint_of_another_precision(ring):
    state = KeypointGraph(ring).double().state_dict()
    state['neighbors'] = state['neighbors'].int()
    graph = KeypointGraph()
    graph.load_state_dict(state)
    assert graph.neighbors.dtype == torch.int64
    assert graph.mean_shape.dtype == torch.float32


@pytest.mark.parametrize('strict', [True, False])
@pytest.mark.parametrize('there', [True, False])
@pytest.mark.parametrize(
    ('has', 'lacks'),
    [('neighbors', 'mean_shape'), ('mean_shape', 'neighbors')],
)
def test_half_a_graph_is_refused(ring, has, lacks, there, strict):
    other = {**ring, 'mean_shape': [[0.5, 0.5]] * 6}
    state = KeypointGraph(other).state_dict()
    del state[lacks]
    graph = KeypointGraph(ring if there else None)
    with pytest.raises(RuntimeError, match=f'it has {has}, but no {lacks}'):
        graph.load_state_dict(state, strict=strict)
    assert graph.ready is there
    if there:
        own = KeypointGraph(ring)
        assert not graph.difference(own.neighbors, own.mean_shape)
    else:
        with pytest.raises(RuntimeError, match=f'refused: it has {has}'):
            graph.require()
