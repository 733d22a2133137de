"""The hook that gives models their keypoint graph."""

import logging

from mmpose_scgcn.checks import CheckError, goes_on
from mmpose_scgcn.datasets import collect_shapes
from mmpose_scgcn.datasets.pipeline import crop_of
from mmpose_scgcn.models.layers import KeypointGraph, graphs_of
from mmpose_scgcn.processes import average_again, on_first
from mmpose_scgcn.registry import HOOKS

from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import BaseLoop, Runner
from torch import nn


@HOOKS.register_module()
class GraphHook(Hook):
    """Build the graph from the training set where ``graph`` is None.

    Before training starts, every head and loss of this package without a
    graph gets the one of the training set's annotations; no image is read.
    All ranks hold rank 0's. The graph is part of the checkpoint, so that
    testing needs no training set.

    Which graph is in use is logged before the first iteration:

    * with ``load_from``, or an ``init_cfg`` that loads weights, the one that
      the config gives or that was built, for weights of other data carry the
      graph and the mean shape of those data;
    * with ``resume``, and in testing, the one of the checkpoint.

    Args:
        top_k (int): Neighbours of each keypoint where no head states it,
            as for a loss in another head. Defaults to 3.
        prefer_loaded (bool): Whether ``load_from``'s graph replaces the one
            that is given or built. Defaults to False.
    """

    # Before hooks that copy the model, such as EMAHook.
    priority = 'VERY_HIGH'

    def __init__(self, top_k: int = 3, prefer_loaded: bool = False) -> None:
        self.top_k = top_k
        self.prefer_loaded = prefer_loaded

    def before_run(self, runner: Runner) -> None:
        """Fill the graphs of the model, if training is about to start.

        Raises:
            CheckError: A ValueError: the training set allows no graph; the
                message says why.
        """
        if not isinstance(runner._train_loop, BaseLoop):
            return
        empty = [g for g in graphs_of(runner.model).values() if not g.ready]
        if empty:
            self._build(runner, empty)
        if not self.prefer_loaded:
            hold_graphs(runner)

    def before_train(self, runner: Runner) -> None:
        """Say which graph is in use, now that all weights are loaded."""
        release_graphs(runner)

    def _build(self, runner: Runner, empty: list[KeypointGraph]) -> None:
        """Fill graphs from the training set, the same on every rank."""
        dataset = runner.train_dataloader.dataset
        padding, aspect_ratio = crop_of(dataset)
        print_log(
            f'GraphHook: building the keypoint graph from {len(dataset)} '
            f'samples (box padding {padding:g})',
            logger='current',
        )
        wanted = [
            self.top_k if module.top_k is None else module.top_k
            for module in empty
        ]

        def build() -> tuple[int, list[dict]]:
            shapes = collect_shapes(dataset)
            crop = padding, aspect_ratio
            return len(shapes), [shapes.graph(k, *crop) for k in wanted]

        try:
            number, graphs = on_first(build)  # the others read nothing
            for module, graph in zip(empty, graphs, strict=True):
                module.fill(graph)
                module.origin = f'built from {number} training faces'
        except ValueError as error:
            # The checkpoint to come may carry a graph; if it does not, the
            # first forward pass says so.
            if not (goes_on(runner) or runner._load_from):
                raise CheckError(str(error)) from error
            print_log(
                f'GraphHook: no graph from the training set: {error}',
                logger='current',
                level=logging.WARNING,
            )


def hold_graphs(runner: Runner) -> None:
    """Keep the graphs that there are when weights are loaded.

    Not when training is resumed: it goes on with what it had.
    """
    if not goes_on(runner):
        for graph in graphs_of(runner.model).values():
            graph.held = graph.ready


def release_graphs(runner: Runner) -> None:
    """End :func:`hold_graphs`, and log which graphs are in use."""
    for name, graph in graphs_of(runner.model).items():
        graph.held = False
        if not graph.ready:
            continue
        count, columns = graph.neighbors.shape
        runner.logger.info(
            f'GraphHook: {name}: the keypoint graph in use is the one '
            f'{graph.origin}: {count} keypoints with {columns - 1} '
            'neighbours each'
        )
        if graph.passed_over:
            runner.logger.warning(
                f'GraphHook: {name}: the graph of '
                f'{runner._load_from or "the weights"} is another one '
                f'({graph.passed_over}) and is not used; '
                "dict(type='mmpose_scgcn.GraphHook', prefer_loaded=True) in "
                'custom_hooks would use it'
            )
            graph.passed_over = ''
    for hook in runner.hooks:  # such as EMAHook
        if isinstance(getattr(hook, 'ema_model', None), nn.Module):
            for graph in graphs_of(hook.ema_model.module).values():
                graph.held = False
    average_again(runner)  # whose graphs came with the weights
