"""Test faces that are turned, and boxes that miss them."""

from mmpose_scgcn.registry import TRANSFORMS

import cv2
import numpy as np
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class PerturbFace(BaseTransform):
    """Turn the image about the box and shift the box, the same every time.

    For measuring how a model stands up to faces that are turned in the
    plane and to boxes that are off. The image itself is turned, with its
    keypoints, so that MMPose's way back to the image, which knows no
    rotation, stays exact. The sign of the rotation and the direction of the
    shift depend on the annotation's ``id`` alone: every model sees the same.

    Comes after ``LoadImage`` and before ``GetBBoxCenterScale``. Modified
    keys: ``img``, ``keypoints`` (1, K, 2), and ``bbox`` (1, 4) or
    ``bbox_center`` (1, 2), image px.

    Args:
        rotation (float): Angle of the rotation, degrees. Defaults to 0.
        shift (float): Length of the shift, as a fraction of the box's
            longer side. Defaults to 0.

    Raises:
        ValueError: Values out of range.
    """

    def __init__(self, rotation: float = 0.0, shift: float = 0.0) -> None:
        if not (0 <= rotation <= 180 and 0 <= shift < np.inf):
            raise ValueError(
                'expected rotation in [0, 180] and shift >= 0, got '
                f'{rotation} and {shift}'
            )
        self.rotation = rotation
        self.shift = shift

    def transform(self, results: dict) -> dict:
        """Turn the image and shift the box.

        Args:
            results (dict): With ``id``, ``img``, ``keypoints`` and ``bbox``.

        Returns:
            dict: The same, changed.
        """
        rng = np.random.default_rng(int(results['id']))
        sign, direction = rng.choice([-1, 1]), rng.uniform(0, 2 * np.pi)
        box = results['bbox'][0]
        center = results.get('bbox_center', (box[None, :2] + box[2:]) / 2)[0]
        matrix = cv2.getRotationMatrix2D(
            tuple(map(float, center)), sign * self.rotation, 1.0
        )
        height, width = results['img'].shape[:2]
        results['img'] = cv2.warpAffine(
            results['img'], matrix, (width, height)
        )
        keypoints = results['keypoints'].copy()
        turned = keypoints[..., :2] @ matrix[:, :2].T + matrix[:, 2]
        keypoints[..., :2] = turned.astype(keypoints.dtype)
        results['keypoints'] = keypoints
        length = self.shift * max(box[2:] - box[:2])
        step = length * np.array([np.cos(direction), np.sin(direction)])
        step = step.astype(np.float32)
        results['bbox'] = results['bbox'] + np.tile(step, 2)
        if 'bbox_center' in results:
            results['bbox_center'] = results['bbox_center'] + step
        return results

    def __repr__(self) -> str:
        """Show the arguments."""
        return (
            f'{type(self).__name__}(rotation={self.rotation}, '
            f'shift={self.shift})'
        )
