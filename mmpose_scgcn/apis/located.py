"""Keypoints of boxes, before they are those of images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Located:
    """Keypoints of N boxes.

    Args:
        keypoints (np.ndarray): (N, K, 2) float32, image px.
        scores (np.ndarray): (N, K) float32.
        source_boxes (np.ndarray, optional): (N, 4), tight about the model's
            own keypoints, where an adapter made others of them.
        edges (np.ndarray, optional): (N, K, k + 1) float32, where they were
            asked for.
    """

    keypoints: np.ndarray
    scores: np.ndarray
    source_boxes: np.ndarray | None = None
    edges: np.ndarray | None = None

    @classmethod
    def join(cls, parts: Sequence['Located'], num_keypoints: int) -> 'Located':
        """Put batches together; none of them is no box.

        Args:
            parts (Sequence[Located]): The batches.
            num_keypoints (int): K.

        Returns:
            Located: All of them, in order.
        """
        if not parts:
            return cls(
                np.zeros((0, num_keypoints, 2), np.float32),
                np.zeros((0, num_keypoints), np.float32),
            )

        def joined(values: list) -> np.ndarray | None:
            return None if values[0] is None else np.concatenate(values)

        return cls(
            np.concatenate([part.keypoints for part in parts]),
            np.concatenate([part.scores for part in parts]),
            joined([part.source_boxes for part in parts]),
            joined([part.edges for part in parts]),
        )

    def part(self, start: int, end: int) -> tuple:
        """Give the fields of some of the boxes, None where there is none."""
        fields = self.keypoints, self.scores, self.source_boxes, self.edges
        return tuple(f if f is None else f[start:end] for f in fields)
