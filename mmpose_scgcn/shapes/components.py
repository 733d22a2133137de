"""Principal components of aligned shapes."""

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
    values, vectors = eigh(_scatter(aligned) / len(aligned))
    components = vectors.T[::-1][:count].copy()
    strength = np.abs(components)
    first = np.argmax(
        strength >= (1 - TIE) * strength.max(axis=1, keepdims=True), axis=1
    )
    components *= np.sign(components[range(count), first])[:, None]
    variances = np.maximum(values[::-1], 0)
    return components.reshape(count, -1, 2), variances


def _scatter(aligned: np.ndarray) -> np.ndarray:
    """Sum the outer products (2K, 2K) of the deviations from the mean."""
    flat = aligned.reshape(len(aligned), -1)
    mean = flat.mean(axis=0, dtype=np.float64)
    scatter = np.zeros((len(mean), len(mean)))
    for start in range(0, len(flat), CHUNK):
        deviation = flat[start : start + CHUNK] - mean
        scatter += deviation.T @ deviation
    return scatter
