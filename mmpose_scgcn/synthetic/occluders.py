"""Things in front of the face: glasses, masks, hands, microphones, boxes.

Every painter draws on the picture in place and returns what it hides,
(size, size) uint8, 255 is hidden.
"""

import cv2
import numpy as np

from .camera import Camera
from .glasses import paint_glasses
from .overlay import (
    SHIFT,
    blend_picture,
    draw_line,
    fixed,
    polygon_cover,
)
from .template import NOSE

KINDS = ('none', 'glasses', 'sunglasses', 'mask', 'hand', 'microphone', 'box')
_ODDS = (0.60, 0.12, 0.06, 0.05, 0.07, 0.04, 0.06)


def _mask(
    image: np.ndarray, points: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A cloth mask over nose, mouth and chin."""
    outline = np.concatenate([points[5:28], points[52:53]])
    cover = polygon_cover(image.shape[0], outline)
    light = np.mean(image[cover > 128]) / 150 if cover.any() else 1.0
    color = rng.choice([(225, 215, 190), (235, 235, 235), (40, 40, 40)])
    folds = np.sin(np.arange(image.shape[0])[:, None] / image.shape[0] * 60)
    shade = np.clip(light, 0.3, 1.1) * (1 + 0.05 * folds[..., None])
    blend_picture(
        image, cover, np.clip(color * shade, 0, 255) + image * 0.0, 0.96
    )
    return cover


def _shaded(mask: np.ndarray, color: np.ndarray) -> np.ndarray:
    """A colour made round: darker near the rim of its mask."""
    depth = cv2.distanceTransform(
        (mask > 128).astype(np.uint8), cv2.DIST_L2, 3
    )
    reach = max(float(depth.max()) * 0.5, 1.0)
    round_ = 0.5 + 0.5 * np.sqrt(np.clip(depth / reach, 0, 1))
    return np.clip(round_[..., None] * color, 0, 255)


def _brightness(
    image: np.ndarray, points: np.ndarray, skin: tuple
) -> np.ndarray:
    """(3,) how the nose is shown, relative to the colour of the skin."""
    column, row = np.clip(
        np.rint(points[NOSE]).astype(int), 0, image.shape[0] - 1
    ).T
    shown = image[row, column].mean(axis=0)
    return np.clip(shown / np.maximum(skin, 1.0) * 1.15, 0.2, 1.2)


def _hand(
    image: np.ndarray,
    points: np.ndarray,
    skin: tuple,
    rng: np.random.Generator,
) -> np.ndarray:
    """A palm with four fingers that reaches over the face from outside."""
    size = image.shape[0]
    unit = np.ptp(points[:, 0]) / 1.63
    target = points[rng.choice([4, 10, 16, 22, 28, 79, 85])]
    angle = rng.uniform(0.15, 0.85) * np.pi  # points up, comes from below
    ahead = np.array([np.cos(angle), -np.sin(angle)])
    across = np.array([-ahead[1], ahead[0]])
    mask = np.zeros((size, size), np.uint8)
    palm = target - ahead * unit * 0.45
    draw_line(mask, palm, palm - ahead * size, max(int(unit * 0.5), 1))
    shade = _shaded(mask, np.array(skin) * 0.95)
    for i, length in enumerate((0.75, 0.9, 0.85, 0.65)):
        finger = np.zeros_like(mask)
        root = palm + across * unit * (0.21 * i - 0.32)
        tip = root + ahead * unit * length + across * unit * 0.03 * (i - 1.5)
        draw_line(finger, root, tip, max(int(unit * 0.2), 1))
        shade = np.where(
            finger[..., None] > 128, _shaded(finger, np.array(skin)), shade
        )
        mask = np.maximum(mask, finger)
    blend_picture(image, mask, shade * _brightness(image, points, skin))
    return mask


def _microphone(
    image: np.ndarray, points: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A ball on a stick before the mouth or chin."""
    size = image.shape[0]
    unit = np.ptp(points[:, 1]) / 1.55
    head = points[85] + rng.uniform([-0.3, 0], [0.3, 0.3]) * unit
    foot = head + np.array([rng.uniform(-0.5, 0.5), 1.0]) * size
    stick, ball = np.zeros((2, size, size), np.uint8)
    draw_line(stick, head, foot, max(int(unit * 0.16), 2))
    radius = int(unit * rng.uniform(0.16, 0.26) * (1 << SHIFT))
    cv2.circle(
        ball, fixed(head).tolist(), radius, (255,), -1, cv2.LINE_AA, SHIFT
    )
    color = rng.uniform(20, 120)
    blend_picture(image, stick, _shaded(stick, np.full(3, color * 0.7)))
    blend_picture(image, ball, _shaded(ball, np.full(3, color)))
    return np.maximum(stick, ball)


def _box(
    image: np.ndarray, points: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A thing of any colour: a cup, a book, or something before the lens."""
    size = image.shape[0]
    unit = np.ptp(points[:, 1]) / 1.55
    center = points[rng.integers(0, 98)] + rng.normal(0, 0.25, 2) * unit
    half = rng.uniform(0.25, 0.65, 2) * unit
    if rng.random() < 0.6:  # it is held, or stands, below
        center[1] = (points[rng.integers(0, 98), 1] + size) / 2
        half[1] = size - center[1]
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    power = rng.uniform(0.05, 1.0)  # from a box to an ellipse
    ring = np.stack([np.cos(t), np.sin(t)], axis=-1)
    ring = np.sign(ring) * np.abs(ring) ** power * half
    angle = rng.normal(0, 0.25)
    turn = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    mask = polygon_cover(size, center + ring @ np.array(turn))
    shape = (int(rng.integers(2, 8)), int(rng.integers(2, 8)), 3)
    pattern = rng.uniform(10, 240, 3) + rng.normal(0, 30, shape)
    pattern = cv2.resize(pattern.astype(np.float32), (size, size))
    blend_picture(image, mask, np.clip(pattern, 0, 255))
    return mask


def add_occluder(
    image: np.ndarray,
    points: np.ndarray,
    camera: Camera,
    skin: tuple,
    rng: np.random.Generator,
    kind: str | None = None,
) -> tuple:
    """Draw one thing, or nothing, in front of the face.

    Args:
        image (np.ndarray): (size, size, 3) uint8 BGR, not changed.
        points (np.ndarray): (98, 2) landmarks, image px.
        camera (Camera): The view, for glasses.
        skin (tuple): BGR of the hand.
        rng (np.random.Generator): Draws kind and shape.
        kind (str, optional): One of ``KINDS``; drawn when ``None``.

    Returns:
        tuple: picture (size, size, 3) uint8, hidden (size, size) uint8 and
        the kind.
    """
    drawn = str(rng.choice(KINDS, p=_ODDS))
    kind = drawn if kind is None else kind
    image = image.copy()
    hidden = np.zeros(image.shape[:2], np.uint8)
    if kind in ('glasses', 'sunglasses'):
        hidden = paint_glasses(image, camera, 1.08, kind == 'sunglasses', rng)
    elif kind == 'mask':
        hidden = _mask(image, points, rng)
    elif kind == 'hand':
        hidden = _hand(image, points, skin, rng)
    elif kind == 'microphone':
        hidden = _microphone(image, points, rng)
    elif kind == 'box':
        hidden = _box(image, points, rng)
    return image, hidden, kind
