"""A linear map from the points of a face to other points, by ridge."""

from dataclasses import dataclass

from mmpose_scgcn.shapes import procrustes_align

import numpy as np

#: What is added to the squared coordinates, over their mean.
WEIGHTS = tuple(10.0**power for power in range(-6, 2))


@dataclass(frozen=True)
class Frame:
    """The place, size and angle of a face's points, as complex numbers.

    Args:
        shape (np.ndarray): Mean shape (K,), centred.
        turn (bool): Whether the angle counts; without, all frames are
            upright.
    """

    shape: np.ndarray
    turn: bool

    def find(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find factors and centres (N, 1) that fit points (N, K) to it."""
        center = points.mean(1, keepdims=True)
        points = points - center
        size = (np.abs(points) ** 2).sum(1, keepdims=True)
        if not self.turn:
            return size**-0.5, center
        return (points.conj() * self.shape).sum(
            1, keepdims=True
        ) / size, center


@dataclass(frozen=True)
class Ridge:
    """The map, in the frame of the points that it is given.

    Args:
        frame (Frame): The frame.
        matrix (np.ndarray): (2 K, 2 M).
        center (np.ndarray): Mean points, (2 K,).
        wanted_center (np.ndarray): Mean wanted points, (2 M,).
        weight (float): Which of ``WEIGHTS`` it has.
    """

    frame: Frame
    matrix: np.ndarray
    center: np.ndarray
    wanted_center: np.ndarray
    weight: float

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Map the points of faces (N, K, 2) to (N, M, 2)."""
        factor, center = self.frame.find(to_complex(points))
        framed = _rows((to_complex(points) - center) * factor)
        found = self.apply(framed).reshape(len(points), -1, 2)
        return _plane(to_complex(found) / factor + center)

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """Map rows in the frame."""
        return (rows - self.center) @ self.matrix + self.wanted_center


def fit_ridge(
    points: np.ndarray,
    wanted: np.ndarray,
    points_val: np.ndarray,
    wanted_val: np.ndarray,
    turn: bool = True,
) -> Ridge:
    """Fit the map, and choose its weight on other faces.

    Args:
        points (np.ndarray): (N, K, 2), image px.
        wanted (np.ndarray): (N, M, 2), image px.
        points_val (np.ndarray): (V, K, 2) of other faces.
        wanted_val (np.ndarray): (V, M, 2).
        turn (bool): See :class:`Frame`. Defaults to True.

    Returns:
        Ridge: The one with the smallest mean distance, in the frame.
    """
    frame = Frame(to_complex(procrustes_align(points)[1]), turn)
    given, aims = _framed(frame, points, wanted)
    given_val, aims_val = _framed(frame, points_val, wanted_val)
    centers = given.mean(0), aims.mean(0)
    given, aims = given - centers[0], aims - centers[1]
    values, vectors = np.linalg.eigh(given.T @ given)
    projected = vectors.T @ (given.T @ aims)

    def fit(weight: float) -> Ridge:
        shrunk = np.maximum(values, 0) + weight * values.mean()
        matrix = vectors @ (projected / shrunk[:, None])
        return Ridge(frame, matrix, *centers, weight)

    def error(ridge: Ridge) -> float:
        off = (ridge.apply(given_val) - aims_val).reshape(len(aims_val), -1, 2)
        return np.abs(to_complex(off)).mean()

    return min(map(fit, WEIGHTS), key=error)


def to_complex(points: np.ndarray) -> np.ndarray:
    """See points (..., K, 2) as complex numbers (..., K)."""
    return points[..., 0] + 1j * points[..., 1]


def _plane(points: np.ndarray) -> np.ndarray:
    """See complex numbers (..., K) as points (..., K, 2)."""
    return np.stack([points.real, points.imag], axis=-1)


def _rows(points: np.ndarray) -> np.ndarray:
    """See complex numbers (N, K) as rows (N, 2 K)."""
    return _plane(points).reshape(len(points), -1)


def _framed(
    frame: Frame, points: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bring both into the frames of the points, as rows."""
    factor, center = frame.find(to_complex(points))
    given, aims = (
        _rows((to_complex(part) - center) * factor)
        for part in (points, wanted)
    )
    return given, aims
