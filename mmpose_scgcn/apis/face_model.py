"""A model that goes from images to faces with keypoints."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, overload

from mmpose_scgcn.datasets.settings import plain_setting
from mmpose_scgcn.detection import (
    LANDMARK_BOX,
    FaceDetector,
    boxes_of_kind,
    build_detector,
)
from mmpose_scgcn.images import ImageLike, read_image
from mmpose_scgcn.structures import Faces
from mmpose_scgcn.structures.boxes import tight_boxes
from mmpose_scgcn.structures.outlines import outline

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.model import BaseModel
from mmengine.registry import init_default_scope
from torch import nn

from .edges import record_edges


class FaceModel:
    """Finds faces and their keypoints in images.

    :func:`mmpose_scgcn.load_model` makes it.

    Args:
        model (BaseModel): A top-down estimator with ``dataset_meta``.
        cfg (Config): Its config; the pipeline of the test set makes the
            crops.
        name (str): What to call it.
        detector: See :func:`mmpose_scgcn.detection.build_detector`.
            Defaults to ``auto``.
        settings (dict, optional): What a published file says about itself.
    """

    def __init__(
        self,
        model: BaseModel,
        cfg: Config,
        name: str,
        detector: Any = 'auto',
        settings: dict | None = None,
    ) -> None:
        self.model = model
        self.cfg = cfg
        self.name = name
        self.settings = settings or {}
        self._detector = detector
        init_default_scope(cfg.get('default_scope', 'mmpose'))
        self.pipeline = Compose(
            plain_setting(cfg.test_dataloader.dataset)['pipeline']
        )

    @property
    def num_keypoints(self) -> int:
        """Keypoints K of a face."""
        return int(self.model.dataset_meta['num_keypoints'])

    @property
    def keypoint_names(self) -> list[str]:
        """The names of the keypoints, in order."""
        names = self.model.dataset_meta['keypoint_id2name']
        return [names[index] for index in range(self.num_keypoints)]

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
                read, or boxes are not boxes; the message says which.

        Example:
            >>> import numpy as np
            >>> from mmpose_scgcn import load_model
            >>> model = load_model('face68')
            >>> image = np.zeros((200, 200, 3), np.uint8)
            >>> faces = model(image, boxes=[[50, 50, 150, 150]])
            >>> faces.keypoints.shape, faces.scores.shape, faces.boxes.shape
            ((1, 68, 2), (1, 68), (1, 4))
        """
        if passes < 1 or batch_size < 1:
            raise ValueError(
                'expected passes and batch_size of at least 1, got '
                f'{passes} and {batch_size}'
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
        checked = boxes_of_kind(boxes, box_kind, f'boxes of image {index}')
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
        """
        graph = self._graph() if with_edges else None
        links = self._links()
        samples = [
            self._sample(image, box)
            for image, (boxes, _) in zip(images, found, strict=True)
            for box in boxes
        ]
        keypoints, scores, tight, edges = self._run(
            samples, batch_size, with_edges
        )
        if graph is not None and edges is None:
            edges = np.zeros((0, *graph.shape), np.float32)
        counts = [len(boxes) for boxes, _ in found]
        ends = np.cumsum(counts)
        return [
            Faces(
                keypoints[end - count : end],
                scores[end - count : end],
                np.asarray(boxes, np.float32),
                np.asarray(box_scores, np.float32),
                image=image,
                edges=None if edges is None else edges[end - count : end],
                neighbors=graph,
                links=links,
                source_boxes=None
                if tight is None
                else tight[end - count : end],
            )
            for image, (boxes, box_scores), count, end in zip(
                images, found, counts, ends, strict=True
            )
        ]

    def _sample(self, image: np.ndarray, box: np.ndarray) -> dict:
        """Make a crop as the test set's pipeline does."""
        record = dict(
            img=image,
            bbox=np.asarray(box, np.float32)[None],
            bbox_score=np.ones(1, np.float32),
        )
        return self.pipeline({**record, **self.model.dataset_meta})

    def _run(
        self, samples: Sequence[dict], batch_size: int, with_edges: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray | None]:
        """Predict (N, K, 2) and (N, K), boxes (N, 4), edges (N, K, k + 1)."""
        keypoints = [np.zeros((0, self.num_keypoints, 2), np.float32)]
        scores = [np.zeros((0, self.num_keypoints), np.float32)]
        tight = []
        record: AbstractContextManager[list[np.ndarray]] = nullcontext([])
        if with_edges:
            record = record_edges(self.model)
        with record as edges:
            for start in range(0, len(samples), batch_size):
                batch = pseudo_collate(samples[start : start + batch_size])
                with torch.no_grad():
                    results = self.model.test_step(batch)
                for result in results:
                    instances = result.pred_instances
                    keypoints.append(_array(instances.keypoints))
                    scores.append(_array(instances.keypoint_scores))
                    if 'source_keypoints' in instances:
                        source = _array(instances.source_keypoints)
                        tight.append(tight_boxes(source))
        return (
            np.concatenate(keypoints),
            np.concatenate(scores),
            np.concatenate(tight) if tight else None,
            np.concatenate(edges) if edges else None,
        )

    def _graph(self) -> np.ndarray:
        """Find the head's graph (K, k + 1).

        Raises:
            ValueError: The model has none.
        """
        head = getattr(self.model, 'head', None)
        if head is None or not isinstance(
            getattr(head, 'adjacency', None), nn.Module
        ):
            raise ValueError(f'{self.name} has no graph: no edges to show')
        return head.graph.neighbors.cpu().numpy()

    def _links(self) -> tuple[tuple[int, int], ...]:
        """Find the lines to draw: the data set's skeleton, or outlines."""
        meta = self.model.dataset_meta
        links = meta.get('skeleton_links') or ()
        if not len(links):
            return outline(meta.get('dataset_name', ''))
        return tuple((int(a), int(b)) for a, b in links)


def _boxes_of_each(boxes: Sequence | np.ndarray | None, count: int) -> list:
    """Give the boxes of each of several images, None where there are none.

    Raises:
        ValueError: Boxes for another number of images.
    """
    given = [None] * count if boxes is None else list(boxes)
    if len(given) != count:
        raise ValueError(
            f'expected boxes for each of {count} images, got {len(given)}'
        )
    return given


def _read(source: ImageLike, number: int) -> np.ndarray:
    """Read an image; an error says which one of them it is."""
    try:
        return read_image(source)
    except (TypeError, ValueError) as error:
        raise type(error)(f'image {number}: {error}') from error


def _array(value: Any) -> np.ndarray:
    value = value.cpu().numpy() if isinstance(value, torch.Tensor) else value
    return np.asarray(value, np.float32)
