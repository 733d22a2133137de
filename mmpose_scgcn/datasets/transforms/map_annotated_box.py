"""From the boxes of annotations to those that a model expects."""

from mmpose_scgcn.detection import BoxMapping
from mmpose_scgcn.registry import TRANSFORMS
from mmpose_scgcn.structures.boxes import square_boxes

import numpy as np
from mmcv.transforms import BaseTransform


@TRANSFORMS.register_module()
class MapAnnotatedBox(BaseTransform):
    """Give a model the kind of box that it was trained for.

    A data set's boxes are about its own keypoints. A model with an adapter
    (``tools/adapt_labels.py``) finds other keypoints first, and wants boxes
    about those: where the data set has keypoints of eyes and mouth alone, its
    boxes are much too small. Comes before ``GetBBoxCenterScale``. Without
    keypoints, as in inference, nothing happens: a face detector's boxes and
    those of users are of the model's kind.

    Added or modified keys: ``bbox_center`` and ``bbox_scale``, (N, 2), which
    ``GetBBoxCenterScale`` takes. ``bbox`` stays the data set's own, by which
    metrics divide.

    Args:
        shift_x (float): Of the centre, in longer sides of the box. Defaults
            to 0.
        shift_y (float): Likewise, downwards. Defaults to 0.
        scale (float): New over old longer side; the new box is square.
            Defaults to 1.

    Raises:
        ValueError: Not finite, or a scale that is not positive.
    """

    def __init__(
        self, shift_x: float = 0.0, shift_y: float = 0.0, scale: float = 1.0
    ) -> None:
        if not np.isfinite([shift_x, shift_y, scale]).all() or scale <= 0:
            raise ValueError(
                'expected finite shifts and a scale above 0, got '
                f'{shift_x}, {shift_y} and {scale}'
            )
        self.mapping = BoxMapping(shift_x, shift_y, scale, scale)

    def transform(self, results: dict) -> dict:
        """Map the boxes.

        Args:
            results (dict): With ``keypoints`` and ``bbox``, or without.

        Returns:
            dict: The same, with new arrays.
        """
        if results.get('keypoints') is not None:
            boxes = self.mapping(square_boxes(results['bbox']))
            results['bbox_center'] = (boxes[:, :2] + boxes[:, 2:]) / 2
            results['bbox_scale'] = boxes[:, 2:] - boxes[:, :2]
        return results

    def __repr__(self) -> str:
        """Show the mapping."""
        return f'{type(self).__name__}({self.mapping})'
