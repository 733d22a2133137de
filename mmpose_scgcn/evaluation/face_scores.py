"""Scores of predicted faces, for the metric, the benchmark and the tools."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from .face_samples import FaceSample, check_shapes, stack_arrays
from .functional import (
    FaceScores,
    face_normalizers,
    join_scores,
    masked_nme,
    mean_offset,
    resolve_norm,
    score_faces,
    summarize_scores,
)
from .functional.normalization import Norm

FR_THRESHOLDS = (0.08, 0.10)
AUC_THRESHOLD = 0.10
#: Faces that are scored at once: arrays of all would fill the memory.
_AT_ONCE = 1024


def score_samples(
    faces: Sequence[FaceSample], norm: Norm, dataset_name: str | None = None
) -> FaceScores:
    """Score predicted faces.

    Args:
        faces (Sequence[FaceSample]): N faces with K keypoints.
        norm (str | tuple): The normaliser, see
            :class:`~mmpose_scgcn.evaluation.FaceAlignmentMetric`.
        dataset_name (str, optional): Name of the data set, which tells the
            keypoints of an inter-ocular or inter-pupil normaliser. Defaults
            to None.

    Returns:
        FaceScores: The scores.

    Raises:
        ValueError: The normaliser does not suit the data set, or faces
            differ in their number of keypoints.
    """
    keypoints = resolve_norm(norm, dataset_name)
    names = 'pred', 'gt', 'visible', 'box'
    for name in names:
        check_shapes(name, (getattr(face, name) for face in faces))
    parts = []
    for start in range(0, len(faces), _AT_ONCE):
        some = faces[start : start + _AT_ONCE]
        pred, gt, visible, boxes = (
            stack_arrays(name, [getattr(face, name) for face in some])
            for name in names
        )
        normalizers = face_normalizers(keypoints, gt, visible, boxes)
        parts.append(score_faces(pred, gt, visible, normalizers))
    return join_scores(parts)


def subset_masks(
    faces: Sequence[FaceSample], subsets: Iterable[str]
) -> dict[str, np.ndarray]:
    """Tell which faces belong to each subset.

    Args:
        faces (Sequence[FaceSample]): N faces whose annotations have been
            looked up for these subsets.
        subsets (Iterable[str]): Names of the subsets.

    Returns:
        dict[str, np.ndarray]: Boolean (N,) for each.
    """
    return {
        name: np.array([face.fields.members[name] for face in faces])
        for name in subsets
    }


def summarize_with_bias(
    scores: FaceScores,
    fr_thresholds: Sequence[float] = FR_THRESHOLDS,
    auc_threshold: float = AUC_THRESHOLD,
) -> dict[str, float]:
    """Summarise faces, with the mean offset of their predictions.

    Args:
        scores (FaceScores): The faces.
        fr_thresholds (Sequence[float]): Fractions. Defaults to (0.08, 0.10).
        auc_threshold (float): A fraction. Defaults to 0.10.

    Returns:
        dict[str, float]: What :func:`~.functional.summarize_scores` gives,
        with ``bias_x`` and ``bias_y``, fractions of the normaliser.
    """
    bias_x, bias_y = mean_offset(scores).tolist()[:2]
    figures = summarize_scores(scores, fr_thresholds, auc_threshold)
    return dict(figures, bias_x=bias_x, bias_y=bias_y)


def summarize_subsets(
    scores: FaceScores,
    members: Mapping[str, np.ndarray],
    fr_thresholds: Sequence[float],
    auc_threshold: float,
) -> dict[str, float]:
    """Summarise the faces of each subset.

    Args:
        scores (FaceScores): N faces.
        members (Mapping[str, np.ndarray]): Boolean (N,) for each subset.
        fr_thresholds (Sequence[float]): Fractions.
        auc_threshold (float): A fraction.

    Returns:
        dict[str, float]: ``<subset>/NME`` and the other figures of
        :func:`~.functional.summarize_scores`.
    """
    figures = {}
    for name, mask in members.items():
        chosen = scores.select(mask)
        found = summarize_scores(chosen, fr_thresholds, auc_threshold)
        figures.update({f'{name}/{key}': v for key, v in found.items()})
    return figures


def split_nme(
    faces: Sequence[FaceSample], scores: FaceScores
) -> dict[str, np.ndarray]:
    """Compute each face's NME over visible and over occluded keypoints.

    Args:
        faces (Sequence[FaceSample]): N faces, with the flags of their
            annotations.
        scores (FaceScores): Their scores.

    Returns:
        dict[str, np.ndarray]: ``NME_visible`` and ``NME_occluded`` (N,),
        fractions; NaN for a face without such keypoints.

    Raises:
        ValueError: Other numbers of flags than of keypoints, or no keypoint
            that is flagged as visible.
    """
    flags = stack_arrays('flags', [face.fields.flags for face in faces])
    if flags.shape != scores.visible.shape:
        raise ValueError(
            f'split_occluded: faces have {scores.visible.shape[1]} '
            f'keypoints, their annotations flags of {flags.shape[1]}'
        )
    if not (flags == 2).any():
        raise ValueError(
            'split_occluded needs keypoints flagged 2 (visible) and 1 '
            '(occluded); these annotations flag none as 2'
        )
    return dict(
        NME_visible=masked_nme(scores, flags == 2),
        NME_occluded=masked_nme(scores, flags == 1),
    )
