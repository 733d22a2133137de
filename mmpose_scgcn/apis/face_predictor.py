"""What goes from images to faces with keypoints, whatever computes them.

Nothing here needs PyTorch.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, overload

from mmpose_scgcn.detection import (
    LANDMARK_BOX,
    FaceDetector,
    boxes_of_kind,
    build_detector,
    check_detector,
    check_in_image,
)
from mmpose_scgcn.images import ImageLike, read_to_predict
from mmpose_scgcn.structures import Faces

import numpy as np

from .located import Located

#: OpenCV's ``warpAffine`` cuts crops out of images with sides of up to, px.
LONGEST_SIDE = 32_766


class FacePredictor(ABC):
    """Finds faces and their keypoints in images.

    Args:
        name (str): What to call it.
        detector: See :func:`mmpose_scgcn.detection.build_detector`.
            Defaults to ``auto``.
        settings (dict, optional): What the model's file says about itself.

    Raises:
        ValueError, FileNotFoundError: There is no such detector.
    """

    def __init__(
        self,
        name: str,
        detector: Any = 'auto',
        settings: dict | None = None,
    ) -> None:
        self.name = name
        self.settings = settings or {}
        self._detector = check_detector(detector)

    @property
    @abstractmethod
    def num_keypoints(self) -> int:
        """Keypoints K of a face."""

    @property
    @abstractmethod
    def keypoint_names(self) -> list[str]:
        """The names of the keypoints, in order."""

    @property
    @abstractmethod
    def graph(self) -> np.ndarray | None:
        """The graph (K, k + 1), None where the model has none."""

    @property
    @abstractmethod
    def links(self) -> tuple[tuple[int, int], ...]:
        """The lines to draw: pairs of keypoints."""

    @abstractmethod
    def locate(
        self,
        images: Sequence[np.ndarray],
        boxes: Sequence[np.ndarray],
        batch_size: int,
        with_edges: bool,
    ) -> Located:
        """Predict keypoints in boxes.

        Args:
            images (Sequence[np.ndarray]): (H, W, 3) uint8, BGR.
            boxes (Sequence[np.ndarray]): Those of each image (N, 4), about
                the keypoints.
            batch_size (int): Boxes at once.
            with_edges (bool): Whether the edge weights are wanted.

        Returns:
            Located: Those of all boxes, in order.
        """

    @property
    def licence(self) -> str | None:
        """The licence of published weights, None where it is not known."""
        return self.settings.get('licence')

    @property
    def detector(self) -> FaceDetector:
        """What finds the faces; made when it is first needed."""
        if not isinstance(self._detector, FaceDetector):
            self._detector = build_detector(self._detector)
        return self._detector

    @overload
    def __call__(
        self, images: ImageLike, *args: Any, **kwargs: Any
    ) -> Faces: ...

    @overload
    def __call__(
        self, images: Sequence[ImageLike], *args: Any, **kwargs: Any
    ) -> list[Faces]: ...

    def __call__(
        self,
        images: ImageLike | Sequence[ImageLike],
        boxes: Sequence | np.ndarray | None = None,
        box_kind: str = LANDMARK_BOX,
        passes: int = 1,
        batch_size: int = 32,
        with_edges: bool = False,
    ) -> Faces | list[Faces]:
        """Find keypoints.

        Args:
            images (ImageLike | Sequence[ImageLike]): One image or a list of
                them: paths, arrays (grey, BGR or BGRA, 8 or 16 bits) or PIL
                images.
            boxes (Sequence | np.ndarray, optional): Face boxes (N, 4), x1,
                y1, x2, y2 in image px; for a list of images a list of them,
                with None where faces are to be found. Defaults to None: the
                detector finds the faces.
            box_kind (str): What your boxes are: ``landmarks`` (tight about
                the keypoints, as the models are trained), ``yunet``,
                ``haar``. Defaults to ``landmarks``.
            passes (int): With 2, each face is cropped again about its first
                keypoints, which mends boxes that are a little off. Defaults
                to 1.
            batch_size (int): Faces that are predicted at once. Defaults to
                32.
            with_edges (bool): Whether the weights of the graph's edges are
                given too, as ``faces.edges``. Defaults to False.

        Returns:
            Faces | list[Faces]: The faces of the image; for a list of images
            a list. A face keeps the order of your boxes; found faces come
            with the surest first.

        Raises:
            FileNotFoundError, ValueError, TypeError: An image cannot be
                read, or boxes are not boxes or lie outside it; the message
                says which.

        Example:
            >>> import numpy as np
            >>> from mmpose_scgcn import load_model
            >>> model = load_model('face68')
            >>> image = np.zeros((200, 200, 3), np.uint8)
            >>> faces = model(image, boxes=[[50, 50, 150, 150]])
            >>> faces.keypoints.shape, faces.scores.shape, faces.boxes.shape
            ((1, 68, 2), (1, 68), (1, 4))
        """
        for number in (passes, batch_size):
            if not isinstance(number, (int, np.integer)) or number < 1:
                raise ValueError(
                    'expected passes and batch_size of at least 1, got '
                    f'{passes!r} and {batch_size!r}'
                )
        if boxes is None and box_kind != LANDMARK_BOX:
            raise ValueError(
                f'box_kind={box_kind!r} says what your boxes are, and none '
                'are given: the faces are to be found'
            )
        sources: list[Any] = [images]
        given: list = [boxes]
        several = isinstance(images, (list, tuple))
        if isinstance(images, (list, tuple)):
            sources = list(images)
            given = _boxes_of_each(boxes, len(sources))
        pictures = [_read(source, n) for n, source in enumerate(sources)]
        found = [
            self._find(picture, own, box_kind, index)
            for index, (picture, own) in enumerate(
                zip(pictures, given, strict=True)
            )
        ]
        results = self.predict(pictures, found, batch_size, with_edges)
        for _ in range(passes - 1):
            again = [(f.landmark_boxes, f.box_scores) for f in results]
            results = self.predict(pictures, again, batch_size, with_edges)
        return results if several else results[0]

    def _find(
        self,
        image: np.ndarray,
        boxes: Sequence | np.ndarray | None,
        box_kind: str,
        index: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give boxes about the keypoints (N, 4), and scores (N,)."""
        if boxes is None:
            return self.detector(image)
        source = f'boxes of image {index}'
        checked = boxes_of_kind(boxes, box_kind, source)
        check_in_image(checked, image, source)
        return checked, np.ones(len(checked), np.float32)

    def predict(
        self,
        images: Sequence[np.ndarray],
        found: Sequence[tuple[np.ndarray, np.ndarray]],
        batch_size: int = 32,
        with_edges: bool = False,
    ) -> list[Faces]:
        """Predict keypoints in boxes about the keypoints.

        Args:
            images (Sequence[np.ndarray]): (H, W, 3) uint8, BGR.
            found (Sequence[tuple[np.ndarray, np.ndarray]]): For each image
                boxes (N, 4) and scores (N,).
            batch_size (int): Faces at once. Defaults to 32.
            with_edges (bool): See :meth:`__call__`.

        Returns:
            list[Faces]: Those of each image.

        Raises:
            ValueError: An image is longer than :data:`LONGEST_SIDE`.
        """
        for index, image in enumerate(images):
            check_sides(image, index)
        graph = self.require_graph() if with_edges else None
        links = self.links
        boxes = [np.asarray(own, np.float32) for own, _ in found]
        located = self.locate(images, boxes, batch_size, with_edges)
        results, start = [], 0
        for image, own, (_, box_scores) in zip(
            images, boxes, found, strict=True
        ):
            end = start + len(own)
            keypoints, scores, tight, edges = located.part(start, end)
            start = end
            if graph is not None and edges is None:
                edges = np.zeros((0, *graph.shape), np.float32)
            results.append(
                Faces(
                    keypoints,
                    scores,
                    own,
                    np.asarray(box_scores, np.float32),
                    image=image,
                    edges=edges,
                    neighbors=graph,
                    links=links,
                    source_boxes=tight,
                )
            )
        return results

    def require_graph(self) -> np.ndarray:
        """Give the graph (K, k + 1).

        Raises:
            ValueError: The model has none.
        """
        graph = self.graph
        if graph is None:
            raise ValueError(f'{self.name} has no graph: no edges to show')
        return graph


