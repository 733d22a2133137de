"""Graph convolutions and the residual stack of the relational head."""

import torch
from torch import Tensor, nn


class GraphConv(nn.Module):
    r"""Graph convolution with separate self and neighbour weights.

    .. math::
        y_i = a_{ii}\, x_i W_0 + \sum_{j \in N_i} a_{ij}\, x_j W_1 + b

    As in the released code of "Structure-Coherent Deep Feature Learning for
    Robust Face Alignment" (TIP 2021): one row-normalised adjacency weighs
    the keypoint itself and its neighbours.

    Args:
        in_channels (int): Input channels.
        out_channels (int): Output channels.
        bias (bool): Whether to add b. Defaults to True.
    """

    def __init__(
        self, in_channels: int, out_channels: int, bias: bool = True
    ) -> None:
        super().__init__()
        # W_0 and W_1 side by side: one matrix product.
        self.weight = nn.Linear(in_channels, 2 * out_channels, bias=False)
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        nn.init.xavier_uniform_(self.weight.weight[:out_channels], 2**0.5)
        nn.init.xavier_uniform_(self.weight.weight[out_channels:], 2**0.5)

    def forward(
        self, nodes: Tensor, self_weight: Tensor, neighbor_weight: Tensor
    ) -> Tensor:
        """Convolve.

        Args:
            nodes (Tensor): (B, K, in_channels).
            self_weight (Tensor): (B, K, 1).
            neighbor_weight (Tensor): Dense (B, K, K), zero diagonal.

        Returns:
            Tensor: (B, K, out_channels).
        """
        own, others = self.weight(nodes).chunk(2, dim=-1)
        out = self_weight * own + neighbor_weight @ others
        return out if self.bias is None else out + self.bias


class _NodeBatchNorm(nn.BatchNorm1d):
    """Batch norm of (B, K, C) over images and nodes."""

    def forward(self, nodes: Tensor) -> Tensor:
        return super().forward(nodes.transpose(1, 2)).transpose(1, 2)


_NORMS = dict(layer=nn.LayerNorm, batch=_NodeBatchNorm)


class _Layer(nn.Module):
    """Graph convolution, normalisation, ReLU."""

    def __init__(self, in_channels: int, out_channels: int, norm: str) -> None:
        super().__init__()
        self.conv = GraphConv(in_channels, out_channels, bias=False)
        self.norm = _NORMS[norm](out_channels)

    def forward(self, nodes: Tensor, *weights: Tensor) -> Tensor:
        return self.norm(self.conv(nodes, *weights)).relu()  # (B, K, C)


class _Block(nn.ModuleList):
    """Two layers and what they are added to."""

    def forward(self, nodes: Tensor, *weights: Tensor) -> Tensor:
        first, second = self
        return nodes + second(first(nodes, *weights), *weights)


class GraphRelation(nn.Module):
    """The graph relational layers: one in, residual blocks, one out.

    Note:
        The released code normalises with batch norm over all nodes. There
        unusually large activations of an image or keypoint stay large
        relative to the rest through every layer and multiply, until single
        keypoints end up several crop widths away. Layer norm, the default,
        gives each node its own scale, which also bounds the output by the
        weights of the last layer.

    Args:
        in_channels (int): Channels of a node.
        hidden_channels (int): Channels within. Defaults to 128.
        num_layers (int): Residual blocks of two layers. Defaults to 4.
        out_channels (int): Channels of the result. Defaults to 2. The last
            layer starts at zero.
        norm (str): ``layer`` or ``batch``. Defaults to ``layer``.

    Raises:
        ValueError: An unknown ``norm``.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int = 128,
        num_layers: int = 4,
        out_channels: int = 2,
        norm: str = 'layer',
    ) -> None:
        super().__init__()
        if norm not in _NORMS:
            raise ValueError(
                f"norm: expected 'layer' or 'batch', got {norm!r}"
            )
        hidden = (hidden_channels, hidden_channels, norm)
        self.stem = _Layer(in_channels, hidden_channels, norm)
        self.blocks = nn.ModuleList(
            _Block([_Layer(*hidden), _Layer(*hidden)])
            for _ in range(num_layers)
        )
        self.out = GraphConv(hidden_channels, out_channels)
        nn.init.zeros_(self.out.weight.weight)

    def forward(
        self, nodes: Tensor, neighbors: Tensor, edge_weight: Tensor
    ) -> Tensor:
        """Relate the nodes to each other.

        Args:
            nodes (Tensor): (B, K, C).
            neighbors (Tensor): (K, k + 1) int64, self first.
            edge_weight (Tensor): (B, K, k + 1), in the same order.

        Returns:
            Tensor: (B, K, out_channels).
        """
        weights = scatter_edges(neighbors, edge_weight.to(nodes.dtype))
        nodes = self.stem(nodes, *weights)
        for block in self.blocks:
            nodes = block(nodes, *weights)
        # Coordinates need more than the 8 bits of bfloat16.
        with torch.autocast(nodes.device.type, enabled=False):
            full = self.out.weight.weight.dtype
            return self.out(nodes.to(full), *(w.to(full) for w in weights))


def scatter_edges(
    neighbors: Tensor, edge_weight: Tensor
) -> tuple[Tensor, Tensor]:
    """Spread edge weights into self weights and a dense adjacency.

    Args:
        neighbors (Tensor): (K, k + 1) int64, self first.
        edge_weight (Tensor): (B, K, k + 1), in the same order.

    Returns:
        tuple[Tensor, Tensor]: (B, K, 1) and (B, K, K) with zero diagonal.
    """
    batch, num_keypoints, _ = edge_weight.shape
    index = neighbors[:, 1:].expand(batch, -1, -1)
    dense = edge_weight.new_zeros(batch, num_keypoints, num_keypoints)
    dense = dense.scatter(2, index, edge_weight[..., 1:])
    return edge_weight[..., :1], dense
