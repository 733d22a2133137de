"""What a camera and a file do to a picture: blur, noise, grey, JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Degradation:
    """Strengths; lengths are in pixels of a 160 px picture.

    ``sigma`` is a Gaussian's, ``motion`` the length of a straight smear
    at ``angle`` degrees, ``shrink`` the factor of a lost resolution,
    ``noise`` in grey levels, ``quality`` of a first JPEG (100 is none).
    """

    sigma: float = 0.0
    motion: float = 0.0
    angle: float = 0.0
    shrink: float = 1.0
    noise: float = 0.0
    quality: int = 100
    grey: bool = False

    @property
    def blur(self) -> float:
        """Deviation of all blurs together, px of a 160 px picture."""
        box = (self.motion**2 + (self.shrink**2 - 1)) / 12
        return float(np.sqrt(self.sigma**2 + box))


def sample_degradation(rng: np.random.Generator) -> Degradation:
    """Draw strengths: most pictures are sharp."""
    kind = rng.choice(4, p=[0.68, 0.14, 0.09, 0.09])
    sigma = rng.uniform(0.1, 0.45)
    motion = rng.uniform(3, 10) if kind == 2 else 0.0
    return Degradation(
        sigma=float(rng.uniform(0.8, 2.4) if kind == 1 else sigma),
        motion=float(motion),
        angle=float(rng.uniform(0, 180)),
        shrink=float(rng.uniform(1.8, 4) if kind == 3 else 1.0),
        noise=float(abs(rng.normal(0, 3.5))),
        quality=int(rng.integers(30, 100) if rng.random() < 0.4 else 100),
        grey=bool(rng.random() < 0.05),
    )


def _smear(image: np.ndarray, length: float, angle: float) -> np.ndarray:
    """Motion blur along a straight line; ``length`` in px."""
    side = int(np.ceil(length)) | 1
    kernel = np.zeros((side, side), np.float32)
    ahead = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    ends = (side - 1) / 2 + np.stack([-ahead, ahead]) * (length - 1) / 2
    start, stop = np.round(ends * 16).astype(int).tolist()
    cv2.line(kernel, start, stop, (1.0,), 1, cv2.LINE_AA, 4)
    return cv2.filter2D(image, -1, kernel / max(kernel.sum(), 1e-6))


def degrade(
    image: np.ndarray, degradation: Degradation, rng: np.random.Generator
) -> np.ndarray:
    """Apply a degradation: (H, W, 3) uint8 to the same, a new picture."""
    height, width = image.shape[:2]
    unit = max(height, width) / 160
    image = cv2.GaussianBlur(
        image, (0, 0), max(degradation.sigma * unit, 0.05)
    )
    if degradation.motion > 0:
        image = _smear(
            image, max(degradation.motion * unit, 1.0), degradation.angle
        )
    if degradation.shrink > 1:
        small = [
            max(int(side / degradation.shrink), 8) for side in (width, height)
        ]
        image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        image = cv2.resize(image, (width, height))
    if degradation.grey:
        image = cv2.cvtColor(
            cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR
        )
    grain = (
        rng.standard_normal(image.shape, dtype=np.float32) * degradation.noise
    )
    image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if degradation.quality < 100:
        flags = [cv2.IMWRITE_JPEG_QUALITY, degradation.quality]
        image = cv2.imdecode(cv2.imencode('.jpg', image, flags)[1], 1)
    return image
