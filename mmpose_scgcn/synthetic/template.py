"""The 98 WFLW points of a neutral face, written by hand.

Chart frame, used all over this package: the frontal view of the neutral
head. Unit: the distance between the outer eye corners. Origin: midway
between them, x to the image right, y down.
"""

import numpy as np

NUM_KEYPOINTS = 98
CONTOUR = slice(0, 33)
LEFT_BROW = slice(33, 42)
RIGHT_BROW = slice(42, 51)
NOSE = slice(51, 60)
LEFT_EYE = slice(60, 68)
RIGHT_EYE = slice(68, 76)
OUTER_LIPS = slice(76, 88)
INNER_LIPS = slice(88, 96)
PUPILS = slice(96, 98)

# The contour is one closed-form curve: (x / .815)^2 + ((y + .005) / 1.3)^2.2
# = 1, from where the ears meet the face. Its 33 points lie at equal distances
# along it.
_CONTOUR_HALF_WIDTH, _CONTOUR_TOP, _CHIN_Y = 0.815, -0.005, 1.295
_CONTOUR_POWERS = (2.0, 2.2)

# Left half in the image; the right half is its mirror. Where a line has
# points without a place of their own (lower lip), they divide it evenly. The
# lids' points that the 68-point mark-up has too divide them in thirds, as they
# do there. Inner lip points lie below the peaks of the upper lip.
_LEFT_BROW = [
    (-0.645, -0.155),
    (-0.54, -0.24),
    (-0.385, -0.265),
    (-0.25, -0.25),
    (-0.135, -0.205),
    (-0.135, -0.145),
    (-0.25, -0.165),
    (-0.385, -0.18),
    (-0.54, -0.172),
]
# From the root of the nose, between the eyes and a little above their corners,
# to the middle of the tip, in thirds.
_BRIDGE = [(0.0, -0.02), (0.0, 0.115), (0.0, 0.25), (0.0, 0.385)]
_LEFT_NOSTRIL = [(-0.15, 0.50), (-0.075, 0.525)]
_SUBNASALE = (0.0, 0.54)
_LEFT_EYE = [
    (-0.50, 0.0),
    (-0.405, -0.053),
    (-0.35, -0.062),
    (-0.295, -0.052),
    (-0.20, 0.01),
    (-0.295, 0.042),
    (-0.35, 0.048),
    (-0.405, 0.041),
]
_LEFT_LIPS = [(-0.28, 0.77), (-0.175, 0.712), (-0.065, 0.685)]
_UPPER_LIP = (0.0, 0.697)
_LEFT_LOWER_LIP = [(-0.075, 0.875), (-0.175, 0.845)]
_LOWER_LIP = (0.0, 0.88)
_LEFT_INNER_LIPS = [(-0.245, 0.77), (-0.08, 0.76)]
_UPPER_INNER = (0.0, 0.765)
_LOWER_INNER = (0.0, 0.775)
_LEFT_LOWER_INNER = (-0.08, 0.775)
_LEFT_PUPIL = (-0.35, -0.01)

# Order of the mirrored part: the right brow starts at its inner upper end,
# the right eye at its inner corner (the order of the WFLW annotation).
_BROW_MIRROR = [4, 3, 2, 1, 0, 8, 7, 6, 5]
_EYE_MIRROR = [4, 3, 2, 1, 0, 7, 6, 5]


def _contour() -> np.ndarray:
    """The 33 contour points from ear to ear: (33, 2), chart frame."""
    t = np.linspace(-np.pi / 2, np.pi / 2, 2001)
    px, py = _CONTOUR_POWERS
    x = np.sign(t) * np.abs(np.sin(t)) ** (2 / px) * _CONTOUR_HALF_WIDTH
    height = _CHIN_Y - _CONTOUR_TOP
    y = _CONTOUR_TOP + np.abs(np.cos(t)) ** (2 / py) * height
    length = np.append(0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    target = np.linspace(0, length[-1], 33)
    curve = [np.interp(target, length, x), np.interp(target, length, y)]
    return np.stack(curve, axis=-1)


def _mirror(points: list) -> list:
    """Mirror points at the line x = 0, keeping their order."""
    return [(-x, y) for x, y in points]


def neutral_keypoints() -> np.ndarray:
    """The neutral face in WFLW order.

    Returns:
        np.ndarray: (98, 2) float64, chart frame.
    """
    brow = [_LEFT_BROW[i] for i in _BROW_MIRROR]
    eye = [_LEFT_EYE[i] for i in _EYE_MIRROR]
    points = list(_contour())
    points += [*_LEFT_BROW, *_mirror(brow), *_BRIDGE]
    points += [*_LEFT_NOSTRIL, _SUBNASALE, *_mirror(_LEFT_NOSTRIL[::-1])]
    points += [*_LEFT_EYE, *_mirror(eye)]
    points += [*_LEFT_LIPS, _UPPER_LIP, *_mirror(_LEFT_LIPS[::-1])]
    points += [*_mirror(_LEFT_LOWER_LIP[::-1]), _LOWER_LIP, *_LEFT_LOWER_LIP]
    points += [*_LEFT_INNER_LIPS, _UPPER_INNER]
    points += _mirror(_LEFT_INNER_LIPS[::-1])
    points += [*_mirror([_LEFT_LOWER_INNER]), _LOWER_INNER, _LEFT_LOWER_INNER]
    points += [_LEFT_PUPIL, *_mirror([_LEFT_PUPIL])]
    return np.array(points, dtype=np.float64)
