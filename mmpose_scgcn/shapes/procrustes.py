"""Generalised Procrustes alignment of many shapes, in closed form."""

from collections.abc import Iterator

import numpy as np
from scipy.linalg import eigh

#: Shapes worked on at a time: their copies stay in the processor's cache.
CHUNK = 1024

#: A shape smaller than this part of its coordinates is a single point.
MIN_SIZE = 1e-9


def procrustes_align(
    keypoints: np.ndarray, visible: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Remove position, size and rotation from shapes, never reflecting.

    With a shape as a vector of K complex numbers, centred over its visible
    keypoints and zero elsewhere, its best fit to a reference m is

    .. math::
        \hat z_i = a_i z_i + t_i, \quad
        a_i = z_i^* m / z_i^* z_i, \quad
        t_i = \textstyle\sum_{k\,\text{visible}} m_k / n_i

    Averaging the fitted shapes is linear in m, so where the usual iteration
    ends, at a reference that is the average of the shapes fitted to it but
    for its size, is an eigenvector of one K x K matrix. It needs neither a
    start nor a number of iterations.

    Note:
        "Wing Loss for Robust Facial Landmark Localisation with Convolutional
        Neural Networks" (CVPR 2018) aligns once, to the mean of the unaligned
        shapes, and its code lets shapes be reflected.

    Args:
        keypoints (np.ndarray): Shapes (N, K, 2) in any unit; each may have
            its own. Left as it is.
        visible (np.ndarray, optional): Boolean (N, K); the others may hold
            anything. Defaults to all.

    Returns:
        tuple[np.ndarray, np.ndarray]: Aligned shapes (N, K, 2) in the type of
        ``keypoints`` (float64 for integers), and their mean (K, 2), float64,
        oriented like the average input. The reference has size one (root of
        summed squares) and its centre, each keypoint counted as often as it
        is visible, at the origin. Keypoints that are not visible get the
        mean's place.

    Raises:
        ValueError: Another form than above, visible coordinates that are not
            finite, a keypoint never visible, or a shape that is one point.
    """
    keypoints = np.asarray(keypoints)
    _check_form(keypoints, visible)
    reference, mean = _reference(keypoints, visible)
    kind = np.result_type(keypoints.dtype, np.float32)
    aligned = np.empty(keypoints.shape, dtype=kind)
    for part, shapes, seen in _centred(keypoints, visible):
        factor = shapes.conj() @ reference
        factor /= _squared_size(shapes)
        fitted = shapes * factor[:, None]
        if seen is None:
            fitted += reference.mean()
        else:
            fitted += ((seen @ reference) / seen.sum(axis=1))[:, None]
            fitted = np.where(seen, fitted, mean)
        aligned[part] = _to_plane(fitted)
    return aligned, _to_plane(mean)


def _reference(
    keypoints: np.ndarray, visible: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Solve for the reference and the mean of the shapes fitted to it."""
    moments, count, upright = _moments(keypoints, visible)
    if not count.all():
        raise ValueError(
            f'keypoints never visible in {len(keypoints)} shapes: '
            f'{np.flatnonzero(count == 0).tolist()}'
        )
    # A constant vector, a mere shift, solves it too: take it out.
    moments -= np.outer(count, count) / count.sum()
    last = len(count) - 1
    values, vectors = eigh(
        moments, np.diag(count), subset_by_index=(last, last)
    )
    reference = vectors[:, 0] / np.linalg.norm(vectors)
    turn = np.vdot(reference, upright)
    reference = reference * (turn / abs(turn) if turn else 1)
    return reference, values[0] * reference


def _moments(
    keypoints: np.ndarray, visible: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum up what averaging fitted shapes does to a reference.

    Returns:
        tuple: The matrix (K, K) that sums fitted shapes, how often each
        keypoint is visible (K,), and the sum of the shapes of size one (K,).
    """
    size = keypoints.shape[1]
    turned = np.zeros((2 * size, 2 * size))
    shifted = np.zeros((size, size))
    count, upright = np.zeros(size), np.zeros(size, dtype=complex)
    for part, shapes, seen in _centred(keypoints, visible):
        squared = _squared_size(shapes)
        _check_size(squared, keypoints[part], seen, part.start)
        shapes /= np.sqrt(squared)[:, None]
        upright += shapes.sum(axis=0)
        plane = _to_plane(shapes).reshape(len(shapes), -1)
        turned += plane.T @ plane  # BLAS, and half of it: numpy sees symmetry
        if seen is None:
            shifted += len(shapes) / size
            count += len(shapes)
        else:
            weight = seen.astype(np.float64)
            share = weight / weight.sum(axis=1, keepdims=True)
            shifted += weight.T @ share
            count += weight.sum(axis=0)
    x, y = slice(0, None, 2), slice(1, None, 2)
    moments = turned[x, x] + turned[y, y] + shifted
    return moments + 1j * (turned[y, x] - turned[x, y]), count, upright


def _centred(
    keypoints: np.ndarray, visible: np.ndarray | None
) -> Iterator[tuple[slice, np.ndarray, np.ndarray | None]]:
    """Yield parts as complex shapes, centred, zero where not visible."""
    for start in range(0, len(keypoints), CHUNK):
        part = slice(start, start + CHUNK)
        points = np.array(keypoints[part], dtype=np.float64, order='C')
        shapes = points.view(np.complex128)[..., 0]  # (n, K)
        seen = None if visible is None else visible[part]
        if seen is None or seen.all():
            count, seen = shapes.shape[1], None
        else:
            count = np.maximum(seen.sum(axis=1, keepdims=True), 1)
            shapes = np.where(seen, shapes, 0)
        with np.errstate(invalid='ignore'):  # NaN and inf are refused later
            shapes -= shapes.sum(axis=1, keepdims=True) / count
        yield part, shapes if seen is None else np.where(seen, shapes, 0), seen


def _squared_size(shapes: np.ndarray) -> np.ndarray:
    plane = _to_plane(shapes)
    return np.einsum('nkd,nkd->n', plane, plane)


def _to_plane(shapes: np.ndarray) -> np.ndarray:
    """See complex numbers (..., K) as coordinates (..., K, 2)."""
    return shapes.view(np.float64).reshape(*shapes.shape, 2)


def _check_form(keypoints: np.ndarray, visible: np.ndarray | None) -> None:
    if keypoints.ndim != 3 or keypoints.shape[2] != 2 or not keypoints.size:
        raise ValueError(
            f'expected shapes (N, K, 2), at least one, got {keypoints.shape}'
        )
    if visible is not None and visible.shape != keypoints.shape[:2]:
        raise ValueError(
            f'expected visible as {keypoints.shape[:2]}, got {visible.shape}'
        )


def _check_size(
    squared: np.ndarray,
    keypoints: np.ndarray,
    seen: np.ndarray | None,
    start: int,
) -> None:
    """Raise for shapes that are not finite or a single point."""
    wrong = np.flatnonzero(~np.isfinite(squared))
    if wrong.size:
        raise ValueError(
            'visible keypoints must be finite; NaN or inf in shapes '
            f'{(wrong[:10] + start).tolist()}'
        )
    largest = np.abs(keypoints).max(
        axis=(1, 2),
        initial=0,
        where=True if seen is None else seen[..., None],
    )
    wrong = np.flatnonzero(squared <= (MIN_SIZE * largest) ** 2)
    if wrong.size:
        raise ValueError(
            'expected shapes with an extent, got a single point (or nothing '
            f'visible) in shapes {(wrong[:10] + start).tolist()}'
        )
