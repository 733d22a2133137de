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

    Averaging the fitted shapes is linear in m. The usual iteration ends at a
    reference that is, but for its size, the average of the shapes fitted to
    it: an eigenvector of one K x K matrix. Solving for that eigenvector needs
    neither a start nor a number of iterations.

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
        mean's place. Shapes of single precision are centred and summed up in
        double precision, and all else is computed in single precision.

    Raises:
        ValueError: Another form than above, visible coordinates that are not
            finite, a keypoint never visible, or a shape that is one point.
    """
    fit = ProcrustesFit(np.asarray(keypoints), visible)
    kind = np.result_type(fit.keypoints.dtype, np.float32)
    aligned = np.empty(fit.keypoints.shape, dtype=kind)
    start = 0
    for part in fit.parts():
        aligned[start : start + len(part)] = part
        start += len(part)
    return aligned, fit.mean


class ProcrustesFit:
    """What shapes are aligned to; it aligns a part of them at a time.

    A million aligned shapes take as much memory as the shapes.

    Args:
        keypoints (np.ndarray): See :func:`procrustes_align`.
        visible (np.ndarray, optional): Likewise.

    Raises:
        ValueError: See there.
    """

    def __init__(
        self, keypoints: np.ndarray, visible: np.ndarray | None
    ) -> None:
        _check_form(keypoints, visible)
        self.keypoints = keypoints
        self.visible = visible
        self._reference, self._mean = _reference(keypoints, visible)

    @property
    def mean(self) -> np.ndarray:
        """The mean of the aligned shapes (K, 2), float64."""
        return _to_plane(self._mean)

    def parts(self) -> Iterator[np.ndarray]:
        """Align the shapes, in their order, as new arrays (n, K, 2)."""
        centre = self._reference.mean()
        for _, shapes, seen in _centred(self.keypoints, self.visible):
            shapes *= self._factor(shapes)[:, None]
            if seen is None:
                shapes += centre
                yield _to_plane(shapes)
            else:
                yield _to_plane(self._fill(shapes, seen))

    def project(self, direction: np.ndarray) -> np.ndarray:
        """Multiply the aligned shapes with a direction (K, 2), (N,)."""
        along = direction.reshape(-1)
        across = along[::2] - 1j * along[1::2]
        shift = (self._reference.mean() * across.sum()).real
        found = []
        for _, shapes, seen in _centred(self.keypoints, self.visible):
            factor = self._factor(shapes)
            if seen is None:
                product = shapes @ across.astype(shapes.dtype)
                found.append((factor * product).real + shift)
            else:
                fitted = self._fill(shapes * factor[:, None], seen)
                found.append((fitted @ across).real)
        return np.concatenate(found, dtype=np.float64)

    def _factor(self, shapes: np.ndarray) -> np.ndarray:
        """What turns and scales centred shapes (n, K), complex (n,)."""
        factor = (shapes @ self._reference.conj().astype(shapes.dtype)).conj()
        return factor / _squared_size(shapes)

    def _fill(self, shapes: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Shift shapes, and put the mean where nothing is seen."""
        shift = (seen @ self._reference) / seen.sum(axis=1)
        return np.where(seen, shapes + shift[:, None], self._mean)


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
        plane = _to_plane(shapes).reshape(len(shapes), -1)
        plane /= np.sqrt(squared)[:, None]  # in place, and in real numbers
        upright += np.ones(len(shapes), shapes.dtype) @ shapes
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
    kind = np.result_type(keypoints.dtype, np.float32)
    for start in range(0, len(keypoints), CHUNK):
        part = slice(start, start + CHUNK)
        points = np.ascontiguousarray(keypoints[part], dtype=kind)
        shapes = points.view(np.result_type(kind, np.complex64))[..., 0]
        seen = None if visible is None else visible[part]
        with np.errstate(invalid='ignore'):  # NaN and inf are refused later
            if seen is None or seen.all():
                seen, shapes = None, _centre(shapes)
            else:
                shapes = _centre_seen(shapes, seen)
        yield part, shapes, seen


def _centre(shapes: np.ndarray) -> np.ndarray:
    """Centre complex shapes (n, K).

    The difference of two keypoints is exact but for its last digit, wherever
    they are.
    """
    shapes = shapes - shapes[:, :1]
    share = np.full(shapes.shape[1], 1 / shapes.shape[1], shapes.dtype)
    shapes -= (shapes @ share)[:, None]  # BLAS, faster than mean()
    return shapes


def _centre_seen(shapes: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Centre complex shapes (n, K) over what is seen; zero elsewhere."""
    exact = np.where(seen, shapes, 0).astype(np.complex128)
    count = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    exact -= exact.sum(axis=1, keepdims=True) / count
    return np.where(seen, exact, 0).astype(shapes.dtype)


def _squared_size(shapes: np.ndarray) -> np.ndarray:
    plane = _to_plane(shapes).reshape(len(shapes), -1)
    return np.einsum('nd,nd->n', plane, plane)


def _to_plane(shapes: np.ndarray) -> np.ndarray:
    """See complex numbers (..., K) as coordinates (..., K, 2)."""
    return shapes.view(shapes.real.dtype).reshape(*shapes.shape, 2)


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
    # No coordinate is larger than the first one and two sizes: few shapes, if
    # any, need a closer look.
    if seen is None:
        first = np.abs(keypoints[:, 0]).max(axis=1)
        bound = MIN_SIZE * (first + 2 * np.sqrt(squared))
        doubtful = np.flatnonzero(squared <= bound**2)
        seen = np.ones((len(doubtful), keypoints.shape[1]), bool)
    else:
        doubtful = np.arange(len(squared))
    far = np.where(seen[..., None], np.abs(keypoints[doubtful]), 0)
    largest = far.max(axis=(1, 2))
    wrong = doubtful[squared[doubtful] <= (MIN_SIZE * largest) ** 2]
    if wrong.size:
        raise ValueError(
            'expected shapes with an extent, got a single point (or nothing '
            f'visible) in shapes {(wrong[:10] + start).tolist()}'
        )
