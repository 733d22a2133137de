"""Graph relational head."""

import warnings
from collections.abc import Mapping, Sequence

import torch
from mmpose.codecs import IntegralRegressionLabel, RegressionLabel
from mmpose.models import losses as mmpose_losses
from mmpose.models.heads.base_head import BaseHead
from mmpose.registry import KEYPOINT_CODECS
from torch import Tensor

from mmpose_scgcn.models.layers import (
    GraphRelation,
    KeypointGraph,
    NodeEmbedding,
    build_adjacency,
)
from mmpose_scgcn.models.losses import (
    CoordinateLoss,
    RelativeLocationLoss,
    StructureCoherentLoss,
)
from mmpose_scgcn.registry import MODELS

#: Input size that the published Soft Wing constants belong to, px.
LOSS_INPUT_SIZE = 256

#: Codecs whose labels are coordinates divided by the input size.
NORMALIZING_CODECS = (RegressionLabel, IntegralRegressionLabel)

#: Losses with constants in px; MMPose's cannot be told the input size.
PIXEL_LOSSES = (
    CoordinateLoss,
    RelativeLocationLoss,
    mmpose_losses.SoftWingLoss,
    mmpose_losses.WingLoss,
)


@MODELS.register_module()
class GraphRelationalHead(BaseHead):
    r"""Regress keypoints through their relations in a graph.

    .. math::
        H_0 &= \mathrm{embed}(F) \in R^{K \times nHW} \\
        A &= \mathrm{adjacency}(H_0) \\
        P &= \bar P + \mathrm{relate}(H_0, A) \in R^{K \times 2}

    "Structure-Coherent Deep Feature Learning for Robust Face Alignment"
    (TIP 2021), for any backbone that gives a C x H x W map and any
    keypoints. P is normalised to the crop, as MMPose's ``RegressionLabel``
    expects it, and starts at the graph's mean shape.

    Note:
        The paper's text, not the released training config, is followed
        where they differ: directed top-k neighbours, the dynamic adjacency,
        rows that sum to one. The mean shape as the start and the layer norm
        are ours.

    Args:
        in_channels (int): Channels C of the last feature map.
        in_featuremap_size (tuple[int, int]): Its width and height.
        num_keypoints (int): Keypoints K.
        graph (Mapping, optional): The graph, as ``tools/build_graph.py``
            writes it. Defaults to None: filled by ``GraphHook`` or from a
            checkpoint.
        top_k (int): Neighbours of each keypoint. Defaults to 3.
        expansion (int): Channels n per keypoint. Defaults to 4.
        hidden_channels (int): Channels of the relational layers. Defaults
            to 128.
        num_layers (int): Residual blocks of two relational layers. Defaults
            to 4.
        adjacency (str): ``dynamic`` (edge weights follow the image),
            ``learned`` or ``uniform``. Defaults to ``dynamic``.
        loss (Mapping, optional): Config of the loss. Defaults to None:
            ``StructureCoherentLoss`` in the decoder's ``input_size``, with
            target weights.
        decoder (Mapping, optional): Config of the codec. Defaults to None.
        init_cfg (Mapping, optional): MMEngine initialisation. Defaults to
            None: Kaiming in the embedding, Xavier in the relational layers,
            zero where the edge weights and the offsets come out.
        embed_channels (int): Channels between the two convolutions of the
            embedding. Defaults to 256.
        norm (str): Normalisation of the relational layers: ``layer``, or
            ``batch`` as in the released code
            (:class:`~mmpose_scgcn.models.layers.GraphRelation` says why it
            is not the default). Defaults to ``layer``.

    Raises:
        ValueError: A graph of another size, or an unknown adjacency or norm.
    """

    def __init__(
        self,
        in_channels: int,
        in_featuremap_size: tuple[int, int],
        num_keypoints: int,
        graph: Mapping | None = None,
        top_k: int = 3,
        expansion: int = 4,
        hidden_channels: int = 128,
        num_layers: int = 4,
        adjacency: str = 'dynamic',
        loss: Mapping | None = None,
        decoder: Mapping | None = None,
        init_cfg: Mapping | None = None,
        embed_channels: int = 256,
        norm: str = 'layer',
    ) -> None:
        super().__init__(init_cfg)
        width, height = in_featuremap_size
        self.map_shape = (in_channels, height, width)
        self.graph = KeypointGraph(graph, num_keypoints, top_k)
        self.embedding = NodeEmbedding(
            in_channels, num_keypoints, expansion, embed_channels
        )
        self.adjacency = build_adjacency(
            adjacency, num_keypoints, top_k, expansion
        )
        self.relation = GraphRelation(
            expansion * height * width,
            hidden_channels,
            num_layers,
            norm=norm,
        )
        self.decoder = decoder and KEYPOINT_CODECS.build(decoder)
        self.loss_module = MODELS.build(loss or self._default_loss())
        self._share_graph()
        self._check_units()

    def forward(self, feats: Sequence[Tensor]) -> Tensor:
        """Predict keypoints.

        Args:
            feats (Sequence[Tensor]): Feature maps; the last one,
                (B, C, H, W), is used.

        Returns:
            Tensor: (B, K, 2), normalised to the crop.

        Raises:
            RuntimeError: There is no graph yet.
            ValueError: The map is not of the configured size.
        """
        feature_map = feats[-1]
        self.graph.require()
        if feature_map.shape[1:] != self.map_shape:
            raise ValueError(
                'feature map: in_channels and in_featuremap_size promise '
                f'(C, H, W) = {self.map_shape}, got '
                f'{tuple(feature_map.shape[1:])}'
            )
        node_map = self.embedding(feature_map)  # (B, K, n, H, W)
        edge_weight = self.adjacency(node_map)  # (B, K, k + 1)
        offset = self.relation(
            node_map.flatten(2), self.graph.neighbors, edge_weight
        )
        return self.graph.mean_shape + offset

    def loss(
        self,
        feats: Sequence[Tensor],
        batch_data_samples: list,
        train_cfg: Mapping | None = None,
    ) -> dict[str, Tensor]:
        """Compute the losses of a batch, without leaving the device.

        Args:
            feats (Sequence[Tensor]): Feature maps.
            batch_data_samples (list[PoseDataSample]): With
                ``keypoint_labels`` (normalised) and ``keypoint_weights``.
            train_cfg (Mapping, optional): Not used.

        Returns:
            dict[str, Tensor]: ``loss_kpt``, with a relative term also
            ``loss_relative``, and for the log ``mean_error``: the mean
            distance of the keypoints that count, as a fraction of the crop.
        """
        output = self.forward(feats)
        labels = [d.gt_instance_labels for d in batch_data_samples]
        target = torch.cat([d.keypoint_labels for d in labels])
        weight = torch.cat([d.keypoint_weights for d in labels])
        inputs = (output, target, weight.unsqueeze(-1))
        if isinstance(self.loss_module, StructureCoherentLoss):
            losses = self.loss_module.terms(*inputs)
        else:
            losses = dict(loss_kpt=self.loss_module(*inputs))
        losses['mean_error'] = _mean_distance(output.detach(), target, weight)
        return losses

    def predict(
        self,
        feats: Sequence[Tensor] | list[Sequence[Tensor]],
        batch_data_samples: list,
        test_cfg: Mapping | None = None,
    ) -> list:
        """Predict and decode keypoints.

        Args:
            feats (Sequence[Tensor] | list[Sequence[Tensor]]): Feature maps;
                for a flip test those of the images and of the mirrored
                images.
            batch_data_samples (list[PoseDataSample]): For ``flip_indices``
                and ``input_size``.
            test_cfg (Mapping, optional): ``flip_test`` and ``shift_coords``
                (default True: pixel centres mirror onto pixel centres).

        Returns:
            list[InstanceData]: ``keypoints`` in crop px, and
            ``keypoint_scores``.
        """
        test_cfg = test_cfg or {}
        if test_cfg.get('flip_test', False):
            feats, feats_flip = feats
            meta = batch_data_samples[0].metainfo
            mirrored = mirror_coordinates(
                self.forward(feats_flip),
                meta['flip_indices'],
                meta['input_size'][0]
                if test_cfg.get('shift_coords', True)
                else None,
            )
            output = (self.forward(feats) + mirrored) * 0.5
        else:
            output = self.forward(feats)
        return self.decode(output.unsqueeze(1))  # (B, N=1, K, 2)

    def _default_loss(self) -> dict:
        size = _input_size(self.decoder)
        if size is not None and max(size) != LOSS_INPUT_SIZE:
            warnings.warn(
                'the default loss has the published Soft Wing constants, px '
                f'of a {LOSS_INPUT_SIZE} px input, and this input is {size}: '
                'state the loss in the config, with omega1, omega2 and '
                'epsilon scaled to the input',
                stacklevel=3,
            )
        return dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            input_size=size,
            use_target_weight=True,
        )

    def _share_graph(self) -> None:
        """Give the head's graph to relative losses without one."""
        for module in self.loss_module.modules():
            if isinstance(module, RelativeLocationLoss):
                if module.graph.ready:
                    self.graph.check_same_keypoints(module.graph)
                else:
                    module.graph = self.graph

    def _check_units(self) -> None:
        """Warn where thresholds in pixels would meet normalised labels."""
        if not isinstance(self.decoder, NORMALIZING_CODECS):
            return
        for name, module in self.loss_module.named_modules():
            if name.endswith('penalty') or not isinstance(
                module, PIXEL_LOSSES
            ):
                continue
            if getattr(module, 'input_size', None) is None:
                kind = type(module).__name__
                warnings.warn(
                    f'{type(self.decoder).__name__} normalises the labels, '
                    f'but {kind} has no input_size: its constants count as '
                    'fractions of the crop, not px. Use '
                    f"type='mmpose_scgcn.{kind}' with "
                    f'input_size={_input_size(self.decoder)}',
                    stacklevel=3,
                )


