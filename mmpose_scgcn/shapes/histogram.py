"""Bins of the pose coefficient."""

from numbers import Integral

import numpy as np


def pose_bins(
    coefficients: np.ndarray, num_bins: int = 9, use_abs: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Sort pose coefficients into bins of equal width.

    The bins reach from the smallest coefficient to the largest; each holds
    its lower edge, the last one also its upper.

    Note:
        The code of the Wing loss paper puts a sample on an inner edge into
        both bins. It takes absolute values, as ``use_abs`` does.

    Args:
        coefficients (np.ndarray): (N,).
        num_bins (int): Defaults to 9.
        use_abs (bool): Whether left and right count as the same pose: bins
            from 0 to the largest absolute value. Defaults to False.

    Returns:
        tuple[np.ndarray, np.ndarray]: The bin of each sample (N,), int64 from
        0, and the edges (num_bins + 1,).

    Raises:
        ValueError: Fewer than one bin, fewer samples than bins, coefficients
            that are not finite or all the same.
    """
    if not isinstance(num_bins, Integral) or num_bins < 1:
        raise ValueError(
            f'num_bins must be an integer of at least 1, got {num_bins}'
        )
    if len(coefficients) < num_bins:
        raise ValueError(
            f'{num_bins} bins need at least as many samples with a shape, '
            f'got {len(coefficients)}'
        )
    if not np.isfinite(coefficients).all():
        raise ValueError('pose coefficients must be finite, got NaN or inf')
    values = np.abs(coefficients) if use_abs else coefficients
    low = 0.0 if use_abs else values.min()
    if values.max() <= low:
        raise ValueError(f'all {len(values)} pose coefficients are the same')
    edges = np.linspace(low, values.max(), num_bins + 1)
    bins = np.searchsorted(edges, values, side='right') - 1
    return np.minimum(bins, num_bins - 1), edges
