"""Crops with mean zero and variance one."""

from mmpose_scgcn.registry import TRANSFORMS

import numpy as np
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class StandardizeImage(BaseTransform):
    """Subtract each channel's mean in the crop, divide by its deviation.

    Comes last before ``PackPoseInputs``, with a ``PoseDataPreprocessor`` that
    has neither ``mean`` nor ``std``. As in the released code of
    "Structure-Coherent Deep Feature Learning for Robust Face Alignment" (TIP
    2021). A channel of one value becomes zero.

    Required and modified key: ``img``, (H, W) or (H, W, C) or a list of
    these; float32 afterwards.
    """

    def transform(self, results: dict) -> dict:
        """Standardise the image.

        Args:
            results (dict): With ``img``.

        Returns:
            dict: The same, with a new image.
        """
        image = results['img']
        if isinstance(image, list):
            results['img'] = [_standardize(i) for i in image]
        else:
            results['img'] = _standardize(image)
        return results

    def __repr__(self) -> str:
        """Show that there are no arguments."""
        return f'{type(self).__name__}()'


def _standardize(image: np.ndarray) -> np.ndarray:
    """Standardise each channel of (H, W) or (H, W, C)."""
    offset = image - image.mean(axis=(0, 1), dtype=np.float64)
    deviation = np.sqrt((offset**2).mean(axis=(0, 1)))
    scaled = offset / np.where(deviation > 0, deviation, 1)
    return scaled.astype(np.float32)
