"""Where predictions lie on average, seen from the annotations.

What is the same for all faces and keypoints is a matter of conventions:
annotations that count pixels from 1, or flips of heatmaps that are half a
pixel off.
"""

from collections.abc import Mapping

import numpy as np

from .scores import FaceScores

#: Mean offset in x, a fraction of the normaliser, from which one is told.
_OFFSET = 0.006
_STANDARD_ERRORS = 3
_SHARE_OF_ERROR = 1 / 6


def mean_offset(scores: FaceScores) -> np.ndarray:
    """Average the offsets of predictions from the ground truth.

    Args:
        scores (FaceScores): N faces.

    Returns:
        np.ndarray: (D,), to the right and down, fractions of the normaliser;
        over the visible keypoints with finite predictions of the faces that
        can be scored, NaN without any.
    """
    offsets, counted = _offsets(scores)
    if not counted.any():
        return np.full(scores.offsets.shape[-1], np.nan)
    return offsets[counted].mean(axis=0)


def offset_error(scores: FaceScores) -> np.ndarray:
    """Estimate the standard error of :func:`mean_offset`.

    From how much the mean offsets of faces differ: keypoints of a face are
    wrong together.

    Args:
        scores (FaceScores): N faces.

    Returns:
        np.ndarray: (D,), fractions of the normaliser; NaN for fewer than two
        faces that count.
    """
    offsets, counted = _offsets(scores)
    seen = counted.any(axis=1)
    if seen.sum() < 2:
        return np.full(scores.offsets.shape[-1], np.nan)
    total = np.where(counted[..., None], offsets, 0.0)[seen].sum(axis=1)
    means = total / counted[seen].sum(axis=1, keepdims=True)
    return means.std(axis=0, ddof=1) / np.sqrt(len(means))


def lies_to_one_side(metrics: Mapping[str, float]) -> bool:
    """Tell an offset in x by conventions from the errors of a poor model.

    Args:
        metrics (Mapping[str, float]): ``NME``, ``bias_x``, ``bias_y`` and
            ``bias_x_stderr`` of ``FaceAlignmentMetric``.

    Returns:
        bool: Whether one should be told of ``bias_x``.
    """
    names = ('NME', 'bias_x', 'bias_y', 'bias_x_stderr')
    nme, x, y, error = (metrics.get(name, np.nan) for name in names)
    # A network that flips errs to either side alike but for the faces that
    # happen to be in the set. Barely trained on drawn faces it had 3 % beside
    # an NME of 17 to 29 %, at most 2.1 standard errors and a sixth of the NME
    # (40 and 200 faces); a pixel of 300W and YTF68 is a fifth and two fifths.
    least = max(
        _OFFSET, abs(y), _STANDARD_ERRORS * error, _SHARE_OF_ERROR * nme
    )
    return bool(abs(x) > least) and not np.isnan([y, error, nme]).any()


def _offsets(scores: FaceScores) -> tuple[np.ndarray, np.ndarray]:
    """Give offsets (N, K, D) over the normaliser, and which count (N, K)."""
    good = scores.select(scores.faults == '')
    counted = good.visible & np.isfinite(good.offsets).all(axis=-1)
    return good.offsets / good.normalizers[:, None, None], counted
