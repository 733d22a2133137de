"""All checks of a config without training: a few samples, one batch each."""

import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from mmpose_scgcn.launch import build_runner
from mmpose_scgcn.models.layers import graphs_of

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.runner import CheckpointLoader, Runner
from mmengine.runner.checkpoint import _load_checkpoint_to_model
from mmengine.utils import is_seq_of
from torch import nn

from .batches import check_batches
from .faces import Faces
from .findings import Findings
from .losses import name_images
from .reading import check_reading
from .resuming import compare_settings
from .run import loops_of
from .weights import compare_weights

#: Samples that are read and put through the model, of each part.
NUM_SAMPLES = 4


def build_quietly(cfg: Config, folder: str) -> Runner:
    """Build a runner with all loops, which leaves nothing behind.

    Args:
        cfg (mmengine.config.Config): It is changed.
        folder (str): For logs; to be deleted by the caller.

    Returns:
        Runner: Nothing of it has run.
    """
    cfg.work_dir, cfg.launcher, cfg.log_level = folder, 'none', 'ERROR'
    cfg.experiment_name = Path(folder).name  # MMEngine's is by the second
    cfg.pop('visualizer', None)  # it would be kept for the whole process
    for name in ('train', 'val', 'test'):
        loader = cfg.get(f'{name}_dataloader')
        if loader:
            loader.update(num_workers=0, persistent_workers=False)
    runner = build_runner(cfg)
    if runner._train_loop is not None:
        runner._train_loop = runner.build_train_loop(runner._train_loop)
        runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
        if runner.param_schedulers is not None:
            runner.param_schedulers = runner.build_param_scheduler(
                runner.param_schedulers
            )
    if runner._val_loop is not None:
        runner._val_loop = runner.build_val_loop(runner._val_loop)
    if runner._test_loop is not None:
        runner._test_loop = runner.build_test_loop(runner._test_loop)
    return runner


def describe_data(runner: Runner) -> Iterator[str]:
    """Say how many faces there are, in a line for each part of a run."""
    for where, loop in loops_of(runner).items():
        dataset = loop.dataloader.dataset
        meta = getattr(dataset, 'metainfo', None) or {}
        yield (
            f'{where}: {len(dataset)} samples of '
            f'{meta.get("dataset_name", "an unnamed data set")}, '
            f'{meta.get("num_keypoints", "?")} keypoints'
        )


def rehearse(runner: Runner) -> Findings:
    """Go as far as the first step, without taking it.

    Graphs are built, weights that are to be loaded are compared and loaded,
    and some samples of each part go through pipeline and model.

    Args:
        runner (Runner): Of :func:`build_quietly`, whose data are in order.

    Returns:
        Findings: What would end the run at its first batch, or later.
    """
    found = Findings()
    if runner._load_from:
        found.attempt('load_from', partial(_check_loading, runner))
    built = _build_graphs(runner)
    found.add(built)
    if runner._load_from and not found.errors:
        found.attempt('load_from', partial(_load, runner))
    loops = loops_of(runner)
    if 'training' in loops:
        loader = loops['training'].dataloader
        found.attempt('batches', partial(check_batches, runner.model, loader))
    for where, loop in loops.items():
        faces = Faces(where, loop.dataloader.dataset)
        found.attempt('images', partial(check_reading, faces))
        if not built.errors:  # a batch would only say it in other words
            _try_samples(runner, where, loop, found)
    return found


def _build_graphs(runner: Runner) -> Findings:
    """Fill the graphs as a run would, or with what stands in for them."""
    built = Findings()
    for hook in runner.hooks:
        if type(hook).__name__ == 'GraphHook':
            built.attempt('graph', partial(_ignore, hook.before_run, runner))
    if not built.errors:
        built.attempt('graph', partial(_lend_graphs, runner.model))
    return built


def _check_loading(runner: Runner) -> Findings:
    """Compare what is to be loaded or resumed."""
    content = _read_checkpoint(runner)
    if not runner._resume:
        return compare_weights(runner.model, content, str(runner._load_from))
    return Findings(
        warnings=[
            f'resume: {text}' for text in compare_settings(runner, content)
        ]
    )


def _load(runner: Runner) -> None:
    """Load weights, or what fits of them, as a run does before its steps.

    Some models refuse to train without, as the second stage of two.
    """
    content = _read_checkpoint(runner)
    _load_checkpoint_to_model(runner.model, content, logger='silent')


def _read_checkpoint(runner: Runner) -> dict:
    """Read what is to be loaded or resumed.

    Raises:
        OSError, ValueError: It cannot be read.
    """
    name = str(runner._load_from)
    try:
        return CheckpointLoader.load_checkpoint(name, map_location='cpu')
    except OSError:
        raise
    except Exception as error:  # whatever the run would end with
        raise ValueError(f'{name} cannot be loaded: {error}') from error


def _lend_graphs(model: nn.Module) -> Findings:
    """Put a circle in the place of graphs that a checkpoint is to bring.

    Args:
        model (nn.Module): Of a run without training, which builds no graph,
            or whose training set allows none.

    Returns:
        Findings: A note if there are such graphs.
    """
    found = Findings()
    for name, graph in graphs_of(model).items():
        count = graph.num_keypoints
        if graph.ready or count is None:
            continue
        near = range(1 + (1 if graph.top_k is None else graph.top_k))
        angles = 2 * np.pi * np.arange(count) / count
        shape = 0.5 + 0.3 * np.column_stack([np.cos(angles), np.sin(angles)])
        graph.fill(
            dict(
                num_keypoints=count,
                top_k=len(near) - 1,
                neighbors=[
                    [(i + step) % count for step in near] for i in range(count)
                ],
                mean_shape=shape.tolist(),
            )
        )
        found.notes.append(
            f'{name}: no keypoint graph is built from a training set here; '
            'the checkpoint has to bring one, and samples are tried with a '
            'graph that stands in for it'
        )
    return found


def _ignore(function: Any, *arguments: Any) -> None:
    function(*arguments)


def _try_samples(
    runner: Runner, where: str, loop: Any, found: Findings
) -> None:
    """Put some samples through pipeline, model and metric."""
    dataset = loop.dataloader.dataset
    count = min(NUM_SAMPLES, len(dataset))
    indices = np.linspace(0, len(dataset) - 1, count).astype(int)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # the run will say them itself
            batch = pseudo_collate([dataset[int(i)] for i in indices])
            if where == 'training':
                _learn(runner, batch)
            else:
                _predict(runner, batch, loop.evaluator)
    except Exception as error:  # whatever the run would end with
        found.errors.append(
            f'{where}: a batch of {count} samples ends with '
            f'{type(error).__name__}: {error}'
        )


def _learn(runner: Runner, batch: Any) -> None:
    """Compute the losses of a batch."""
    model = runner.model.train()
    with torch.no_grad():
        losses = model(**model.data_preprocessor(batch, True), mode='loss')
    bad = [
        name
        for name, value in losses.items()
        for part in (value if is_seq_of(value, torch.Tensor) else [value])
        if not torch.isfinite(part).all()
    ]
    if bad:
        raise ValueError(
            f'losses that are not finite: {", ".join(bad)}; images of the '
            f'batch: {name_images(batch["data_samples"])}'
        )


def _predict(runner: Runner, batch: Any, evaluator: Any) -> None:
    """Predict a batch, and give it to the metrics."""
    model = runner.model.eval()
    with torch.no_grad():
        outputs = model.test_step(batch)
    evaluator.process(data_samples=outputs, data_batch=batch)
    for metric in evaluator.metrics:
        metric.results.clear()
