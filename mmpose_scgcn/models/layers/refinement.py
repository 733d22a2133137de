"""One step of relational refinement of keypoints."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .graph_relation import GraphConv, scatter_edges


class PointSampler(nn.Module):
    """Read a map around points.

    Args:
        radius (int): Of the window, in pixels of the map; (2 r + 1)^2 places
            are read around each point. Defaults to 1.
    """

    offsets: Tensor

    def __init__(self, radius: int = 1) -> None:
        super().__init__()
        steps = torch.arange(-radius, radius + 1, dtype=torch.float32)
        offsets = torch.stack(
            torch.meshgrid(steps, steps, indexing='xy'), dim=-1
        )
        self.register_buffer('offsets', offsets.flatten(0, 1), False)

    def forward(self, feature_map: Tensor, points: Tensor) -> Tensor:
        """Read.

        Args:
            feature_map (Tensor): (B, C, H, W).
            points (Tensor): (B, K, 2), normalised to the map: 0 and 1 are
                its edges.

        Returns:
            Tensor: (B, K, P C), P places of the window; zeros outside.
        """
        size = points.new_tensor(feature_map.shape[:-3:-1])  # W, H
        places = points[:, :, None] + self.offsets / size  # (B, K, P, 2)
        read = functional.grid_sample(
            feature_map,
            (2 * places - 1).to(feature_map.dtype),
            align_corners=False,
        )  # (B, C, K, P)
        return read.permute(0, 2, 3, 1).flatten(2)


class AttentiveAdjacency(nn.Module):
    r"""Edge weights from the two nodes of each edge.

    .. math::
        a_{ij} = \operatorname{softmax}_{j \in N_i} (q_i^T k_j / \sqrt d +
        b_{ij})

    Like :class:`~mmpose_scgcn.models.layers.DynamicAdjacency` they follow
    the image, and rows sum to one; but the weights of a keypoint are seen
    from its own and its neighbours' features, so that a neighbour that
    cannot be seen can count for less. At first all neighbours count alike.

    Args:
        channels (int): Of a node.
        num_keypoints (int): Keypoints K.
        top_k (int): Neighbours k of each.
    """

    def __init__(self, channels: int, num_keypoints: int, top_k: int) -> None:
        super().__init__()
        self.query = nn.Linear(channels, channels // 4)
        # A bias would add the same to all neighbours.
        self.key = nn.Linear(channels, channels // 4, bias=False)
        self.bias = nn.Parameter(torch.zeros(num_keypoints, top_k + 1))
        nn.init.zeros_(self.query.weight)
        nn.init.zeros_(self.query.bias)

    def forward(self, nodes: Tensor, neighbors: Tensor) -> Tensor:
        """Weigh the edges.

        Args:
            nodes (Tensor): (B, K, C).
            neighbors (Tensor): (K, k + 1) int64, self first.

        Returns:
            Tensor: (B, K, k + 1).
        """
        query, key = self.query(nodes), self.key(nodes)
        scale = query.shape[-1] ** -0.5
        logits = torch.einsum('bkc,bknc->bkn', query, key[:, neighbors])
        return (scale * logits + self.bias).softmax(-1)


class RefinementStep(nn.Module):
    """Move keypoints by what is seen where they are, and by their relations.

    Args:
        map_channels (int): Channels of the map.
        num_keypoints (int): Keypoints K.
        top_k (int): Neighbours k of each.
        channels (int): Channels of a node. Defaults to 128.
        num_layers (int): Residual graph layers. Defaults to 2.
        radius (int): Of the window that is read. Defaults to 1.
        adjacency (str): ``attentive`` or ``uniform``. Defaults to
            ``attentive``.

    Raises:
        ValueError: Another ``adjacency``.
    """

    def __init__(
        self,
        map_channels: int,
        num_keypoints: int,
        top_k: int,
        channels: int = 128,
        num_layers: int = 2,
        radius: int = 1,
        adjacency: str = 'attentive',
    ) -> None:
        super().__init__()
        if adjacency not in ('attentive', 'uniform'):
            raise ValueError(
                "adjacency: expected 'attentive' or 'uniform', got "
                f'{adjacency!r}'
            )
        self.sampler = PointSampler(radius)
        places = (2 * radius + 1) ** 2
        # What is read, where it is, and how sure it was.
        self.enter = nn.Linear(places * map_channels + 3, channels)
        self.identity = nn.Parameter(torch.zeros(num_keypoints, channels))
        nn.init.normal_(self.identity, std=0.02)
        self.norms = nn.ModuleList(
            nn.LayerNorm(channels) for _ in range(num_layers + 1)
        )
        self.layers = nn.ModuleList(
            GraphConv(channels, channels, bias=False)
            for _ in range(num_layers)
        )
        self.adjacency = (
            AttentiveAdjacency(channels, num_keypoints, top_k)
            if adjacency == 'attentive'
            else None
        )
        self.move = nn.Linear(channels, 2)
        nn.init.zeros_(self.move.weight)
        nn.init.zeros_(self.move.bias)

    def forward(
        self,
        feature_map: Tensor,
        points: Tensor,
        certainty: Tensor,
        neighbors: Tensor,
        nodes: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Refine.

        Args:
            feature_map (Tensor): (B, C, H, W).
            points (Tensor): Where the keypoints are (B, K, 2), normalised.
            certainty (Tensor): (B, K, 1).
            neighbors (Tensor): (K, k + 1) int64, self first.
            nodes (Tensor, optional): What the step before knew (B, K,
                channels). Defaults to None.

        Returns:
            tuple[Tensor, Tensor]: Offsets (B, K, 2), normalised, and nodes
            (B, K, channels).
        """
        read = self.sampler(feature_map, points)
        seen = torch.cat([read, points, certainty], dim=-1)
        entered = self.enter(seen) + self.identity
        nodes = entered if nodes is None else nodes + entered
        if self.adjacency is None:
            edge_weight = (
                torch.full_like(neighbors, 1, dtype=nodes.dtype).expand(
                    len(nodes), -1, -1
                )
                / neighbors.shape[1]
            )
        else:
            edge_weight = self.adjacency(nodes, neighbors)
        weights = scatter_edges(neighbors, edge_weight)
        for norm, layer in zip(self.norms[:-1], self.layers, strict=True):
            nodes = nodes + layer(norm(nodes).relu(), *weights)
        return self.move(self.norms[-1](nodes).relu()), nodes
