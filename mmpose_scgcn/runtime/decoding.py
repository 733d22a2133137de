"""From what a network gives to keypoints in px of the crop."""

from collections.abc import Mapping
from typing import Any

import numpy as np

#: What a network gives, by name.
Outputs = dict[str, np.ndarray]


class Decoder:
    """Averages over mirrored crops, and reads keypoints.

    Args:
        settings (Mapping): The content of ``model.json``.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        flip = settings['flip_test']
        self.partners = [int(index) for index in flip['indices']]
        self.mirror_x = float(flip['mirror_x'])
        self.flips = bool(flip['enabled'])
        self.ratio = settings['decoder'].get('split_ratio')

    def average(self, plain: Outputs, mirrored: Outputs) -> Outputs:
        """Average outputs with those of the mirrored crops.

        Args:
            plain (dict): By name: coordinates (N, K, 2), scores (N, K),
                SimCC's vectors (N, K, L); others are left as they are.
            mirrored (dict): The same of the mirrored crops.

        Returns:
            dict: The averages.
        """
        return {
            name: (value + self._mirror(name, mirrored[name])) * 0.5
            if name in _FLIPPED
            else value
            for name, value in plain.items()
        }

    def _mirror(self, name: str, value: np.ndarray) -> np.ndarray:
        """Take an output of a mirrored crop back to the crop."""
        value = value[:, self.partners]
        if name == 'simcc_x':
            return value[..., ::-1]
        if name.endswith('keypoints'):
            x, y = value[..., 0], value[..., 1]
            mirror = value.dtype.type(self.mirror_x)
            return np.stack([mirror - x, y], axis=-1)
        return value

    def read(self, outputs: Outputs) -> tuple[np.ndarray, np.ndarray]:
        """Read keypoints (N, K, 2), px of the crop, and scores (N, K)."""
        if self.ratio is not None:
            return _read_simcc(
                outputs['simcc_x'], outputs['simcc_y'], float(self.ratio)
            )
        points = outputs['keypoints']
        ones = np.ones(points.shape[:2], np.float32)
        return points, outputs.get('scores', ones)


#: Outputs that a mirrored crop has too.
_FLIPPED = (
    *('keypoints', 'scores', 'source_keypoints', 'source_scores'),
    *('simcc_x', 'simcc_y'),
)


def _read_simcc(
    x: np.ndarray, y: np.ndarray, ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """Take the highest place of each vector, as MMPose's SimCC codec does."""
    points = np.stack([x.argmax(-1), y.argmax(-1)], -1).astype(np.float32)
    scores = np.minimum(x.max(-1), y.max(-1))
    points[scores <= 0] = -1
    return points / np.float32(ratio), scores
