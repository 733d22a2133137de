"""The hook that gives models their keypoint graph."""

import logging

from mmpose_scgcn.datasets import collect_shapes
from mmpose_scgcn.datasets.pipeline import crop_of
from mmpose_scgcn.models.layers import KeypointGraph
from mmpose_scgcn.registry import HOOKS

from mmengine.dist import broadcast
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop, Runner
from torch import nn


@HOOKS.register_module()
class GraphHook(Hook):
    """Build the graph from the training set where ``graph`` is None.

    Before training starts, every head and loss of this package without a
    graph gets the one of the training set's annotations; no image is read.
    All ranks hold rank 0's. The graph is part of the checkpoint, so a
    resumed or loaded one replaces it, and testing needs no training set.

    Args:
        top_k (int): Neighbours of each keypoint where no head states it,
            as for a loss in another head. Defaults to 3.
    """

    # Before hooks that copy the model, such as EMAHook.
    priority = 'VERY_HIGH'

    def __init__(self, top_k: int = 3) -> None:
        self.top_k = top_k

    def before_run(self, runner: Runner) -> None:
        """Fill the graphs of the model, if training is about to start.

        Raises:
            ValueError: The training set allows no graph; the message says
                why.
        """
        model = runner.model
        model = model.module if is_model_wrapper(model) else model
        empty = _empty_graphs(model)
        if not empty or not isinstance(runner._train_loop, BaseLoop):
            return
        dataset = runner.train_dataloader.dataset
        padding, aspect_ratio = crop_of(dataset)
        print_log(
            f'GraphHook: building the keypoint graph from {len(dataset)} '
            f'samples (box padding {padding:g})',
            logger='current',
        )
        try:
            shapes = collect_shapes(dataset)
            for module in empty:
                top_k = self.top_k if module.top_k is None else module.top_k
                module.fill(shapes.graph(top_k, padding, aspect_ratio))
        except ValueError as error:
            # The checkpoint to come may carry a graph; if it does not, the
            # first forward pass says so.
            if not (runner._resume or runner._load_from):
                raise
            print_log(
                f'GraphHook: no graph from the training set: {error}',
                logger='current',
                level=logging.WARNING,
            )
        for module in empty:
            _synchronize(module)


def _empty_graphs(model: nn.Module) -> list[KeypointGraph]:
    return [
        m
        for m in model.modules()
        if isinstance(m, KeypointGraph) and not m.ready
    ]


def _synchronize(graph: KeypointGraph) -> None:
    """Give every rank the numbers of rank 0."""
    for buffer in graph.buffers():
        broadcast(buffer, src=0)
