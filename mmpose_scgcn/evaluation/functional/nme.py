"""Normalised mean error, per face and pooled.

Two values are kept apart throughout, so that neither can pass for a good
result: an error is ``inf`` where the *prediction* is not a number, and
``NaN`` where the *ground truth* allows no answer.
"""

import numpy as np

#: Faces whose errors are computed at once.
_AT_ONCE = 1024


def keypoint_errors(pred: np.ndarray, gt: np.ndarray) -> np.ndarray:
    """Measure the distance of each predicted keypoint to the true one.

    Args:
        pred (np.ndarray): Predictions (N, K, D), image px.
        gt (np.ndarray): Ground truth (N, K, D), image px.

    Returns:
        np.ndarray: (N, K), image px, float64: ``inf`` where the prediction
        is not finite, NaN where the ground truth is not.

    Raises:
        ValueError: Shapes that differ.
    """
    if pred.shape != gt.shape:
        raise ValueError(
            f'predictions {pred.shape} and ground truth {gt.shape} must have '
            'the same shape'
        )
    parts = range(0, len(pred), _AT_ONCE)
    errors = [
        _part_errors(pred[i : i + _AT_ONCE], gt[i : i + _AT_ONCE])
        for i in parts
    ]
    return np.concatenate([np.zeros((0, pred.shape[1])), *errors])


def _part_errors(pred: np.ndarray, gt: np.ndarray) -> np.ndarray:
    """Measure some faces: the copies of all would fill the memory."""
    pred, gt = pred.astype(np.float64), gt.astype(np.float64)
    pred_finite = np.isfinite(pred).all(axis=-1)
    gt_finite = np.isfinite(gt).all(axis=-1)
    both = (pred_finite & gt_finite)[..., None]
    offset = np.where(both, pred, 0.0) - np.where(both, gt, 0.0)
    errors = np.linalg.norm(offset, axis=-1)
    return np.where(gt_finite, np.where(pred_finite, errors, np.inf), np.nan)


def face_nme(
    errors: np.ndarray, mask: np.ndarray, normalizers: np.ndarray
) -> np.ndarray:
    r"""Compute the normalised mean error of each face.

    .. math::
        \mathrm{NME}_n = \frac{1}{|V_n|} \sum_{k \in V_n}
        \frac{\lVert \hat p_{nk} - p_{nk} \rVert}{d_n}

    :math:`V_n` the keypoints of face n that count, :math:`d_n` its
    normaliser.

    Args:
        errors (np.ndarray): (N, K), image px (:func:`keypoint_errors`).
        mask (np.ndarray): Boolean (N, K), keypoints that count.
        normalizers (np.ndarray): (N,), image px.

    Returns:
        np.ndarray: (N,), a fraction: ``inf`` where a keypoint that counts
        was not predicted, NaN where no keypoint counts, where the ground
        truth of one is not finite, or where the normaliser is not positive.

    Example:
        >>> face_nme(np.array([[1.0, 3.0]]), np.ones((1, 2), bool),
        ...          np.array([10.0]))
        array([0.2])
    """
    count = mask.sum(axis=1)
    total = np.where(mask, errors, 0.0).sum(axis=1)
    usable = (count > 0) & valid_normalizers(normalizers)
    scale = np.where(usable, count * normalizers, 1.0)
    return np.where(usable, total / scale, np.nan)


def pooled_nme(
    errors: np.ndarray, mask: np.ndarray, normalizers: np.ndarray
) -> float:
    """Average over all keypoints of all faces at once, as MMPose's NME does.

    Faces with more visible keypoints weigh more; equal to the mean of
    :func:`face_nme` only where all faces have as many.

    Args:
        errors (np.ndarray): (N, K), image px (:func:`keypoint_errors`).
        mask (np.ndarray): Boolean (N, K), keypoints that count.
        normalizers (np.ndarray): (N,), image px, positive and finite.

    Returns:
        float: A fraction; NaN where nothing counts.

    Raises:
        ValueError: A normaliser that is not positive and finite.
    """
    if not valid_normalizers(normalizers).all():
        raise ValueError('normalisers must be positive and finite')
    if not mask.any():
        return float('nan')
    return float((errors / normalizers[:, None])[mask].mean())


def valid_normalizers(normalizers: np.ndarray) -> np.ndarray:
    """Tell which normalisers are positive and finite; boolean, (N,)."""
    return np.isfinite(normalizers) & (normalizers > 0)


def face_faults(
    gt: np.ndarray, visible: np.ndarray, normalizers: np.ndarray
) -> np.ndarray:
    """Say why a face cannot be scored, whatever is predicted for it.

    Args:
        gt (np.ndarray): Ground truth (N, K, D), image px.
        visible (np.ndarray): Boolean (N, K).
        normalizers (np.ndarray): (N,), image px.

    Returns:
        np.ndarray: Strings (N,), empty where the face can be scored.
    """
    finite = (np.isfinite(gt).all(axis=-1) | ~visible).all(axis=1)
    return np.select(
        [~visible.any(axis=1), ~finite, ~valid_normalizers(normalizers)],
        [
            'no visible keypoint',
            'ground truth not finite',
            'normaliser zero, not finite or not annotated',
        ],
        default='',
    )
