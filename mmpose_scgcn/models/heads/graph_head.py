"""What heads share that relate keypoints in a graph."""

from collections.abc import Mapping
from typing import Any

from mmpose_scgcn.models.layers import (
    GraphRelation,
    KeypointGraph,
    build_adjacency,
)
from mmpose_scgcn.models.losses import RelativeLocationLoss

from torch import Tensor, nn

from .coordinate_head import CoordinateHead


class GraphHead(CoordinateHead):
    r"""Base of the heads that propose keypoints by their relations.

    .. math::
        H_0 &= \mathrm{embed}(F) \in R^{K \times nHW} \\
        P &= \bar P + \mathrm{relate}(H_0, \mathrm{adjacency}(H_0))

    A subclass sets :attr:`embedding` and calls :meth:`add_relations`.

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
        adjacency (str): ``dynamic`` (edge weights follow the image),
            ``certainty`` (they follow how certain each node is), ``learned``
            or ``uniform``. Defaults to ``dynamic``.
        **kwargs: ``loss``, ``decoder`` and ``init_cfg`` of
            :class:`CoordinateHead`.

    Raises:
        ValueError: A graph of another size, or an unknown adjacency.
    """

    #: Gives (B, K n, H, W), or as well (B, K, n, H, W).
    embedding: nn.Module

    def __init__(
        self,
        in_channels: int,
        in_featuremap_size: tuple[int, int],
        num_keypoints: int,
        graph: Mapping | None = None,
        top_k: int = 3,
        expansion: int = 4,
        hidden_channels: int = 128,
        adjacency: str = 'dynamic',
        **kwargs: Any,
    ) -> None:
        super().__init__(in_channels, in_featuremap_size, **kwargs)
        self.num_keypoints = num_keypoints
        self.top_k = top_k
        self.expansion = expansion
        self.hidden_channels = hidden_channels
        self.kind_of_adjacency = adjacency
        self.graph = KeypointGraph(graph, num_keypoints, top_k)
        share_graph(self.graph, self.loss_module)

    def add_relations(
        self,
        map_size: tuple[int, int],
        num_layers: int,
        norm: str = 'layer',
    ) -> None:
        """Add the adjacency and the relational layers.

        Args:
            map_size (tuple[int, int]): Width and height of the map that is
                embedded.
            num_layers (int): Residual blocks of two relational layers.
            norm (str): See
                :class:`~mmpose_scgcn.models.layers.GraphRelation`. Defaults
                to ``layer``.

        Raises:
            ValueError: An unknown adjacency or norm.
        """
        width, height = map_size
        self.node_shape = (self.num_keypoints, self.expansion, height, width)
        self.adjacency = build_adjacency(
            self.kind_of_adjacency,
            self.num_keypoints,
            self.top_k,
            self.expansion,
        )
        self.relation = GraphRelation(
            self.expansion * width * height,
            self.hidden_channels,
            num_layers,
            norm=norm,
        )

    def relate(self, feature_map: Tensor) -> Tensor:
        """Find how far keypoints are from the mean shape.

        Args:
            feature_map (Tensor): (B, C, H, W).

        Returns:
            Tensor: Offsets (B, K, 2), normalised to the crop.
        """
        nodes = self.embedding(feature_map)
        # The batch alone is left open, for files of any number of faces.
        nodes = nodes.reshape(-1, *self.node_shape)  # (B, K, n, H, W)
        edge_weight = self.adjacency(nodes, self.graph.neighbors)
        return self.relation(
            nodes.flatten(2), self.graph.neighbors, edge_weight
        )


def share_graph(graph: KeypointGraph, loss: nn.Module) -> None:
    """Give a head's graph to relative losses without one.

    Args:
        graph (KeypointGraph): The head's.
        loss (nn.Module): Its loss.

    Raises:
        ValueError: A relative loss has a graph of another size.
    """
    for module in loss.modules():
        if isinstance(module, RelativeLocationLoss):
            if module.graph.ready:
                graph.check_same_keypoints(module.graph)
            else:
                module.graph = graph
