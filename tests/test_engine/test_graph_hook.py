"""The hook in real runs of MMEngine's runner on a few tiny images."""

import json
from pathlib import Path

from mmpose_scgcn.checks import CheckError
from mmpose_scgcn.datasets import shapes_from_coco
from mmpose_scgcn.models.layers import KeypointGraph
from tests.test_engine.tiny_runs import (
    COUNT,
    HEAD,
    METAINFO,
    STOCK_HEAD,
    dataset,
    loader,
    pipeline,
)

import numpy as np
import pytest
import torch


def graph_of(runner):
    (graph,) = {
        m for m in runner.model.modules() if isinstance(m, KeypointGraph)
    }
    return graph


def assert_graph(actual, expected):
    assert actual.neighbors.tolist() == expected['neighbors']
    torch.testing.assert_close(
        actual.mean_shape,
        torch.tensor(expected['mean_shape']),
        rtol=0,
        atol=1.01e-5,  # rounded to five decimals, once from float32
    )


def before_run(runner):
    """Call the hook as ``runner.train()`` does, but do not train."""
    runner._train_loop = runner.build_train_loop(runner._train_loop)
    runner.call_hook('before_run')
    return graph_of(runner)


def test_fills_the_graph_that_the_tools_would_build(annotate, make_runner):
    ann_file = annotate(seed=0)
    runner = make_runner(dataset(ann_file))
    head = runner.model.head
    assert not head.graph.ready
    runner.train()
    assert_graph(head.graph, shapes_from_coco(ann_file).graph(top_k=2))
    assert head.loss_module.relative.graph is head.graph


def test_a_loss_in_a_stock_head(annotate, make_runner):
    ann_file = annotate(seed=0)
    runner = make_runner(dataset(ann_file), head=STOCK_HEAD)
    runner.train()
    assert_graph(graph_of(runner), shapes_from_coco(ann_file).graph(top_k=3))


def test_top_k_for_a_loss_in_a_stock_head(annotate, make_runner):
    ann_file = annotate(seed=0)
    runner = make_runner(dataset(ann_file), head=STOCK_HEAD)
    hook = next(h for h in runner.hooks if type(h).__name__ == 'GraphHook')
    hook.top_k = 1
    graph = before_run(runner)
    assert_graph(graph, shapes_from_coco(ann_file).graph(top_k=1))


def test_a_graph_of_the_config_stays(annotate, make_runner):
    first, second = annotate(seed=0), annotate(seed=1)
    given = shapes_from_coco(first).graph(top_k=2)
    runner = make_runner(dataset(second), head=dict(HEAD, graph=given))
    assert_graph(before_run(runner), given)


def test_padding_and_aspect_ratio_are_the_pipelines(annotate, make_runner):
    ann_file = annotate(seed=0)
    runner = make_runner(dataset(ann_file, pipeline(1.1, (16, 12))))
    assert_graph(
        before_run(runner),
        shapes_from_coco(ann_file).graph(2, padding=1.1, aspect_ratio=4 / 3),
    )


@pytest.mark.parametrize('wrapper', ['repeat', 'concat', 'combined'])
def test_wrapped_training_sets(annotate, make_runner, wrapper):
    first, second = annotate(seed=0), annotate(seed=1, first=COUNT)
    shapes = shapes_from_coco(first)
    transforms = pipeline(1.1)
    if wrapper == 'repeat':
        train_set = dict(
            type='RepeatDataset', dataset=dataset(first, transforms), times=2
        )
        expected = shapes.graph(2, padding=1.1)
    else:
        both, other = (
            json.loads(Path(file).read_text()) for file in (first, second)
        )
        for key in ('images', 'annotations'):
            both[key] += other[key]
        path = Path(first).with_name('both.json')
        path.write_text(json.dumps(both))
        expected = shapes_from_coco(path).graph(2, padding=1.1)
    if wrapper == 'concat':
        train_set = dict(
            type='ConcatDataset',
            datasets=[dataset(f, transforms) for f in (first, second)],
        )
    if wrapper == 'combined':
        train_set = dict(
            type='CombinedDataset',
            metainfo=METAINFO,
            datasets=[dataset(f, []) for f in (first, second)],
            pipeline=transforms,
        )
    assert_graph(before_run(make_runner(train_set)), expected)


def test_resuming_keeps_the_graph_of_the_checkpoint(annotate, make_runner):
    first, second = annotate(seed=0), annotate(seed=1)
    make_runner(dataset(first)).train()
    runner = make_runner(dataset(second), epochs=2, resume=True)
    runner.train()
    assert runner.epoch == 2
    assert_graph(graph_of(runner), shapes_from_coco(first).graph(top_k=2))


