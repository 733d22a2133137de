"""One run of a benchmark: a method trained with a seed, and tested."""

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from mmpose_scgcn.datasets import collect_shapes
from mmpose_scgcn.evaluation.functional import (
    ced_curve,
    face_normalizers,
    resolve_norm,
    score_faces,
    summarize_scores,
)
from mmpose_scgcn.launch import build_runner, check_annotations, read_config
from mmpose_scgcn.shapes import pose_axis, pose_bins
from mmpose_scgcn.visualization.predictions import predict_faces

import numpy as np
import torch
from mmengine.config import Config
from torch import nn

from .suite import Method, Suite

NUM_POSE_BINS = 9
#: Errors at which the CED is kept, fractions.
CED_ERRORS = np.linspace(0, 0.15, 151)


def run_method(
    suite: Suite, method: Method, seed: int, work_dir: str | Path
) -> dict:
    """Train a method and test it.

    Args:
        suite (Suite): The benchmark.
        method (Method): One of its methods.
        seed (int): Of the training.
        work_dir (str | Path): Folder for logs and the checkpoint.

    Returns:
        dict: The run, ready for JSON; errors are fractions.

    Raises:
        FileNotFoundError: Annotations are missing.
    """
    cfg = read_config(method.config, dict(method.options))
    cfg.work_dir = str(work_dir)
    cfg.randomness = dict(seed=seed)
    check_annotations(cfg, 'train_dataloader', 'val_dataloader')
    start = time.perf_counter()
    runner = build_runner(cfg)
    runner.train()
    seconds = time.perf_counter() - start
    model = runner.model.eval()
    return dict(
        method=method.name,
        kind=method.kind,
        pooled=method.pooled,
        ours=method.ours,
        seed=seed,
        tests={
            name: test_model(cfg, model, suite.norm, setting)
            for name, setting in suite.tests.items()
        },
        parameters=sum(p.numel() for p in model.parameters()),
        latency_ms=round(latency_ms(model, cfg), 3),
        train_seconds=round(seconds, 1),
        iterations=runner.iter,
        commit=commit(),
    )


def test_model(
    cfg: Config, model: nn.Module, norm: str | tuple, setting: Mapping
) -> dict:
    """Test a model.

    Args:
        cfg (Config): Its config.
        model (nn.Module): The model.
        norm (str | tuple): Normaliser.
        setting (Mapping): What the test set differs in from the config's;
            transforms in ``insert`` come after the first one of the
            pipeline, which loads the image.

    Returns:
        dict: ``NME``, ``median``, ``FR@0.08``, ``FR@0.10``, ``AUC@0.10``,
        ``ced`` (share of faces, at ``CED_ERRORS``) and ``pose_bins``.
    """
    from mmpose.registry import DATASETS

    setting = {**cfg.test_dataloader.dataset, **setting}
    load, *rest = setting['pipeline']
    setting['pipeline'] = [load, *setting.pop('insert', ()), *rest]
    dataset = DATASETS.build(setting)
    faces = predict_faces(model, dataset, range(len(dataset)))
    pred, gt, visible, boxes = (
        np.stack([face[key] for face in faces])
        for key in ('pred', 'gt', 'visible', 'box')
    )
    norm = resolve_norm(norm, dataset.metainfo['dataset_name'])
    normalizers = face_normalizers(norm, gt, visible, boxes)
    scores = score_faces(pred, gt, visible, normalizers)
    figures = summarize_scores(scores, (0.08, 0.10), 0.10)
    ced = ced_curve(scores.nme, CED_ERRORS)
    return dict(
        {name: round(value, 6) for name, value in figures.items()},
        median=round(float(np.median(scores.nme)), 6),
        faces=len(faces),
        ced=ced.round(4).tolist(),
        pose_bins=error_by_pose(cfg, gt, visible, scores.nme),
    )


def error_by_pose(
    cfg: Config, keypoints: np.ndarray, visible: np.ndarray, nme: np.ndarray
) -> dict:
    """Average errors over bins of the pose coefficient.

    The component and the bins are those of training and test shapes
    together, so that every test set of the same training set and every
    method has bins of one meaning.

    Args:
        cfg (Config): Names the training set.
        keypoints (np.ndarray): True shapes (N, K, 2), image px.
        visible (np.ndarray): Boolean (N, K).
        nme (np.ndarray): (N,), fractions.

    Returns:
        dict: ``edges``, ``train`` (counts), ``count`` and ``NME`` (None for
        an empty bin).
    """
    from mmpose.registry import DATASETS

    train = collect_shapes(DATASETS.build(cfg.train_dataloader.dataset))
    axis = pose_axis(
        np.concatenate([train.keypoints, keypoints]),
        np.concatenate([train.visible, visible]),
    )
    bins, edges = pose_bins(axis.coefficients, NUM_POSE_BINS)
    own = bins[len(train) :]
    return dict(
        edges=edges.round(5).tolist(),
        train=np.bincount(bins[: len(train)], None, NUM_POSE_BINS).tolist(),
        count=np.bincount(own, None, NUM_POSE_BINS).tolist(),
        NME=[
            round(float(nme[own == number].mean()), 6)
            if (own == number).any()
            else None
            for number in range(NUM_POSE_BINS)
        ],
    )


def latency_ms(model: nn.Module, cfg: Config, repeats: int = 30) -> float:
    """Measure the median time of one image through the network.

    Without the flip test, on the model's device, with PyTorch's threads as
    they are.

    Args:
        model (nn.Module): The model.
        cfg (Config): Names the input size.
        repeats (int): Measurements. Defaults to 30.

    Returns:
        float: ms.
    """
    width, height = cfg.codec.input_size
    device = next(model.parameters()).device
    image = torch.zeros(1, 3, height, width, device=device)
    times = []
    with torch.no_grad():
        for _ in range(repeats + 5):
            start = time.perf_counter()
            model(image, None, mode='tensor')
            if device.type == 'cuda':
                torch.cuda.synchronize(device)
            times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times[5:]))


def commit() -> str:
    """Name the source's commit, with a mark if it has changes."""
    folder = Path(__file__).resolve().parent
    command = ['git', '-C', str(folder), 'describe', '--always', '--dirty']
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 'unknown'
    return done.stdout.strip()
