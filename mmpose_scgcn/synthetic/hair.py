"""Hair, head scarves, caps and clothes, on the texture."""

import cv2
import numpy as np

from .appearance import Appearance
from .canvas import HEIGHT, WIDTH, blend, polygon_mask
from .head import COLUMNS, ROWS, theta_of_u, u_of_theta, v_of_y
from .skin import noise

# Hairlines from the forehead round to the nape: (angle deg, y) of the left
# half; y beyond _DOWN means down to the shoulders.
_DOWN = 3.0
_SHORT = [
    (72, -0.05),
    (79, 0.16),
    (84, 0.12),
    (89, -0.10),
    (104, -0.12),
    (116, 0.15),
    (128, 0.5),
    (180, 0.62),
]
_LONG = [(66, -0.05), (70, 0.2), (72, _DOWN), (180, _DOWN)]
_LINES = {
    'receding': [
        (0, -0.98),
        (18, -1.02),
        (34, -0.92),
        (46, -0.62),
        (62, -0.35),
    ],
    'short': [(0, -0.68), (25, -0.68), (40, -0.60), (54, -0.42), (64, -0.25)],
    'fringe': [(0, -0.38), (20, -0.36), (38, -0.34), (52, -0.30), (62, -0.20)],
    'long': [(0, -0.72), (22, -0.66), (40, -0.48), (54, -0.28), (62, -0.12)],
    'parted': [(0, -0.70), (22, -0.60), (40, -0.42), (54, -0.25), (62, -0.12)],
    'scarf': [
        (0, -0.55),
        (22, -0.53),
        (40, -0.44),
        (54, -0.26),
        (64, 0.0),
        (70, 0.25),
        (73, 0.35),
        (75, _DOWN),
        (180, _DOWN),
    ],
    'cap': [
        (0, -0.48),
        (25, -0.47),
        (50, -0.42),
        (70, -0.30),
        (90, -0.22),
        (180, -0.10),
    ],
}
_ENDS = {
    'receding': _SHORT,
    'short': _SHORT,
    'fringe': _SHORT,
    'long': _LONG,
    'parted': _LONG,
    'scarf': [],
    'cap': [],
}
_THICKNESS = {
    'bald': 0.0,
    'receding': 0.02,
    'short': 0.08,
    'fringe': 0.08,
    'long': 0.11,
    'parted': 0.11,
    'scarf': 0.07,
    'cap': 0.07,
}


def _outline(style: str, rng: np.random.Generator) -> np.ndarray:
    """(N, 2) uv polygon of the covered part; long hair differs by side."""
    line = np.array(_LINES[style] + _ENDS[style])
    angle = np.interp(
        np.linspace(0, len(line) - 1, 60), np.arange(len(line)), line[:, 0]
    )
    y = np.interp(
        np.linspace(0, len(line) - 1, 60), np.arange(len(line)), line[:, 1]
    )
    left, right = angle, angle
    if style in ('long', 'parted'):
        left, right = (_over_cheek(angle, y, rng) for _ in range(2))
    if style in ('fringe', 'long', 'parted'):
        y = y + rng.uniform(-0.08, 0.12) * (angle < 60)
    theta = np.radians(np.concatenate([-left[::-1], right]))
    y = np.concatenate([y[::-1], y])
    if style not in ('scarf', 'cap'):
        y = y + rng.normal(0, 0.022, len(y)) * (y < 1)
    v = np.where(y > 1, 0.965, v_of_y(theta, y))
    uv = np.stack([u_of_theta(theta), v], axis=-1)
    return np.concatenate([uv, [[1.0, 0.0], [0.0, 0.0]]])


def _over_cheek(
    angle: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The line of long hair, which often hangs over the cheek: (N,) deg."""
    forward = rng.choice([0.0, rng.uniform(0, 26)])
    return angle - forward * np.clip((y + 0.3) / 0.5, 0, 1) * (angle < 100)


def hair_mask(appearance: Appearance, rng: np.random.Generator) -> np.ndarray:
    """(HEIGHT, WIDTH) uint8 cover of hair or cloth on the head."""
    full = np.zeros((HEIGHT, WIDTH), np.uint8)
    if appearance.style != 'bald':
        soft = 0.8 if appearance.style in ('scarf', 'cap') else 2.0
        mask, window = polygon_mask(_outline(appearance.style, rng), soft)
        full[window] = mask
    return full


def _brim() -> np.ndarray:
    """(ROWS, COLUMNS) float32: how far a cap's brim stands out."""
    v = (np.arange(ROWS)[:, None] + 0.5) / ROWS
    theta = theta_of_u((np.arange(COLUMNS)[None] + 0.5) / COLUMNS)
    edge = v_of_y(np.zeros(1), np.array([-0.50]))
    brim = np.exp(-(((v - edge) / 0.018) ** 2) - (theta / 0.75) ** 4)
    return (0.3 * brim).astype(np.float32)


def hair_thickness(appearance: Appearance, mask: np.ndarray) -> np.ndarray:
    """(ROWS, COLUMNS) float32 height of the hair above the skin."""
    small = cv2.resize(mask, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    small = cv2.erode(small, np.ones((3, 3)))  # bare skin stays down
    small = cv2.GaussianBlur(small.astype(np.float32) / 255, (0, 0), 1.2)
    fall = np.interp(
        (np.arange(ROWS) + 0.5) / ROWS, [0.55, 0.75, 0.9], [1.0, 1.15, 1.4]
    )[:, None]
    height = _THICKNESS[appearance.style] * appearance.hair_volume
    small = small * (fall.astype(np.float32) * height)
    return small + _brim() if appearance.style == 'cap' else small


def paint_hair(
    image: np.ndarray,
    mask: np.ndarray,
    appearance: Appearance,
    rng: np.random.Generator,
) -> None:
    """Strands, scarf or cap, in place."""
    if appearance.style == 'bald':
        return
    if appearance.style in ('scarf', 'cap'):
        folds = noise(rng, 24, 20) * 0.05
        color = np.array(appearance.cloth)[::-1]
    else:
        folds = noise(rng, 8, 136) * 0.13 + noise(rng, 16, 30) * 0.12
        color = np.array(appearance.hair)
    plain = np.empty((*folds.shape, 3), np.uint8)
    plain[:] = np.clip(color, 0, 255)
    tinted = cv2.multiply(plain, cv2.merge([1 + folds] * 3), dtype=cv2.CV_8U)
    tinted = cv2.resize(tinted, (WIDTH, HEIGHT))
    rows = slice(int(np.flatnonzero(mask.any(axis=1))[-1]) + 1)
    weight = mask[rows] * np.float32(1 / 255)
    image[rows] = cv2.blendLinear(
        image[rows], tinted[rows], 1 - weight, weight
    )


def paint_clothes(image: np.ndarray, appearance: Appearance) -> None:
    """Everything below the collar, in place."""
    top = int(0.92 * HEIGHT)
    rows = np.arange(top, HEIGHT)[:, None] / HEIGHT
    u = (np.arange(WIDTH)[None] + 0.5) / WIDTH
    collar = 0.952 + 0.012 * np.exp(-(((u - 0.5) / 0.1) ** 2))
    mask = np.clip((rows - collar) * 60000, 0, 255).astype(np.uint8)
    blend(image[top:], mask, appearance.cloth)
