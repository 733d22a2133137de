"""Scores of a model on the test sets of a benchmark."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import path as osp
from pathlib import Path

from mmpose_scgcn.apis import predict_dataset
from mmpose_scgcn.datasets import ShapeSet, collect_shapes
from mmpose_scgcn.evaluation.annotation_fields import AnnotationFields
from mmpose_scgcn.evaluation.face_samples import FaceSample
from mmpose_scgcn.evaluation.face_scores import (
    AUC_THRESHOLD,
    FR_THRESHOLDS,
    score_samples,
    subset_masks,
    summarize_with_bias,
)
from mmpose_scgcn.evaluation.functional import (
    FaceScores,
    build_subsets,
    ced_curve,
    summarize_scores,
)
from mmpose_scgcn.files import replace_file
from mmpose_scgcn.shapes import has_shape, pose_axis, pose_bins

import numpy as np
from mmengine.config import Config
from torch import nn

from .predicted_faces import open_images, predict_faces
from .predictor import Predictor
from .results import CED_ERRORS, Accuracy, PoseBins, PoseErrors
from .suite import Suite

NUM_POSE_BINS = 9
_DIGITS = 6


class NotFiniteError(ValueError):
    """A model predicts what is no number."""


def score_all(
    suite: Suite,
    cfg: Config,
    model: nn.Module | Predictor,
    names: Iterable[str],
    folder: str | Path,
) -> dict[str, Accuracy]:
    """Score a model on some test sets, by name, and keep its predictions.

    Arguments and errors are those of :func:`score_model`.
    """
    out = Path(folder, 'predictions')
    out.mkdir(parents=True, exist_ok=True)
    return {
        name: score_model(suite, cfg, model, name, out / f'{name}.npz')
        for name in names
    }


def score_model(
    suite: Suite,
    cfg: Config,
    model: nn.Module | Predictor,
    name: str,
    out: Path | None = None,
) -> Accuracy:
    """Score a model on a test set.

    Args:
        suite (Suite): The benchmark, with test set and normaliser.
        cfg (Config): Config of the model.
        model (nn.Module | Predictor): The model, or what else predicts: its
            faces may be missed.
        name (str): Of the test set.
        out (Path, optional): File for the predictions, ``.npz``. Defaults to
            None.

    Returns:
        Accuracy: What the model reaches.

    Raises:
        FileNotFoundError: The annotations are missing.
        NotFiniteError: Predictions are not finite.
        ValueError: No face was found, or a face has no error.
    """
    from mmpose.registry import DATASETS

    setting = {**cfg.test_dataloader.dataset, **suite.tests[name]}
    subsets = build_subsets(setting.pop('subsets', None))
    load, *rest = setting['pipeline']
    setting['pipeline'] = [load, *setting.pop('insert', ()), *rest]
    faces = _predict(model, cfg, setting)
    scores = score_samples(faces, suite.norm, faces[0].dataset)
    if out is not None:
        _save_faces(out, faces, scores.nme)
    fields = AnnotationFields(subsets, False, ann_file_of(setting))
    faces = [
        replace(face, fields=fields.find(face.id, face.img_path))
        for face in faces
    ]
    ced = len(faces) * ced_curve(scores.nme, CED_ERRORS)
    train = collect_shapes(DATASETS.build(cfg.train_dataloader.dataset))
    parts = {
        subset: scores.select(mask)
        for subset, mask in subset_masks(faces, subsets).items()
        if mask.any()
    }
    missed = int(np.isinf(scores.nme).sum())
    return replace(
        _summarize(scores, summarize_with_bias(scores)),
        subsets={subset: _summarize(part) for subset, part in parts.items()},
        ced=ced.round().astype(int).tolist(),
        pose=_errors_by_pose(train, faces, scores.nme),
        missed=missed if isinstance(model, Predictor) else None,
    )


def _predict(
    model: nn.Module | Predictor, cfg: Config, setting: Mapping
) -> list[FaceSample]:
    """Predict the faces of a data set.

    Raises:
        ValueError: As :func:`score_model`.
    """
    from mmpose.registry import DATASETS

    if isinstance(model, Predictor):
        faces = predict_faces(model, open_images(cfg, setting))
        if not any(np.isfinite(face.pred).all() for face in faces):
            raise ValueError(f'no face of {setting["ann_file"]} was found')
        return faces
    dataset = DATASETS.build(setting)
    faces = predict_dataset(model, dataset, range(len(dataset)))
    _check_finite(faces, setting['ann_file'])
    return faces


def ann_file_of(setting: Mapping) -> str:
    """Give the path of a data set's annotations."""
    return osp.join(setting.get('data_root') or '', setting['ann_file'])