def check_sides(image: np.ndarray, index: int) -> None:
    """Check that OpenCV can make crops of an image.

    Args:
        image (np.ndarray): (H, W, 3).
        index (int): Its number, for the message.

    Raises:
        ValueError: It is longer than :data:`LONGEST_SIDE`.
    """
    height, width = image.shape[:2]
    if max(height, width) > LONGEST_SIDE:
        raise ValueError(
            f'image {index} has {width} x {height} px; expected sides of up '
            f'to {LONGEST_SIDE:,} px, as OpenCV takes: give a part of it, or '
            'a smaller one'
        )


def _boxes_of_each(boxes: Sequence | np.ndarray | None, count: int) -> list:
    """Give the boxes of each of several images, None where there are none.

    Raises:
        ValueError: Boxes for another number of images.
    """
    wanted = f'expected boxes for each of {count} images'
    try:
        given = [None] * count if boxes is None else list(boxes)
    except TypeError:
        raise ValueError(f'{wanted}, got {boxes!r}') from None
    if len(given) != count:
        raise ValueError(f'{wanted}, got {len(given)}')
    return given


def _read(source: ImageLike, number: int) -> np.ndarray:
    """Read an image; an error says which one of them it is."""
    try:
        return read_to_predict(source, number)
    except (TypeError, ValueError) as error:
        # Not of its own type: a UnicodeEncodeError takes other arguments.
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f'image {number}: {error}') from error