def _input_size(decoder) -> tuple[int, int] | None:
    """Find the codec's (w, h); IntegralRegressionLabel keeps it inside."""
    codec = getattr(decoder, 'keypoint_codec', decoder)
    size = getattr(codec, 'input_size', None)
    return None if size is None else tuple(size)


def mirror_coordinates(
    coordinates: Tensor, flip_indices: Sequence[int], width: int | None
) -> Tensor:
    """Map predictions on mirrored images back to the images.

    Args:
        coordinates (Tensor): (B, K, 2), normalised: crop px / (w, h).
        flip_indices (Sequence[int]): The partner of each keypoint.
        width (int, optional): Width of the crop, px: pixel x mirrors to
            ``width - 1 - x``. None mirrors to ``width - x``.

    Returns:
        Tensor: (B, K, 2), normalised; a new tensor.
    """
    edge = 1.0 if width is None else 1.0 - 1.0 / width
    partner = coordinates[:, list(flip_indices)]
    return torch.stack([edge - partner[..., 0], partner[..., 1]], dim=-1)


def _mean_distance(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean distance (B, K, 2) of keypoints with weight (B, K), a scalar."""
    distance = torch.linalg.vector_norm(output.float() - target, dim=-1)
    counted = weight > 0
    total = torch.where(counted, distance, 0.0).sum()
    return total / counted.sum().clamp_min(1)
