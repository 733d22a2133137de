"""Estimators as functions of an image alone, for export.

Each gives what ``model.json`` promises: keypoints in px of the crop, with
pixel centres at whole numbers.
"""

from abc import abstractmethod
from collections.abc import Callable

from mmpose_scgcn.models.heads.coordinate_head import CoordinateHead
from mmpose_scgcn.models.pose_estimators import (
    AdaptedEstimator,
    TwoStageEstimator,
)
from mmpose_scgcn.models.units import codec_input_size

import torch
from mmengine.model import BaseModel
from mmpose.models.heads import RegressionHead, RTMCCHead
from torch import Tensor, nn


class ImageGraph(nn.Module):
    """An estimator in evaluation mode, from images to named outputs.

    Args:
        model (BaseModel): The estimator.
        size (tuple[int, int]): Width and height of its crops, px.
    """

    def __init__(self, model: BaseModel, size: tuple[int, int]) -> None:
        super().__init__()
        self.model = model
        width, height = size
        self.size = (width, height)
        self.register_buffer('sides', torch.tensor([float(s) for s in size]))
        self.eval()

    sides: Tensor

    @abstractmethod
    def outputs(self, image: Tensor) -> dict[str, Tensor]:
        """Compute the outputs by name, of images (N, 3, H, W)."""

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Compute the outputs, of images (N, 3, H, W), in order."""
        return tuple(self.outputs(image).values())

    @torch.no_grad()
    def names(self) -> list[str]:
        """Find the names of the outputs, in order."""
        width, height = self.size
        return list(self.outputs(torch.zeros(2, 3, height, width)))


class CoordinateGraph(ImageGraph):
    """An estimator with one of our heads."""

    def outputs(self, image: Tensor) -> dict[str, Tensor]:
        """Give ``keypoints``, and ``scores`` and ``edges`` if there are."""
        head, edges = self.model.head, []
        adjacency = getattr(head, 'adjacency', None)
        hook = None
        if isinstance(adjacency, nn.Module):
            hook = adjacency.register_forward_hook(
                lambda module, inputs, output: edges.append(output)
            )
        try:
            points, scores = head.locate(self.model.extract_feat(image))
        finally:
            if hook is not None:
                hook.remove()
        found = dict(keypoints=points * self.sides)
        if scores is not None:
            found['scores'] = scores
        # A constant would need no image, and is no output that depends on N.
        return dict(found, edges=edges[-1]) if edges else found


class RegressionGraph(ImageGraph):
    """An estimator with MMPose's ``RegressionHead``."""

    def outputs(self, image: Tensor) -> dict[str, Tensor]:
        """Give ``keypoints``."""
        points = self.model.head(self.model.extract_feat(image))
        return dict(keypoints=points * self.sides)


class SimCCGraph(ImageGraph):
    """An estimator with MMPose's ``RTMCCHead``."""

    def outputs(self, image: Tensor) -> dict[str, Tensor]:
        """Give ``simcc_x`` and ``simcc_y``."""
        x, y = self.model.head(self.model.extract_feat(image))
        return dict(simcc_x=x, simcc_y=y)


class TwoStageGraph(ImageGraph):
    """A two-stage estimator; its resampling is inside."""

    def outputs(self, image: Tensor) -> dict[str, Tensor]:
        """Give ``keypoints`` of the second stage, and ``scores`` if any."""
        fine, _, scores = self.model._locate(image)
        found = dict(keypoints=fine * self.sides)
        return found if scores is None else dict(found, scores=scores)


class AdaptedGraph(ImageGraph):
    """An estimator and the map of its keypoints.

    Args:
        model (AdaptedEstimator): The estimator.
        inner (ImageGraph): The graph of what it adapts.
    """

    def __init__(self, model: BaseModel, inner: ImageGraph) -> None:
        super().__init__(model, inner.size)
        self.inner = inner

    def outputs(self, image: Tensor) -> dict[str, Tensor]:
        """Give ``keypoints``, and what the estimator itself finds."""
        source = self.inner.outputs(image)
        adapter = self.model.adapter
        found = dict(keypoints=adapter(source['keypoints']))
        if 'scores' in source:
            found['scores'] = adapter.adapt_scores(source['scores'])
            found['source_scores'] = source['scores']
        return dict(found, source_keypoints=source['keypoints'])


class AdapterGraph(nn.Module):
    """The map of an adapted estimator's keypoints alone, any px.

    Args:
        model (AdaptedEstimator): The estimator.
    """

    def __init__(self, model: AdaptedEstimator) -> None:
        super().__init__()
        self.adapter = model.adapter
        self.eval()

    def forward(self, points: Tensor, scores: Tensor) -> tuple:
        """Adapt keypoints (N, K, 2) and scores (N, K)."""
        return self.adapter(points), self.adapter.adapt_scores(scores)


def graph_of(model: BaseModel) -> ImageGraph:
    """Make the graph of an estimator.

    Args:
        model (BaseModel): On the CPU.

    Returns:
        ImageGraph: In evaluation mode.

    Raises:
        ValueError: This kind of estimator or head is not exported.
    """
    if isinstance(model, AdaptedEstimator):
        inner = graph_of(model.estimator)
        if isinstance(inner, SimCCGraph):
            raise ValueError(
                'an adapted model with a head that gives SimCC vectors is '
                'not exported; expected one that regresses coordinates'
            )
        return AdaptedGraph(model, inner)
    if (model.test_cfg or {}).get('output_keypoint_indices') is not None:
        raise ValueError(
            'test_cfg.output_keypoint_indices is not exported; choose the '
            'keypoints from the result'
        )
    if isinstance(model, TwoStageEstimator):
        return TwoStageGraph(model, model.input_size)
    return _head_graph(model)


def _head_graph(model: BaseModel) -> ImageGraph:
    """Make the graph of an estimator by its head."""
    head = getattr(model, 'head', None)
    codec = getattr(head, 'decoder', None)
    size = codec_input_size(codec)
    kinds: dict[type, Callable[..., ImageGraph]] = {
        CoordinateHead: CoordinateGraph,
        RegressionHead: RegressionGraph,
        RTMCCHead: SimCCGraph,
    }
    kind = next((k for h, k in kinds.items() if isinstance(head, h)), None)
    if kind is None or size is None:
        raise ValueError(
            f'{type(model).__name__} with {type(head).__name__} is not '
            'exported; expected a head of mmpose_scgcn, RegressionHead or '
            'RTMCCHead, with a decoder'
        )
    for setting in ('use_dark', 'decode_visibility'):
        if getattr(codec, setting, False):
            raise ValueError(
                f'the decoder has {setting}=True, which the exported model '
                'cannot do; set it to False'
            )
    return kind(model, size)
