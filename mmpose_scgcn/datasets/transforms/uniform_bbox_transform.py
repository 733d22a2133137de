"""Random shift, scale and rotation of the box, uniform and always on."""

from collections.abc import Sequence

from mmpose_scgcn.registry import TRANSFORMS

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness


@TRANSFORMS.register_module()
class UniformBBoxTransform(BaseTransform):
    """Shift, resize and rotate boxes, each by a uniform random amount.

    In the place of MMPose's ``RandomBBoxTransform``, which draws from a
    truncated normal distribution and leaves the shift and the rotation out
    for a part of the samples. The ranges of papers are uniform and always on.

    Required keys: ``bbox_center`` (N, 2) and ``bbox_scale`` (N, 2), image px.
    Added key: ``bbox_rotation`` (N,), degrees. Comes after
    ``GetBBoxCenterScale``.

    Args:
        shift_factor (float): Range of the shift in x and y, plus or minus,
            as a fraction of the padded box. Defaults to 0.1.
        scale_factor (Sequence[float]): Range of the factor on the box.
            Defaults to (0.9314, 1.0686), of the released code of
            "Structure-Coherent Deep Feature Learning for Robust Face
            Alignment" (TIP 2021), as the others.
        rotate_factor (float): Range of the rotation, plus or minus, degrees.
            Defaults to 40.

    Raises:
        ValueError: Values out of range.
    """

    def __init__(
        self,
        shift_factor: float = 0.1,
        scale_factor: Sequence[float] = (0.9314, 1.0686),
        rotate_factor: float = 40.0,
    ) -> None:
        if len(scale_factor) != 2 or not (
            0 < scale_factor[0] <= scale_factor[1] < np.inf
        ):
            raise ValueError(
                'expected scale_factor as a range of positive numbers, got '
                f'{scale_factor}'
            )
        if not (0 <= shift_factor < np.inf and 0 <= rotate_factor <= 180):
            raise ValueError(
                'expected shift_factor >= 0 and rotate_factor in [0, 180], '
                f'got {shift_factor} and {rotate_factor}'
            )
        self.shift_factor = shift_factor
        self.scale_factor = tuple(scale_factor)
        self.rotate_factor = rotate_factor

    @cache_randomness
    def _draw(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw shifts (N, 2), factors (N, 1) and rotations (N,)."""
        shift = np.random.uniform(-1, 1, (count, 2)) * self.shift_factor
        low, high = self.scale_factor
        scale = np.random.uniform(low, high, (count, 1))
        rotation = np.random.uniform(-1, 1, count) * self.rotate_factor
        return (
            shift.astype(np.float32),
            scale.astype(np.float32),
            rotation.astype(np.float32),
        )

    def transform(self, results: dict) -> dict:
        """Change the boxes.

        Args:
            results (dict): With the required keys.

        Returns:
            dict: The same, with new boxes.
        """
        size = results['bbox_scale']
        shift, scale, rotation = self._draw(len(size))
        results['bbox_center'] = results['bbox_center'] + shift * size
        results['bbox_scale'] = size * scale
        results['bbox_rotation'] = rotation
        return results

    def __repr__(self) -> str:
        """Show the arguments."""
        return (
            f'{type(self).__name__}(shift_factor={self.shift_factor}, '
            f'scale_factor={self.scale_factor}, '
            f'rotate_factor={self.rotate_factor})'
        )
