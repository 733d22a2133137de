"""Cumulative error distribution (CED) of per-face errors, FR and AUC."""

from collections.abc import Iterable, Sequence
from numbers import Real

import numpy as np


def ced_curve(nme: np.ndarray, errors: np.ndarray) -> np.ndarray:
    r"""Evaluate the empirical CED, a step function.

    .. math::
        \mathrm{CED}(e) = \frac{1}{N} |\{n : \mathrm{NME}_n \le e\}|

    Args:
        nme (np.ndarray): Per-face NME (N,), a fraction; ``inf`` allowed.
        errors (np.ndarray): Where to evaluate (M,), fractions.

    Returns:
        np.ndarray: (M,), share of faces, in [0, 1].

    Raises:
        ValueError: NaN in ``nme``, or no faces.
    """
    ordered = np.sort(_check_nme(nme))
    return np.searchsorted(ordered, errors, side='right') / len(ordered)


def failure_rate(nme: np.ndarray, threshold: float) -> float:
    """Compute the share of faces whose NME is strictly above a threshold.

    Args:
        nme (np.ndarray): Per-face NME (N,), a fraction; ``inf`` allowed.
        threshold (float): A fraction, such as 0.10.

    Returns:
        float: Share of faces, in [0, 1].

    Raises:
        ValueError: NaN in ``nme``, or no faces.

    Example:
        >>> failure_rate(np.array([0.0, 0.05, 0.2, 0.1]), 0.1)
        0.25
    """
    return float((_check_nme(nme) > threshold).mean())


def ced_auc(nme: np.ndarray, threshold: float) -> float:
    r"""Compute the exact area under the CED up to a threshold.

    .. math::
        \mathrm{AUC}_t = \frac{1}{t} \int_0^t \mathrm{CED}(e)\, de
        = \frac{1}{N} \sum_n \max(0,\, 1 - \mathrm{NME}_n / t)

    The second form is exact, since each face adds a step at its NME.

    Note:
        Published tables often sum a CED sampled at 20 to 1000 errors. Where
        the samples start at 0.005, a perfect model scores 0.95; here 1.0.

    Args:
        nme (np.ndarray): Per-face NME (N,), a fraction; ``inf`` allowed.
        threshold (float): Upper end t, a positive fraction.

    Returns:
        float: In [0, 1], 1.0 for a perfect model.

    Raises:
        ValueError: NaN in ``nme``, no faces, or ``threshold`` not positive.

    Example:
        >>> ced_auc(np.array([0.0, 0.05, 0.2, 0.1]), 0.1)
        0.375
    """
    if not threshold > 0:
        raise ValueError(f'threshold must be positive, got {threshold}')
    return float(np.maximum(0.0, 1.0 - _check_nme(nme) / threshold).mean())


def summarize_nme(
    nme: np.ndarray, fr_thresholds: Sequence[float], auc_threshold: float
) -> dict[str, float]:
    """Summarise per-face errors under the usual names.

    Args:
        nme (np.ndarray): Per-face NME (N,), a fraction; ``inf`` allowed.
        fr_thresholds (Sequence[float]): Fractions.
        auc_threshold (float): A fraction.

    Returns:
        dict: ``NME``, one ``FR@0.08`` per threshold and ``AUC@0.10``; all NaN
        for a set without faces.

    Raises:
        ValueError: NaN in ``nme``.
    """
    keys = [
        *(f'FR@{threshold_text(t)}' for t in fr_thresholds),
        f'AUC@{threshold_text(auc_threshold)}',
    ]
    if len(nme) == 0:
        return dict.fromkeys(['NME', *keys], float('nan'))
    values = [failure_rate(nme, threshold) for threshold in fr_thresholds]
    values.append(ced_auc(nme, auc_threshold))
    return dict(NME=float(nme.mean()), **dict(zip(keys, values, strict=True)))


def threshold_text(threshold: float) -> str:
    """Write a threshold as in ``FR@0.10``: two decimals, or all it has."""
    text = f'{threshold:.2f}'
    return text if float(text) == threshold else f'{threshold:g}'


def check_thresholds(
    fr_thresholds: Sequence[float], auc_threshold: float
) -> None:
    """Refuse thresholds that are no fractions or that share a key.

    Args:
        fr_thresholds (Sequence[float]): Fractions.
        auc_threshold (float): A fraction.

    Raises:
        ValueError: As said.
    """
    several = isinstance(fr_thresholds, Iterable)
    if not several or not all(
        isinstance(t, Real) for t in (*fr_thresholds, auc_threshold)
    ):
        raise ValueError(
            'expected fr_thresholds=(0.08, 0.10) and auc_threshold=0.10 or '
            f'other fractions, got {fr_thresholds!r} and {auc_threshold!r}'
        )
    keys = [threshold_text(threshold) for threshold in fr_thresholds]
    if len(set(keys)) != len(keys):
        raise ValueError(f'fr_thresholds must differ, got {fr_thresholds}')
    if not all(0 < t <= 1 for t in (*fr_thresholds, auc_threshold)):
        raise ValueError(
            'thresholds must be positive fractions, such as 0.08 for 8 %, '
            f'got {fr_thresholds} and {auc_threshold}'
        )


def _check_nme(nme: np.ndarray) -> np.ndarray:
    """Refuse NaN, which every comparison would count as a success."""
    if len(nme) == 0:
        raise ValueError('needs at least one face')
    if np.isnan(nme).any():
        raise ValueError(
            f'{int(np.isnan(nme).sum())} of {len(nme)} faces have no NME (NaN)'
        )
    return np.asarray(nme, dtype=np.float64)
