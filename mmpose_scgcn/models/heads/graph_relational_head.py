"""Graph relational head."""

from collections.abc import Mapping, Sequence

from mmpose_scgcn.models.layers import (
    GraphRelation,
    KeypointGraph,
    NodeEmbedding,
    build_adjacency,
)
from mmpose_scgcn.models.losses import (
    RelativeLocationLoss,
    StructureCoherentLoss,
)
from mmpose_scgcn.registry import MODELS

import torch
from mmpose.models.heads.base_head import BaseHead
from mmpose.registry import KEYPOINT_CODECS
from torch import Tensor

from .mirror import mirror_coordinates
from .units import default_loss, warn_of_units


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
        self.loss_module = MODELS.build(loss or default_loss(self.decoder))
        self._share_graph()
        warn_of_units(self.loss_module, self.decoder)

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

    def _share_graph(self) -> None:
        """Give the head's graph to relative losses without one."""
        for module in self.loss_module.modules():
            if isinstance(module, RelativeLocationLoss):
                if module.graph.ready:
                    self.graph.check_same_keypoints(module.graph)
                else:
                    module.graph = self.graph


def _mean_distance(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean distance (B, K, 2) of keypoints with weight (B, K), a scalar."""
    distance = torch.linalg.vector_norm(output.float() - target, dim=-1)
    counted = weight > 0
    total = torch.where(counted, distance, 0.0).sum()
    return total / counted.sum().clamp_min(1)
