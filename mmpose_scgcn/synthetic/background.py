"""What is seen behind the head."""

import cv2
import numpy as np


def _shapes(image: np.ndarray, rng: np.random.Generator) -> None:
    """Random blobs, bars and boxes, in place."""
    size = image.shape[0]
    for _ in range(rng.integers(3, 12)):
        color = rng.uniform(0, 255, 3).tolist()
        x, y = rng.integers(0, size, 2).tolist()
        w, h = rng.integers(size // 12, size // 2, 2).tolist()
        if rng.random() < 0.5:
            cv2.ellipse(
                image,
                (x, y),
                (w, h),
                float(rng.uniform(0, 180)),
                0,
                360,
                color,
                -1,
            )
        else:
            cv2.rectangle(image, (x, y), (x + w, y + h), color, -1)


def _lines(image: np.ndarray, rng: np.random.Generator) -> None:
    """Edges of furniture, branches, stripes: random lines, in place."""
    size = image.shape[0]
    for _ in range(rng.integers(0, 10)):
        ends = rng.integers(-size // 2, 3 * size // 2, (2, 2)).tolist()
        color = rng.uniform(0, 255, 3).tolist()
        width = int(rng.integers(1, max(size // 16, 2)))
        cv2.line(image, ends[0], ends[1], color, width, cv2.LINE_AA)


def _grain(size: int, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of all scales, finer ones weaker: (size, size, 3) float32."""
    grain = np.zeros((size, size, 3), np.float32)
    cells = int(rng.integers(2, 6))
    fall = rng.uniform(0.55, 0.95)
    while cells < size:
        part = rng.normal(0, strength, (cells, cells, 3)).astype(np.float32)
        grain += cv2.resize(part, (size, size), interpolation=cv2.INTER_CUBIC)
        strength *= fall
        cells *= 2
    return grain


def paint_background(size: int, rng: np.random.Generator) -> np.ndarray:
    """A blurred scene: (size, size, 3) uint8."""
    small = max(size // 2, 8)
    corners = rng.uniform(10, 245, (2, 2, 3)).astype(np.float32)
    calm = rng.random() < 0.3
    if calm:
        corners = corners[:1, :1] + rng.normal(0, 12, (2, 2, 3))
    image: np.ndarray = cv2.resize(corners.astype(np.float32), (small, small))
    image += _grain(small, 5 if calm else rng.uniform(10, 28), rng)
    image = np.clip(image, 0, 255).astype(np.uint8)
    if not calm:
        _shapes(image, rng)
        _lines(image, rng)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None]
    vivid = rng.uniform(0.1, 0.7)
    image = (grey * (1 - vivid) + image * vivid).astype(np.uint8)
    image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 4)))
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR)
