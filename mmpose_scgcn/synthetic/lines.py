"""Lines that annotators divide evenly, as they see them in the picture."""

import numpy as np

from .template import LEFT_BROW, NOSE, RIGHT_BROW

# The upper and the lower edge of a brow share the tail, and the bridge of the
# nose has four points. In WFLW and 300W these lines are divided evenly in the
# picture, however the head is turned.
_EVEN = (
    [*range(LEFT_BROW.start, LEFT_BROW.start + 5)],
    [*range(LEFT_BROW.start + 5, LEFT_BROW.stop), LEFT_BROW.start],
    [*range(RIGHT_BROW.start, RIGHT_BROW.start + 5)],
    [*range(RIGHT_BROW.start + 4, RIGHT_BROW.stop)],
    [*range(NOSE.start, NOSE.start + 4)],
)


def divide_evenly(line: np.ndarray) -> np.ndarray:
    """Points at equal distances along a line; its ends stay.

    Args:
        line (np.ndarray): (N, 2), from one end to the other.

    Returns:
        np.ndarray: (N, 2) on the same line.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    length = np.append(0, np.cumsum(steps))
    even = np.linspace(0, length[-1], len(line))
    return np.stack(
        [np.interp(even, length, line[:, axis]) for axis in (0, 1)], axis=-1
    )


def divide_lines(keypoints: np.ndarray) -> np.ndarray:
    """Divide brows and bridge evenly.

    Args:
        keypoints (np.ndarray): (98, 2), px.

    Returns:
        np.ndarray: (98, 2), new.
    """
    keypoints = keypoints.copy()
    for line in _EVEN:
        keypoints[line] = divide_evenly(keypoints[line])
    return keypoints
