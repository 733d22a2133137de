"""Principal components of aligned shapes."""

from collections.abc import Iterable
from itertools import chain

import numpy as np
from scipy.linalg import eigh

from .procrustes import CHUNK

#: Loadings this close (relative) count as equal when a sign is chosen.
TIE = 1e-6


def principal_components(
    aligned: np.ndarray, count: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Find the directions in which aligned shapes vary most.

    They are the eigenvectors of the 2K x 2K scatter matrix. An eigenvector
    has no sign of its own: its loading of largest magnitude, the first of
    equal ones, is positive. So a positive coefficient moves the keypoint
    that moves most to the right, or down where it moves along y.

    Args:
        aligned (np.ndarray): Shapes (N, K, 2).
        count (int): Components wanted. Defaults to 1.

    Returns:
        tuple[np.ndarray, np.ndarray]: Components (count, K, 2) of length one,
        the largest variance first, and all variances (2K,), falling, of the
        coefficients over the N shapes.

    Raises:
        ValueError: Not between one and 2K components.
    """
    size = aligned[0].size
    if not 1 <= count <= size:
        raise ValueError(
            f'expected 1 to {size} components of {aligned.shape[1]} '
            f'keypoints, got {count}'
        )
    starts = range(0, len(aligned), CHUNK)
    parts = (aligned[i : i + CHUNK].copy() for i in starts)
    return components_of(parts, count)


def components_of(
    parts: Iterable[np.ndarray], count: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Find the principal components of shapes that come in parts.

    Args:
        parts (Iterable[np.ndarray]): Shapes (n, K, 2), at least one; these
            arrays are changed.
        count (int): Components wanted, 1 to 2K. Defaults to 1.

    Returns:
        tuple[np.ndarray, np.ndarray]: See :func:`principal_components`.
    """
    values, vectors = eigh(_covariance(parts))
    components = vectors.T[::-1][:count].copy()
    strength = np.abs(components)
    first = np.argmax(
        strength >= (1 - TIE) * strength.max(axis=1, keepdims=True), axis=1
    )
    components *= np.sign(components[range(count), first])[:, None]
    variances = np.maximum(values[::-1], 0)
    return components.reshape(count, -1, 2), variances


def _covariance(parts: Iterable[np.ndarray]) -> np.ndarray:
    """Average the outer products (2K, 2K) of deviations from the mean.

    In the precision of the shapes for each part, and in double over all. One
    pass, about the mean of the first part, which is nearly that of all.
    """
    parts = iter(parts)
    first = next(parts)
    size = first[0].size
    about = first.mean(axis=0, dtype=np.float64).astype(first.dtype)
    scatter, total, number = np.zeros((size, size)), np.zeros(size), 0
    for part in chain([first], parts):
        part -= about
        deviation = part.reshape(len(part), -1)
        scatter += deviation.T @ deviation
        total += np.ones(len(part), part.dtype) @ deviation
        number += len(part)
    return (scatter - np.outer(total, total) / number) / number