def test_testing_needs_no_training_set(annotate, make_runner, tmp_path):
    ann_file = annotate(seed=0)
    make_runner(dataset(ann_file)).train()
    runner = make_runner(
        dataset(str(tmp_path / 'absent.json')),
        load_from=str(tmp_path / 'work' / 'epoch_1.pth'),
        test_dataloader=loader(dataset(ann_file), train=False),
        test_cfg=dict(),
        test_evaluator=dict(
            type='NME', norm_mode='use_norm_item', norm_item='bbox_size'
        ),
    )
    metrics = runner.test()
    assert np.isfinite(metrics['NME'])
    assert_graph(graph_of(runner), shapes_from_coco(ann_file).graph(top_k=2))


def test_validation_while_training(annotate, make_runner):
    ann_file = annotate(seed=0)
    runner = make_runner(
        dataset(ann_file),
        val_dataloader=loader(dataset(ann_file), train=False),
        val_cfg=dict(),
        val_evaluator=dict(
            type='NME', norm_mode='use_norm_item', norm_item='bbox_size'
        ),
    )
    runner.train()
    assert graph_of(runner).ready


def test_an_average_of_the_model_holds_the_graph_too(annotate, make_runner):
    runner = make_runner(dataset(annotate(seed=0)))
    runner.register_hook(dict(type='EMAHook'))
    runner.train()
    (averaged,) = (
        h.ema_model for h in runner.hooks if type(h).__name__ == 'EMAHook'
    )
    graphs = [m for m in averaged.modules() if isinstance(m, KeypointGraph)]
    assert [g.neighbors.tolist() for g in graphs] == [
        graph_of(runner).neighbors.tolist()
    ]


def hide_a_keypoint(ann_file):
    content = json.loads(Path(ann_file).read_text())
    for annotation in content['annotations']:
        annotation['keypoints'][3 * 4 + 2] = 0
    Path(ann_file).write_text(json.dumps(content))


def test_a_training_set_that_allows_no_graph(annotate, make_runner):
    ann_file = annotate(seed=0)
    hide_a_keypoint(ann_file)
    runner = make_runner(dataset(ann_file))
    with pytest.raises(CheckError, match=r'never visible .*: 4 \(k4\);'):
        runner.train()


def test_such_a_set_stops_no_resume_whose_checkpoint_has_a_graph(
    annotate, make_runner
):
    ann_file = annotate(seed=0)
    graph = shapes_from_coco(ann_file).graph(top_k=2)
    make_runner(dataset(ann_file)).train()
    hide_a_keypoint(ann_file)
    runner = make_runner(dataset(ann_file), epochs=2, resume=True)
    runner.train()
    assert_graph(graph_of(runner), graph)


# Rank 1 has other annotations: only a broadcast makes the graphs equal.
TWO_RANKS = """
import sys
from types import SimpleNamespace

import torch
import torch.distributed as dist

import mmpose_scgcn
from mmengine.hooks import SyncBuffersHook
from mmengine.model import MMDistributedDataParallel
from mmengine.runner import EpochBasedTrainLoop
from mmpose.datasets.datasets import CocoDataset

from mmpose_scgcn.engine.hooks import GraphHook
from mmpose_scgcn.models.layers import KeypointGraph


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 2)
        self.graph = KeypointGraph(num_keypoints=6, top_k=2)


def work(rank, folder):
    dist.init_process_group(
        'gloo', f'file://{folder}/store', rank=rank, world_size=2
    )
    model = MMDistributedDataParallel(Model())
    data = CocoDataset(ann_file=f'{folder}/ann_{rank}.json', metainfo=META)
    runner = SimpleNamespace(
        model=model,
        _train_loop=EpochBasedTrainLoop.__new__(EpochBasedTrainLoop),
        train_dataloader=SimpleNamespace(dataset=data),
    )
    GraphHook().before_run(runner)
    # As in our base config: it averages all buffers, whole numbers too.
    SyncBuffersHook().after_train_epoch(runner)
    torch.save(
        dict(model.module.graph.named_buffers()), f'{folder}/rank_{rank}.pth'
    )
    dist.barrier()


if __name__ == '__main__':
    torch.multiprocessing.start_processes(
        work, (sys.argv[1],), 2, start_method='fork'
    )
"""


def test_two_processes_hold_the_same_graph(annotate, run_python, tmp_path):
    annotate(seed=0), annotate(seed=1)
    script = tmp_path / 'two_ranks.py'
    script.write_text(TWO_RANKS.replace('META)', f'{METAINFO})'))
    done = run_python(script, tmp_path, OMP_NUM_THREADS='1')
    assert done.returncode == 0, done.stderr
    first, second = (
        torch.load(tmp_path / f'rank_{rank}.pth') for rank in range(2)
    )
    graphs = [
        shapes_from_coco(tmp_path / f'ann_{seed}.json').graph(top_k=2)
        for seed in range(2)
    ]
    assert graphs[0]['neighbors'] != graphs[1]['neighbors']
    assert first['neighbors'].tolist() == graphs[0]['neighbors']
    for name, buffer in first.items():
        torch.testing.assert_close(second[name], buffer, rtol=0, atol=0)
