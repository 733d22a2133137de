"""Graph relational head."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmpose_scgcn.models.layers import NodeEmbedding
from mmpose_scgcn.registry import MODELS

from torch import Tensor

from .graph_head import GraphHead


@MODELS.register_module()
class GraphRelationalHead(GraphHead):
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
        num_layers (int): Residual blocks of two relational layers. Defaults
            to 4.
        embed_channels (int): Channels between the two convolutions of the
            embedding. Defaults to 256.
        norm (str): Normalisation of the relational layers: ``layer``, or
            ``batch`` as in the released code
            (:class:`~mmpose_scgcn.models.layers.GraphRelation` says why it
            is not the default). Defaults to ``layer``.
        **kwargs: ``expansion`` (4), ``hidden_channels`` (128) and
            ``adjacency`` (``dynamic``) of :class:`GraphHead`; ``loss``,
            ``decoder`` and ``init_cfg`` of :class:`CoordinateHead`. Without
            an ``init_cfg``: Kaiming in the embedding, Xavier in the
            relational layers, zero where the edge weights and the offsets
            come out.

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
        num_layers: int = 4,
        embed_channels: int = 256,
        norm: str = 'layer',
        **kwargs: Any,
    ) -> None:
        super().__init__(
            in_channels,
            in_featuremap_size,
            num_keypoints,
            graph,
            top_k,
            **kwargs,
        )
        self.embedding = NodeEmbedding(
            in_channels, num_keypoints, self.expansion, embed_channels
        )
        self.add_relations(in_featuremap_size, num_layers, norm)

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
        offset = self.relate(self.check_map(feats))
        return self.graph.mean_shape + offset