def _errors_by_pose(
    train: ShapeSet, faces: Sequence[FaceSample], nme: np.ndarray
) -> PoseErrors:
    """Average errors, (N,), over bins of the pose coefficient.

    The component and the bins are those of training and test shapes
    together, so that every test set of the same training set and every
    method has bins of one meaning. Faces without a shape, such as one
    visible keypoint, are in no bin.
    """
    whole = has_shape(
        np.stack([face.gt for face in faces]),
        np.stack([face.visible for face in faces]),
    )
    faces = [face for face, has in zip(faces, whole, strict=True) if has]
    nme = nme[whole]
    axis = pose_axis(
        np.concatenate([train.keypoints, [face.gt for face in faces]]),
        np.concatenate([train.visible, [face.visible for face in faces]]),
    )
    bins, edges = pose_bins(axis.coefficients, NUM_POSE_BINS)
    before, own = np.split(bins, [len(train)])
    found = np.isfinite(nme)
    parts = [nme[found & (own == n)] for n in range(NUM_POSE_BINS)]
    counts = [np.bincount(part, None, NUM_POSE_BINS) for part in (before, own)]
    train_count, count = (part.tolist() for part in counts)
    return PoseErrors(
        PoseBins(edges.round(5).tolist(), train_count, count),
        [round(float(p.mean()), _DIGITS) if len(p) else None for p in parts],
    )


def _check_finite(faces: Sequence[FaceSample], ann_file: str) -> None:
    broken = sum(not np.isfinite(face.pred).all() for face in faces)
    if broken:
        raise NotFiniteError(
            f'{broken} of {len(faces)} predictions on {ann_file} are not '
            'finite'
        )


def _summarize(
    scores: FaceScores, figures: Mapping[str, float] | None = None
) -> Accuracy:
    """Round the figures of some faces, and add their median.

    Rates and the area count faces that were missed, the rest does not.
    """
    if figures is None:
        figures = summarize_scores(scores, FR_THRESHOLDS, AUC_THRESHOLD)
    found = scores.select(~np.isinf(scores.nme))
    if len(found.nme) < len(scores.nme):
        figures = _of_found(found, figures)
    median = float(np.median(found.nme)) if len(found.nme) else np.nan
    figures = dict(figures, median=median)
    rounded = {name: round(value, _DIGITS) for name, value in figures.items()}
    return Accuracy(len(scores.nme), rounded)


def _of_found(
    found: FaceScores, figures: Mapping[str, float]
) -> dict[str, float]:
    """Take errors from the faces that were found, rates from all."""
    errors = summarize_scores(found, FR_THRESHOLDS, AUC_THRESHOLD)
    return {
        name: errors[name] if name.startswith('NME') else value
        for name, value in figures.items()
        if name != 'num_nonfinite_predictions'
    }


def _save_faces(
    out: Path, faces: Sequence[FaceSample], nme: np.ndarray
) -> None:
    """Save predictions, for pictures."""
    arrays = {
        name: np.stack([getattr(face, name) for face in faces])
        for name in ('pred', 'gt', 'visible', 'box', 'img_path', 'id')
    }
    with replace_file(out) as partial:
        np.savez_compressed(partial, nme=nme, **arrays)
