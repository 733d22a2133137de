"""Graph relational head."""

from collections.abc import Mapping, Sequence

from mmpose_scgcn.models.layers import (
    GraphRelation,
    KeypointGraph,
    NodeEmbedding,
    build_adjacency,
)
from mmpose_scgcn.registry import MODELS

from torch import Tensor

from .coordinate_head import CoordinateHead, share_graph


@MODELS.register_module()
class GraphRelationalHead(CoordinateHead):
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
        super().__init__(
            in_channels, in_featuremap_size, loss, decoder, init_cfg
        )
        _, height, width = self.map_shape
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
        share_graph(self.graph, self.loss_module)

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
        self.graph.require()
        feature_map = self.check_map(feats)
        node_map = self.embedding(feature_map)  # (B, K, n, H, W)
        edge_weight = self.adjacency(node_map)  # (B, K, k + 1)
        offset = self.relation(
            node_map.flatten(2), self.graph.neighbors, edge_weight
        )
        return self.graph.mean_shape + offset
