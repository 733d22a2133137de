"""A model of PyTorch that goes from images to faces with keypoints."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

from mmpose_scgcn.datasets.settings import prediction_setting
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
from .face_predictor import FacePredictor
from .located import Located


class FaceModel(FacePredictor):
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

    Example:
        >>> from mmpose_scgcn import load_model
        >>> model = load_model('face68')
        >>> model.name, model.graph.shape
        ('face68', (68, 4))
    """

    def __init__(
        self,
        model: BaseModel,
        cfg: Config,
        name: str,
        detector: Any = 'auto',
        settings: dict | None = None,
    ) -> None:
        super().__init__(name, detector, settings)
        self.model = model
        self.cfg = cfg
        init_default_scope(cfg.get('default_scope', 'mmpose'))
        self.pipeline = Compose(prediction_setting(cfg)['pipeline'])

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
    def graph(self) -> np.ndarray | None:
        """The head's graph (K, k + 1), None where it has none."""
        head = getattr(self.model, 'head', None)
        if head is None or not isinstance(
            getattr(head, 'adjacency', None), nn.Module
        ):
            return None
        return head.graph.neighbors.cpu().numpy()

    @property
    def links(self) -> tuple[tuple[int, int], ...]:
        """The lines to draw: the data set's skeleton, or outlines."""
        meta = self.model.dataset_meta
        links = meta.get('skeleton_links') or ()
        if not len(links):
            return outline(meta.get('dataset_name', ''))
        return tuple((int(a), int(b)) for a, b in links)

    def locate(
        self,
        images: Sequence[np.ndarray],
        boxes: Sequence[np.ndarray],
        batch_size: int,
        with_edges: bool,
    ) -> Located:
        """Predict the boxes of images; see :meth:`FacePredictor.locate`."""
        samples = [
            self._sample(image, box)
            for image, found in zip(images, boxes, strict=True)
            for box in found
        ]
        record: AbstractContextManager[list[np.ndarray]] = nullcontext([])
        if with_edges:
            record = record_edges(self.model)
        batches = []
        with record as edges:
            for start in range(0, len(samples), batch_size):
                batch = samples[start : start + batch_size]
                batches.append(self._locate_batch(batch))
        located = Located.join(batches, self.num_keypoints)
        if not edges:
            return located
        return replace(located, edges=np.concatenate(edges))

    def _sample(self, image: np.ndarray, box: np.ndarray) -> dict:
        """Make a crop as the test set's pipeline does."""
        record = dict(
            img=image,
            bbox=np.asarray(box, np.float32)[None],
            bbox_score=np.ones(1, np.float32),
        )
        return self.pipeline({**record, **self.model.dataset_meta})

    def _locate_batch(self, samples: Sequence[dict]) -> Located:
        """Predict crops."""
        with torch.no_grad():
            results = self.model.test_step(pseudo_collate(samples))
        found = [result.pred_instances for result in results]
        tight = None
        if 'source_keypoints' in found[0]:
            tight = np.concatenate(
                [tight_boxes(_array(i.source_keypoints)) for i in found]
            )
        return Located(
            np.concatenate([_array(i.keypoints) for i in found]),
            np.concatenate([_array(i.keypoint_scores) for i in found]),
            tight,
        )


def _array(value: Any) -> np.ndarray:
    value = value.cpu().numpy() if isinstance(value, torch.Tensor) else value
    return np.asarray(value, np.float32)
