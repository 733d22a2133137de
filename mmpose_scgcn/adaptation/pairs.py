"""What an adapter is fitted to: predictions and annotations of faces."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class LabelPairs:
    """Predicted and annotated keypoints of N faces.

    Args:
        predicted (np.ndarray): (N, K, 2), image px, all finite.
        annotated (np.ndarray): (N, J, 2), image px.
        visible (np.ndarray): Boolean (N, J), where an annotation counts.
        predicted_flips (Sequence[int], optional): Partner of each predicted
            keypoint in a mirror (K,). Defaults to None: faces are not
            mirrored.
        annotated_flips (Sequence[int], optional): Those of the annotated
            ones (J,).
    """

    predicted: np.ndarray
    annotated: np.ndarray
    visible: np.ndarray
    predicted_flips: Sequence[int] | None = None
    annotated_flips: Sequence[int] | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        faces, points = self.visible.shape
        expected = dict(
            predicted=(faces, *self.predicted.shape[1:2], 2),
            annotated=(faces, points, 2),
        )
        for name, want in expected.items():
            got = getattr(self, name).shape
            if got != want:
                raise ValueError(f'{name}: expected {want}, got {got}')
        if not np.isfinite(self.predicted).all():
            raise ValueError('predicted: expected finite keypoints')

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.annotated)

    def choose(self, faces: np.ndarray) -> 'LabelPairs':
        """Take some of the faces, by number or mask."""
        return replace(
            self,
            predicted=self.predicted[faces],
            annotated=self.annotated[faces],
            visible=self.visible[faces],
        )

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """List the faces, and the same mirrored.

        A mirrored face is one more of the same kind, so that what is fitted
        is as symmetric as faces are: x becomes -x, and partners change
        places.

        Returns:
            tuple[np.ndarray, np.ndarray, np.ndarray]: (M, K, 2) and
            (M, J, 2), px, and weights (M, J) of 0 and 1.
        """
        sources = self.predicted.astype(np.float64)
        targets = self.annotated.astype(np.float64)
        weights = self.visible.astype(np.float64)
        if self.predicted_flips is None or self.annotated_flips is None:
            return sources, targets, weights
        own, other = list(self.predicted_flips), list(self.annotated_flips)
        mirror = np.array([-1, 1])
        return (
            np.concatenate([sources, sources[:, own] * mirror]),
            np.concatenate([targets, targets[:, other] * mirror]),
            np.concatenate([weights, weights[:, other]]),
        )
