"""All figures of a set of faces, from coordinates to summary."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .ced import summarize_nme
from .nme import face_faults, face_nme, keypoint_errors, pooled_nme


@dataclass(frozen=True)
class FaceScores:
    """Scores of N faces with K keypoints.

    Attributes:
        errors (np.ndarray): (N, K), image px (:func:`.nme.keypoint_errors`).
        offsets (np.ndarray): (N, K, D), image px: where predictions lie, seen
            from the ground truth.
        visible (np.ndarray): Boolean (N, K).
        normalizers (np.ndarray): (N,), image px.
        nme (np.ndarray): (N,), fractions (:func:`.nme.face_nme`).
        faults (np.ndarray): Strings (N,): why a face cannot be scored, or ''.
    """

    errors: np.ndarray
    offsets: np.ndarray
    visible: np.ndarray
    normalizers: np.ndarray
    nme: np.ndarray
    faults: np.ndarray

    def select(self, mask: np.ndarray) -> 'FaceScores':
        """Keep the faces where a boolean mask (N,) is true."""
        if mask.all():
            return self  # a copy is large where there are many faces
        return FaceScores(
            errors=self.errors[mask],
            offsets=self.offsets[mask],
            visible=self.visible[mask],
            normalizers=self.normalizers[mask],
            nme=self.nme[mask],
            faults=self.faults[mask],
        )


def join_scores(parts: Sequence[FaceScores]) -> FaceScores:
    """Put the scores of faces after each other.

    Args:
        parts (Sequence[FaceScores]): Of at least one set of faces.

    Returns:
        FaceScores: Of all faces.
    """
    names = [field.name for field in fields(FaceScores)]
    return FaceScores(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in names
        }
    )


def score_faces(
    pred: np.ndarray,
    gt: np.ndarray,
    visible: np.ndarray,
    normalizers: np.ndarray,
) -> FaceScores:
    """Score predicted faces.

    Args:
        pred (np.ndarray): Predictions (N, K, D), image px.
        gt (np.ndarray): Ground truth (N, K, D), image px.
        visible (np.ndarray): Boolean (N, K).
        normalizers (np.ndarray): (N,), image px.

    Returns:
        FaceScores: The scores.
    """
    errors = keypoint_errors(pred, gt)
    return FaceScores(
        errors=errors,
        offsets=pred - gt,
        visible=visible,
        normalizers=normalizers,
        nme=face_nme(errors, visible, normalizers),
        faults=face_faults(gt, visible, normalizers),
    )


def summarize_scores(
    scores: FaceScores, fr_thresholds: Sequence[float], auc_threshold: float
) -> dict[str, float]:
    """Summarise the faces that can be scored, and count the others.

    Args:
        scores (FaceScores): The faces.
        fr_thresholds (Sequence[float]): Fractions.
        auc_threshold (float): A fraction.

    Returns:
        dict: ``NME``, ``FR@t`` for each threshold, ``AUC@t``, ``NME_pooled``
        (NaN for a set without faces), and, where not zero,
        ``num_nonfinite_predictions`` and ``num_unscored_faces``.
    """
    good = scores.select(scores.faults == '')
    counts = dict(
        num_nonfinite_predictions=int(np.isinf(good.nme).sum()),
        num_unscored_faces=len(scores.nme) - len(good.nme),
    )
    return dict(
        summarize_nme(good.nme, fr_thresholds, auc_threshold),
        NME_pooled=pooled_nme(good.errors, good.visible, good.normalizers),
        **{name: count for name, count in counts.items() if count},
    )


def masked_nme(scores: FaceScores, mask: np.ndarray) -> np.ndarray:
    """Compute each face's NME over some of its visible keypoints only.

    Args:
        scores (FaceScores): N faces.
        mask (np.ndarray): Boolean (N, K), such as the occluded keypoints.

    Returns:
        np.ndarray: (N,), fractions; NaN where no keypoint is left or the face
        cannot be scored.
    """
    nme = face_nme(scores.errors, scores.visible & mask, scores.normalizers)
    return np.where(scores.faults == '', nme, np.nan)


def mean_nme(nme: np.ndarray) -> float:
    """Average over the faces that have a value; NaN where none has."""
    valid = nme[~np.isnan(nme)]
    return float(valid.mean()) if len(valid) else float('nan')
