"""Tests of a model in a benchmark."""

from collections.abc import Mapping, Sequence
from os import path as osp
from pathlib import Path

from mmpose_scgcn.apis import predict_dataset
from mmpose_scgcn.datasets import collect_shapes
from mmpose_scgcn.evaluation.functional import (
    build_subsets,
    ced_curve,
    face_normalizers,
    mean_offset,
    resolve_norm,
    score_faces,
    summarize_scores,
)
from mmpose_scgcn.evaluation.functional.scores import FaceScores
from mmpose_scgcn.evaluation.metrics.annotation_fields import AnnotationFields
from mmpose_scgcn.shapes import pose_axis, pose_bins

import numpy as np
from mmengine.config import Config
from torch import nn

from .results import CED_ERRORS

NUM_POSE_BINS = 9
_FR, _AUC = (0.08, 0.10), 0.10
_DIGITS = 6


def test_model(
    cfg: Config,
    model: nn.Module,
    norm: str | tuple,
    setting: Mapping,
    out: str | Path | None = None,
) -> dict:
    """Test a model.

    Args:
        cfg (Config): Its config.
        model (nn.Module): The model.
        norm (str | tuple): Normaliser.
        setting (Mapping): What the test set differs in from the config's;
            transforms in ``insert`` come after the first one of the
            pipeline, which loads the image; ``subsets`` as in
            :class:`~mmpose_scgcn.evaluation.FaceAlignmentMetric`.
        out (str | Path, optional): File for the predictions, ``.npz``.
            Defaults to None.

    Returns:
        dict: ``NME``, ``median``, ``FR@0.08``, ``FR@0.10``, ``AUC@0.10``,
        ``bias_x``, ``bias_y`` (the mean offset), ``subsets`` (errors of each,
        where there are any), ``ced`` (share of faces, at
        ``CED_ERRORS``) and ``pose_bins``.

    Raises:
        FileNotFoundError: The annotations are missing.
        ValueError: Predictions are not finite.
    """
    from mmpose.registry import DATASETS

    setting = {**cfg.test_dataloader.dataset, **setting}
    subsets = build_subsets(setting.pop('subsets', None))
    load, *rest = setting['pipeline']
    setting['pipeline'] = [load, *setting.pop('insert', ()), *rest]
    dataset = DATASETS.build(setting)
    faces = predict_dataset(model, dataset, range(len(dataset)))
    pred, gt, visible, boxes = (
        np.stack([face[key] for face in faces])
        for key in ('pred', 'gt', 'visible', 'box')
    )
    broken = (~np.isfinite(pred)).any(axis=(1, 2)).sum()
    if broken:
        raise ValueError(
            f'{broken} of {len(faces)} predictions on {setting["ann_file"]} '
            'are not finite'
        )
    norm = resolve_norm(norm, dataset.metainfo['dataset_name'])
    normalizers = face_normalizers(norm, gt, visible, boxes)
    scores = score_faces(pred, gt, visible, normalizers)
    if out is not None:
        _save_faces(out, faces, scores.nme)
    fields = AnnotationFields(subsets, False, ann_file_of(setting))
    members = [fields.find(face['id'], face) for face in faces]
    result = _summarize(scores)
    bias = [round(value, _DIGITS) for value in mean_offset(scores).tolist()]
    result.update(zip(('bias_x', 'bias_y'), bias, strict=True))
    if subsets:
        result['subsets'] = {
            name: _summarize(scores.select(mask))
            for name in subsets
            if (mask := _mask(members, name)).any()
        }
    ced = ced_curve(scores.nme, CED_ERRORS)
    return dict(
        result,
        ced=ced.round(4).tolist(),
        pose_bins=error_by_pose(cfg, gt, visible, scores.nme),
    )


def ann_file_of(setting: Mapping) -> str:
    """Give the path of a data set's annotations."""
    return osp.join(setting.get('data_root') or '', setting['ann_file'])


def _mask(members: Sequence[dict], name: str) -> np.ndarray:
    """Tell which faces are in a subset."""
    return np.array([face['members'][name] for face in members])


def _summarize(scores: FaceScores) -> dict:
    """Summarise faces, and count them."""
    figures = summarize_scores(scores, _FR, _AUC)
    median = float(np.median(scores.nme))
    return dict(
        {name: round(value, _DIGITS) for name, value in figures.items()},
        median=round(median, _DIGITS),
        faces=len(scores.nme),
    )


def _save_faces(
    out: str | Path, faces: Sequence[dict], nme: np.ndarray
) -> None:
    """Save predictions, for pictures."""
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        key: np.stack([face[key] for face in faces])
        for key in ('pred', 'gt', 'visible', 'box', 'img_path', 'id')
    }
    np.savez_compressed(out, nme=nme, **arrays)


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
            round(float(nme[own == number].mean()), _DIGITS)
            if (own == number).any()
            else None
            for number in range(NUM_POSE_BINS)
        ],
    )
