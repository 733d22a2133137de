"""Random rectangles over the crop."""

from collections.abc import Sequence

from mmpose_scgcn.registry import TRANSFORMS

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from .colors import fitting_color


@TRANSFORMS.register_module()
class RandomOcclusion(BaseTransform):
    """Cover a part of the crop with a rectangle of one random colour.

    Comes after ``TopdownAffine``. Keypoints stay as they are: the network
    has to find those that it cannot see.

    As in the released code of "Structure-Coherent Deep Feature Learning for
    Robust Face Alignment" (TIP 2021): the rectangle's centre is uniform in
    the crop and what lies outside is cut off, so that the mean covered area
    is smaller than ``area``.

    Note:
        How the aspect ratio is drawn from its range is not published; here
        its logarithm is uniform, so that lying and standing rectangles of
        the same shape are equally frequent.

    Required and modified key: ``img``, (H, W) or (H, W, C) or a list of
    these.

    Args:
        prob (float): Probability of a rectangle. Defaults to 0.5.
        area (float): Its area as a fraction of the crop's. Defaults to 0.2.
        aspect_ratio (Sequence[float]): Range of its width over its height.
            Defaults to (0.4, 2.5).

    Raises:
        ValueError: Values out of range.
    """

    def __init__(
        self,
        prob: float = 0.5,
        area: float = 0.2,
        aspect_ratio: Sequence[float] = (0.4, 2.5),
    ) -> None:
        if not 0 <= prob <= 1:
            raise ValueError(f'expected prob in [0, 1], got {prob}')
        if not 0 < area <= 1:
            raise ValueError(f'expected area in (0, 1], got {area}')
        if len(aspect_ratio) != 2 or not (
            0 < aspect_ratio[0] <= aspect_ratio[1] < np.inf
        ):
            raise ValueError(
                'expected aspect_ratio as a range of positive numbers, got '
                f'{aspect_ratio}'
            )
        self.prob = prob
        self.area = area
        self.aspect_ratio = tuple(aspect_ratio)

    @cache_randomness
    def _draw(self) -> tuple[bool, float, np.ndarray, np.ndarray]:
        """Draw whether, aspect ratio, centre in [0, 1) and colour."""
        ratio = np.exp(np.random.uniform(*np.log(self.aspect_ratio)))
        color = np.random.randint(0, 256, 3, dtype=np.uint8)
        return (
            np.random.random() < self.prob,
            ratio,
            np.random.random(2),
            color,
        )

    def transform(self, results: dict) -> dict:
        """Cover a part of the image, or not.

        Args:
            results (dict): With ``img``.

        Returns:
            dict: The same, with a new image where it was covered.
        """
        chosen, ratio, center, color = self._draw()
        if chosen:
            image = results['img']
            if isinstance(image, list):
                results['img'] = [
                    self._cover(i, ratio, center, color) for i in image
                ]
            else:
                results['img'] = self._cover(image, ratio, center, color)
        return results

    def _cover(
        self,
        image: np.ndarray,
        ratio: float,
        center: np.ndarray,
        color: np.ndarray,
    ) -> np.ndarray:
        """Draw the rectangle into a copy."""
        height, width = image.shape[:2]
        side = np.sqrt(self.area * width * height)
        half = side * np.array([ratio**0.5, ratio**-0.5]) / 2
        middle = center * (width, height)
        left, top = np.maximum(np.rint(middle - half), 0).astype(int)
        right, bottom = np.rint(middle + half).astype(int)
        image = image.copy()
        image[top:bottom, left:right] = fitting_color(image, color)
        return image

    def __repr__(self) -> str:
        """Show the arguments."""
        return (
            f'{type(self).__name__}(prob={self.prob}, area={self.area}, '
            f'aspect_ratio={self.aspect_ratio})'
        )
