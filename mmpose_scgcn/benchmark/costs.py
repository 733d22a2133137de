"""What the methods of a benchmark cost, measured side by side."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from mmpose_scgcn.apis import build_model
from mmpose_scgcn.datasets.settings import plain_setting, type_name
from mmpose_scgcn.launch import build_runner

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from .predicted_faces import annotated_faces, one_core, time_predictors
from .results import Cost
from .suite import Method
from .training import method_config

ROUNDS = 5
BATCH = 32
TIMED_FACES = 200

_DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'


def measure_costs(
    methods: Sequence[Method], folder: str | Path
) -> dict[str, Cost]:
    """Measure what methods cost, by name.

    Times are medians; the methods take turns, so that a machine that slows
    down does so for all. The flip test is off. A latency is that of a user:
    from a crop to keypoints in the image, the decoding of heatmaps included;
    that of a predictor from an image to keypoints, on one core.
    """
    steps: dict[str, float | None] = {}
    models = {}
    own = [method for method in methods if method.predictor is None]
    for number, method in enumerate(own):
        cfg = method_config(method, Path(folder, str(number)))
        cfg.merge_from_dict({'model.test_cfg.flip_test': False})
        if method.checkpoint:
            model = build_model(cfg, method.checkpoint)
            steps[method.name] = None
        else:
            runner = _start(cfg)
            model = runner.model
            steps[method.name] = round(_step_ms(runner), 2)
        models[method.name] = model.cpu().eval(), input_size(cfg)
    times = _latencies(models)
    costs = {
        name: Cost(
            parameters=sum(p.numel() for p in model.parameters()),
            macs=count_macs(model, size),
            step_ms=steps[name],
            latency_ms=round(times[name][0], 3),
            latency_batch32_ms=round(times[name][1], 2),
            network_ms=round(times[name][2], 3),
        )
        for name, (model, size) in models.items()
    }
    return costs | _costs_of_predictors(methods, folder)


def _costs_of_predictors(
    methods: Sequence[Method], folder: str | Path
) -> dict[str, Cost]:
    """Time predictors on one core, on faces of the test set's config."""
    chosen = [(m, m.predictor) for m in methods if m.predictor is not None]
    if not chosen:
        return {}
    with one_core():
        for method, predictor in chosen:
            cfg = method_config(method, folder)
            predictor.load(cfg)
        faces = list(islice(annotated_faces(cfg, 'test'), TIMED_FACES))
        times = time_predictors({m.name: p for m, p in chosen}, faces)
    return {n: Cost(latency_ms=round(ms, 3)) for n, ms in times.items()}


def _latencies(
    models: Mapping[str, tuple[nn.Module, tuple[int, int]]],
) -> dict[str, np.ndarray]:
    """Time models, given with the sizes of their inputs, in turn.

    Returns:
        dict[str, np.ndarray]: For each the ms of one image, of 32, and of
        one through the network alone, medians.
    """
    rounds: dict[str, list] = {name: [] for name in models}
    for _ in range(ROUNDS):
        for name, (model, size) in models.items():
            model.to(_DEVICE)
            one, many = _crops(1, size), _crops(BATCH, size)
            with torch.no_grad():
                times = (
                    _times(10, model, *one, mode='predict'),
                    _times(3, model, *many, mode='predict'),
                    _times(10, model, *one, mode='tensor'),
                )
            rounds[name].append(times)
            model.cpu()
    return {
        name: np.array(
            [np.median(times) for times in zip(*found, strict=True)]
        )
        for name, found in rounds.items()
    }


def input_size(cfg: Config) -> tuple[int, int]:
    """Find the input size of a config, width and height."""
    if 'codec' in cfg:
        return tuple(cfg.codec.input_size)
    for step in plain_setting(cfg.test_dataloader.dataset)['pipeline']:
        if type_name(step) == 'TopdownAffine':
            return tuple(step['input_size'])
    raise ValueError(f'{cfg.filename}: no codec and no TopdownAffine')


def count_macs(model: nn.Module, size: tuple[int, int]) -> int:
    """Count the multiply-accumulate operations of one image.

    Those of convolutions and matrix products, without a flip test.
    """
    image = torch.zeros(1, 3, *size[::-1])
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(image, None, mode='tensor')
    return counter.get_total_flops() // 2


def _crops(
    number: int, size: tuple[int, int]
) -> tuple[Tensor, list[PoseDataSample]]:
    """Make crops of noise, normalised, and what is known of each."""
    known = dict(
        input_size=size,
        input_center=np.zeros(2, np.float32),
        input_scale=np.ones(2, np.float32),
    )
    box = InstanceData(
        bboxes=np.zeros((1, 4), np.float32),
        bbox_scores=np.ones(1, np.float32),
    )
    samples = [
        PoseDataSample(metainfo=known, gt_instances=box) for _ in range(number)
    ]
    return torch.randn(number, 3, *size[::-1], device=_DEVICE), samples


def _start(cfg: Config) -> Runner:
    """Make a runner as far as to its first step."""
    runner = build_runner(cfg)
    runner._train_loop = runner.build_train_loop(runner._train_loop)
    runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    runner.call_hook('before_run')
    runner.model.init_weights()
    runner.model.train()
    return runner


def _step_ms(runner: Runner) -> float:
    """Time a step of training."""
    batch = next(iter(runner.train_dataloader))
    step = runner.model.train_step
    return float(np.median(_times(10, step, batch, runner.optim_wrapper)))


def _times(
    repeats: int, function: Callable, *args: Any, **kwargs: Any
) -> list[float]:
    """Time a call, ms, after two that do not count."""
    times = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        function(*args, **kwargs)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(1e3 * (time.perf_counter() - start))
    return times[2:]
