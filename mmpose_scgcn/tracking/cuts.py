"""Cuts from one scene to another."""

import cv2
import numpy as np

#: Width and height of the pictures that are compared, px.
THUMBNAIL = (32, 24)

#: How far the picture may move between two frames, thumbnail px: a quarter.
REACH = (8, 6)

#: A grey thumbnail that spreads less shows nothing, grey levels.
MIN_SPREAD = 2.0


class CutDetector:
    r"""Tell whether a frame belongs to another scene than the last one.

    Two small pictures are compared in two ways, and only what has changed in
    both is a cut:

    .. math::
        d = \sqrt{(1 - r) \, (1 - h)}

    where r is the correlation of the grey pictures, the best one over shifts
    of up to a quarter of the picture, and h the part that their colour
    histograms share. A camera that pans and a face that moves keep the
    colours; a change of brightness keeps the pattern; noise is gone in
    pictures this small.

    Args:
        threshold (float): Smallest d of a cut, in [0, 1] for most pairs;
            ``inf`` finds none. Default: 0.3. Pans, zooms, turns, moving
            foregrounds, flicker and noise stay below it, two photographs
            hardly ever do.

    Raises:
        ValueError: A negative threshold.

    Example:
        >>> import numpy as np
        >>> is_cut = CutDetector()
        >>> dark, bright = np.zeros((2, 240, 320, 3), np.uint8)
        >>> bright[:, 160:] = 255
        >>> is_cut(dark), is_cut(dark), is_cut(bright)
        (False, False, True)
    """

    def __init__(self, threshold: float = 0.3) -> None:
        if not threshold >= 0:
            raise ValueError(f'expected a threshold >= 0, got {threshold}')
        self.threshold = threshold
        self.reset()

    def reset(self) -> None:
        """Forget the last frame: the next one is no cut."""
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def __call__(self, image: np.ndarray) -> bool:
        """Compare a frame with the one of the last call.

        Args:
            image (np.ndarray): (H, W, 3) uint8, BGR, of any size.

        Returns:
            bool: Whether a new scene starts here. ``False`` for the first.
        """
        last, self._last = self._last, _summary(image)
        if last is None:
            return False
        return _difference(last, self._last) >= self.threshold

    def __repr__(self) -> str:
        """Show the argument."""
        return f'{type(self).__name__}(threshold={self.threshold})'


def _summary(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A grey thumbnail, and the colour histogram of one twice as fine."""
    width, height = THUMBNAIL
    fine = cv2.resize(
        image, (2 * width, 2 * height), interpolation=cv2.INTER_AREA
    )
    colors = cv2.calcHist([fine], [0, 1, 2], None, [8] * 3, [0, 256] * 3)
    small = cv2.resize(fine, THUMBNAIL, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return grey, colors / colors.sum()


def _difference(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> float:
    (grey, colors), (next_grey, next_colors) = first, second
    pattern = 1 - _correlation(grey, next_grey)
    color = 1 - float(np.minimum(colors, next_colors).sum())
    return float(np.sqrt(max(pattern, 0) * max(color, 0)))


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """The best correlation of two grey thumbnails over shifts."""
    (x, y), (height, width) = REACH, first.shape
    middle = first[y : height - y, x : width - x]
    flat = [picture.std() < MIN_SPREAD for picture in (first, second)]
    if any(flat):
        return float(all(flat))
    if middle.std() < MIN_SPREAD:  # it would be found anywhere
        middle = first
    found = cv2.matchTemplate(second, middle, cv2.TM_CCOEFF_NORMED)
    return float(found.max())
