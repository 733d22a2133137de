"""Random texture and colour by a random filter."""

from collections.abc import Sequence

from mmpose_scgcn.registry import TRANSFORMS

import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness


@TRANSFORMS.register_module()
class RandomConvolution(BaseTransform):
    """Mix the crop with what a random filter makes of it.

    Textures and colours change and shapes stay, so that a model that is
    trained on drawn faces cannot rely on how they are painted. The filter
    mixes the channels too. Mean and contrast of the crop are kept.
    Comes after ``TopdownAffine``; the keypoints stay as they are.

    Source: "Robust and Generalizable Visual Representation Learning via
    Random Convolutions" (Xu et al., ICLR 2021), with mixing.

    Required and modified key: ``img``, (H, W, 3) uint8.

    Args:
        prob (float): Chance of a filter. Defaults to 0.5.
        sizes (Sequence[int]): Sides of the filter, odd, px; one is drawn.
            Defaults to (1, 3, 5, 7).

    Raises:
        ValueError: ``prob`` is not in [0, 1], or a size is not odd.
    """

    def __init__(
        self, prob: float = 0.5, sizes: Sequence[int] = (1, 3, 5, 7)
    ) -> None:
        if not 0 <= prob <= 1:
            raise ValueError(f'expected prob in [0, 1], got {prob}')
        if not sizes or any(size < 1 or size % 2 == 0 for size in sizes):
            raise ValueError(
                f'expected sizes as odd numbers above 0, got {sizes}'
            )
        self.prob = prob
        self.sizes = tuple(sizes)

    @cache_randomness
    def _draw(self) -> tuple[np.ndarray | None, float]:
        """Draw the filter (3, 3, side, side), or none, and its share."""
        if np.random.random() >= self.prob:
            return None, 0.0
        side = int(np.random.choice(self.sizes))
        scale = 1 / (side * np.sqrt(3))
        kernel = np.random.normal(0, scale, (3, 3, side, side))
        return kernel.astype(np.float32), np.random.random()

    def transform(self, results: dict) -> dict:
        """Filter the image, or not.

        Args:
            results (dict): With ``img``.

        Returns:
            dict: The same, with a new image where it was filtered.
        """
        kernel, share = self._draw()
        if kernel is not None:
            results['img'] = _mix(results['img'], kernel, share)
        return results

    def __repr__(self) -> str:
        """Show the arguments."""
        return f'{type(self).__name__}(prob={self.prob}, sizes={self.sizes})'


def _mix(image: np.ndarray, kernel: np.ndarray, share: float) -> np.ndarray:
    """Mix a picture with a filtered one that has its mean and contrast."""
    mean, contrast = float(image.mean()), float(image.std()) + 1e-3
    plain = (image.astype(np.float32) - mean) / contrast
    inputs = cv2.split(plain)
    filtered = np.stack(
        [
            sum(
                cv2.filter2D(channel, -1, weights)
                for channel, weights in zip(inputs, row, strict=True)
            )
            for row in kernel
        ],
        axis=-1,
    )
    filtered -= filtered.mean()
    mixed = (1 - share) * plain + share * filtered / (filtered.std() + 1e-3)
    mixed *= contrast / (float(mixed.std()) + 1e-3)
    mixed += mean - float(mixed.mean())
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
