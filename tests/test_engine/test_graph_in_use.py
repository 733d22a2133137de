"""Which graph a training uses: real runs on a few tiny images."""

from mmpose_scgcn.datasets import shapes_from_coco
from mmpose_scgcn.models.layers import KeypointGraph
from tests.test_engine.tiny_runs import HEAD, dataset

import pytest
import torch
from mmengine.runner import load_checkpoint

GRAPH = dict(type='mmpose_scgcn.GraphHook')
CHECK = dict(type='mmpose_scgcn.CheckHook')


@pytest.fixture
def data(annotate):
    """Two annotation files of other shapes, and the graph of each."""
    files = annotate(seed=0), annotate(seed=1)
    graphs = tuple(shapes_from_coco(f).graph(top_k=2) for f in files)
    assert graphs[0]['neighbors'] != graphs[1]['neighbors']
    return files, graphs


@pytest.fixture
def start(data, make_runner, tmp_path):
    """A checkpoint of the first file."""
    make_runner(dataset(data[0][0]), work_dir=str(tmp_path / 'start')).train()
    return str(tmp_path / 'start/epoch_1.pth')


def neighbors(model):
    (graph,) = {m for m in model.modules() if isinstance(m, KeypointGraph)}
    return graph.neighbors.tolist()


def saved_neighbors(file):
    content = torch.load(file, weights_only=False)
    return content['state_dict']['head.graph.neighbors'].tolist()


@pytest.mark.parametrize('hooks', [[GRAPH], [CHECK, GRAPH], [GRAPH, CHECK]])
def test_load_from_keeps_the_graph_of_the_data(
    data, start, make_runner, hooks, capfd
):
    runner = make_runner(
        dataset(data[0][1]),
        load_from=start,
        custom_hooks=hooks,
        log_level='INFO',
    )
    weight = torch.load(start, weights_only=False)['state_dict']
    runner.call_hook = stop_before_steps(runner)
    with pytest.raises(Stopped):
        runner.train()
    assert neighbors(runner.model) == data[1][1]['neighbors']
    for name, value in runner.model.named_parameters():
        torch.testing.assert_close(value.data, weight[name])  # weights are
    told = ''.join(capfd.readouterr())
    assert 'the keypoint graph in use is the one built from 8 training' in told
    assert f'the graph of {start} is another one' in told


class Stopped(Exception):
    """Raised before the first step."""


def stop_before_steps(runner):
    call = type(runner).call_hook

    def call_hook(name, **kwargs):
        if name == 'before_train_epoch':
            raise Stopped
        call(runner, name, **kwargs)

    return call_hook


@pytest.mark.parametrize('hooks', [[GRAPH], [CHECK]])
def test_load_from_keeps_a_graph_that_is_given(
    data, start, make_runner, tmp_path, hooks
):
    given = dict(HEAD, graph=data[1][1])
    runner = make_runner(
        dataset(data[0][0]), head=given, load_from=start, custom_hooks=hooks
    )
    runner.train()
    assert neighbors(runner.model) == data[1][1]['neighbors']
    assert (
        saved_neighbors(tmp_path / 'work/epoch_1.pth')
        == (data[1][1]['neighbors'])
    )


def test_pretrained_weights_keep_the_graph_too(
    data, start, make_runner, tmp_path
):
    runner = make_runner(dataset(data[0][1]))
    runner.model.head.init_cfg = dict(
        type='Pretrained', checkpoint=start, prefix='head.'
    )
    runner.train()
    assert neighbors(runner.model) == data[1][1]['neighbors']


def test_a_first_start_that_may_resume_is_a_first_start(
    data, start, make_runner
):
    """As on clusters, where every start has resume."""
    runner = make_runner(dataset(data[0][1]), resume=True)
    runner.model.head.init_cfg = dict(
        type='Pretrained', checkpoint=start, prefix='head.'
    )
    runner.train()
    assert neighbors(runner.model) == data[1][1]['neighbors']


@pytest.mark.parametrize('hooks', [[CHECK], [CHECK, GRAPH]])
def test_an_average_takes_the_graph_that_a_checkpoint_brings(
    data, start, make_runner, hooks
):
    hooks = [dict(h, prefer_loaded=True) if h == GRAPH else h for h in hooks]
    runner = make_runner(
        dataset(data[0][1]), load_from=start, custom_hooks=hooks
    )
    runner.register_hook(dict(type='EMAHook', update_buffers=True))
    runner.train()
    (ema,) = (h.ema_model for h in runner.hooks if hasattr(h, 'ema_model'))
    assert neighbors(ema.module) == data[1][0]['neighbors']


def test_an_average_of_the_model_has_the_same_graph(data, start, make_runner):
    runner = make_runner(dataset(data[0][1]), load_from=start)
    runner.register_hook(dict(type='EMAHook'))
    runner.train()
    (ema,) = (h.ema_model for h in runner.hooks if hasattr(h, 'ema_model'))
    assert neighbors(ema.module) == data[1][1]['neighbors']


def test_the_loaded_graph_can_be_preferred(data, start, make_runner):
    runner = make_runner(
        dataset(data[0][1]),
        load_from=start,
        custom_hooks=[dict(GRAPH, prefer_loaded=True), CHECK],
    )
    runner.train()
    assert neighbors(runner.model) == data[1][0]['neighbors']


def test_resuming_takes_the_graph_of_the_checkpoint(data, make_runner, capfd):
    make_runner(dataset(data[0][0])).train()
    given = dict(HEAD, graph=data[1][1])
    runner = make_runner(
        dataset(data[0][1]),
        head=given,
        epochs=2,
        resume=True,
        custom_hooks=[CHECK, GRAPH],
        log_level='WARNING',
    )
    runner.train()
    assert neighbors(runner.model) == data[1][0]['neighbors']
    told = ''.join(capfd.readouterr())
    assert 'replaces the one given as graph= in the config' in told


def test_after_training_a_checkpoint_brings_its_graph(
    data, start, make_runner
):
    runner = make_runner(dataset(data[0][1]))
    runner.train()
    load_checkpoint(runner.model, start)
    assert neighbors(runner.model) == data[1][0]['neighbors']
