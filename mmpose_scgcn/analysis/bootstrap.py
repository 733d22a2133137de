"""Confidence intervals by drawing faces again."""

import numpy as np


def resample_counts(
    num_faces: int, resamples: int, seed: int = 0
) -> np.ndarray:
    """Draw faces with replacement, and count how often each was drawn.

    Edges and rectangles of one face are not independent of each other, so it
    is faces that are drawn: a face comes with all of its edges or not at all.

    Args:
        num_faces (int): Faces N.
        resamples (int): Draws R of N faces each.
        seed (int): Of the draws. Defaults to 0.

    Returns:
        np.ndarray: (R, N) float64; each row sums to N.

    Raises:
        ValueError: Fewer than one face or draw.
    """
    if num_faces < 1 or resamples < 1:
        raise ValueError(
            'expected at least one face and one resample, got '
            f'{num_faces} and {resamples}'
        )
    rng = np.random.default_rng(seed)
    shares = np.full(num_faces, 1 / num_faces)
    return rng.multinomial(num_faces, shares, resamples).astype(np.float64)


def percentile_interval(
    values: np.ndarray, confidence: float = 0.95
) -> tuple[float, float]:
    """Give the range that holds the middle of the resampled values.

    Args:
        values (np.ndarray): (R,), a statistic of each draw; NaN where a draw
            has nothing to compute it from.
        confidence (float): Share of the values in the range. Defaults to
            0.95.

    Returns:
        tuple[float, float]: Low and high end; NaN where all values are.
    """
    values = values[~np.isnan(values)]
    if not len(values):
        return np.nan, np.nan
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
