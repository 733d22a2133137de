"""Where predictions lie on average, seen from the annotations.

What is the same for all faces and keypoints is a matter of conventions:
annotations that count pixels from 1, or flips of heatmaps that are half a
pixel off.
"""

from collections.abc import Mapping

import numpy as np

from .scores import FaceScores

#: Faces whose offsets are summed at once.
_AT_ONCE = 1024

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
    total, counted = _offsets(scores)
    if not counted.any():
        return np.full(scores.offsets.shape[-1], np.nan)
    return total.sum(axis=0) / counted.sum()


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
    total, counted = _offsets(scores)
    seen = counted > 0
    if seen.sum() < 2:
        return np.full(scores.offsets.shape[-1], np.nan)
    means = total[seen] / counted[seen, None]
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
    """Sum each face's offsets over the normaliser (N, D), and count (N,)."""
    good = scores.select(scores.faults == '')
    total = np.zeros((len(good.nme), good.offsets.shape[-1]))
    counted = np.zeros(len(good.nme), dtype=np.int64)
    for start in range(0, len(total), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        offsets = good.offsets[part]
        counts = good.visible[part] & np.isfinite(offsets).all(axis=-1)
        offsets = np.where(counts[..., None], offsets, 0.0)
        total[part] = offsets.sum(axis=1, dtype=np.float64)
        counted[part] = counts.sum(axis=1)
    return total / good.normalizers[:, None], counted
