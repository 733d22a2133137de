"""Keypoints that count from the centre of the first pixel."""

from mmpose_scgcn.registry import TRANSFORMS

import numpy as np
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class ShiftKeypointOrigin(BaseTransform):
    """Make keypoints count from (0, 0), the centre of the first pixel.

    Landmarks of 300W were made in MATLAB, whose first pixel is (1, 1), and the
    network's image counts from 0. ``tools/prepare_dataset.py`` subtracts the
    1, and yet the keypoints were measured to lie about one more pixel to the
    right of the truth (``benchmarks/mirror_test.py``, ``docs/data_sets.md``).
    A network that is trained with ``RandomFlip``, which mirrors x to
    ``width - 1 - x``, sees labels on both sides of the truth and learns the
    truth: its predictions lie a pixel left of the labels. In y there is no
    flip, and it learns the offset that a pixel is in the training faces. On
    smaller faces both are larger.

    Comes first after ``LoadImage``, in training and in testing, so that
    predictions and what they are compared with count alike. Boxes stay: crops
    are the same as without it. Without keypoints, as in inference, nothing
    happens.

    Modified key: ``keypoints``, (N, K, 2), if there.

    Args:
        origin (float): Coordinates of the first pixel's centre in the
            annotations. Defaults to 1.

    Raises:
        ValueError: Not a finite number.
    """

    def __init__(self, origin: float = 1) -> None:
        if not np.isfinite(origin):
            raise ValueError(f'expected origin as a number, got {origin}')
        self.origin = origin

    def transform(self, results: dict) -> dict:
        """Shift the keypoints.

        Args:
            results (dict): With ``keypoints``, image px, or without.

        Returns:
            dict: The same, with a new array.
        """
        keypoints = results.get('keypoints')
        if keypoints is not None:
            results['keypoints'] = keypoints - keypoints.dtype.type(
                self.origin
            )
        return results

    def __repr__(self) -> str:
        """Show the origin."""
        return f'{type(self).__name__}(origin={self.origin})'
