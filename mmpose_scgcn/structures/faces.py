"""The faces of one image."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from .boxes import tight_boxes


@dataclass(frozen=True, eq=False)
class Faces:
    """N faces of one image, each with K keypoints.

    Coordinates are image px: x to the right, y down, and (0, 0) is the
    centre of the first pixel.

    Args:
        keypoints (np.ndarray): (N, K, 2) float32, image px.
        scores (np.ndarray): (N, K) float32, how certain each keypoint is, in
            [0, 1]. Heads that give no certainty have ones.
        boxes (np.ndarray): (N, 4) float32, x1, y1, x2, y2, image px: the
            boxes that the keypoints were predicted from.
        box_scores (np.ndarray): (N,) float32, the detector's certainty;
            ones for boxes of your own.
        ids (np.ndarray, optional): (N,) int64, who is who in a video.
        image (np.ndarray, optional): (H, W, 3) uint8, BGR: what was
            predicted on, for :meth:`draw`.
        edges (np.ndarray, optional): (N, K, k + 1) float32, the weights of
            the graph's edges for each face, where they were asked for.
        neighbors (np.ndarray, optional): (K, k + 1) int64, the graph that
            these weights belong to; each row starts with the keypoint
            itself.
        links (tuple[tuple[int, int], ...]): Pairs of keypoints that are
            drawn as lines, from the data set's skeleton.
        source_boxes (np.ndarray, optional): (N, 4), tight about the model's
            own keypoints, where an adapter made ``keypoints`` of them.

    Raises:
        ValueError: The arrays do not fit together.

    Example:
        >>> import numpy as np
        >>> from mmpose_scgcn.structures import Faces
        >>> faces = Faces.empty(num_keypoints=68)
        >>> len(faces), faces.keypoints.shape
        (0, (0, 68, 2))
    """

    keypoints: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    box_scores: np.ndarray
    ids: np.ndarray | None = None
    image: np.ndarray | None = None
    edges: np.ndarray | None = None
    neighbors: np.ndarray | None = None
    links: tuple[tuple[int, int], ...] = ()
    source_boxes: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        shape = self.keypoints.shape
        if len(shape) != 3 or shape[2] != 2:
            raise ValueError(f'keypoints: expected (N, K, 2), got {shape}')
        expected = dict(
            scores=shape[:2],
            boxes=(shape[0], 4),
            box_scores=shape[:1],
            ids=shape[:1],
            source_boxes=(shape[0], 4),
        )
        if self.edges is not None:
            expected['edges'] = (*shape[:2], *self.edges.shape[2:3])
            expected['neighbors'] = expected['edges'][1:]
            if self.neighbors is None:
                raise ValueError('edges: expected neighbors with them')
        for name, want in expected.items():
            value = getattr(self, name)
            if value is not None and value.shape != want:
                raise ValueError(
                    f'{name}: expected {want} for {shape[0]} faces of '
                    f'{shape[1]} keypoints, got {value.shape}'
                )

    @classmethod
    def empty(
        cls, num_keypoints: int, image: np.ndarray | None = None
    ) -> 'Faces':
        """Give an image without faces.

        Args:
            num_keypoints (int): K.
            image (np.ndarray, optional): The image.

        Returns:
            Faces: With N = 0.
        """
        return cls(
            np.zeros((0, num_keypoints, 2), np.float32),
            np.zeros((0, num_keypoints), np.float32),
            np.zeros((0, 4), np.float32),
            np.zeros(0, np.float32),
            image=image,
        )

    @property
    def landmark_boxes(self) -> np.ndarray:
        """(N, 4), image px: the boxes to predict these faces from again.

        Tight about the keypoints that the model itself finds.
        """
        if self.source_boxes is not None:
            return self.source_boxes
        return tight_boxes(self.keypoints)

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.keypoints)

    def __getitem__(self, index: Any) -> 'Faces':
        """Choose faces by number, slice, mask or list of numbers.

        Args:
            index (int | slice | np.ndarray | list[int]): Which ones.

        Returns:
            Faces: The chosen ones, of the same image.
        """
        if isinstance(index, (int, np.integer)):
            index = [index]
        index = np.arange(len(self))[index]
        chosen = {
            field.name: getattr(self, field.name)[index]
            for field in fields(self)
            if field.name not in ('image', 'neighbors', 'links')
            and getattr(self, field.name) is not None
        }
        return replace(self, **chosen)

    def __repr__(self) -> str:
        """Show how many faces and keypoints there are."""
        return f'Faces({len(self)} faces, {self.keypoints.shape[1]} keypoints)'

    def draw(self, **options: Any) -> np.ndarray:
        """Draw keypoints, and on request boxes, indices and the graph.

        Args:
            **options: See
                :func:`mmpose_scgcn.visualization.drawing.draw_faces`.

        Returns:
            np.ndarray: A new picture, (H, W, 3) uint8, BGR.

        Raises:
            ValueError: These faces came without their image.
        """
        from mmpose_scgcn.visualization.drawing import draw_faces

        return draw_faces(self, **options)
