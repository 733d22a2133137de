"""Graph convolutions and the residual stack of the relational head."""

from typing import TypeAlias

import torch
from torch import Tensor, nn

#: Up to so many keypoints a dense adjacency is as fast as lists of neighbours
#: or faster (measured at 68 and 98); its cost grows with their square.
DENSE_UP_TO = 128


class DenseEdges:
    """Edges as a matrix.

    Args:
        own (Tensor): (B, K, 1).
        matrix (Tensor): (B, K, K), zero where there is no edge and on the
            diagonal.
    """

    def __init__(self, own: Tensor, matrix: Tensor) -> None:
        self.own = own
        self.matrix = matrix

    def sum_neighbors(self, nodes: Tensor) -> Tensor:
        """Sum the weighted neighbours: (B, K, C) to (B, K, C)."""
        return self.matrix @ nodes

    def to(self, dtype: torch.dtype) -> 'DenseEdges':
        """Convert the weights."""
        return DenseEdges(self.own.to(dtype), self.matrix.to(dtype))


class ListedEdges:
    """Edges as lists of neighbours.

    Args:
        own (Tensor): (B, K, 1).
        near (Tensor): (K, k) int64.
        weight (Tensor): (B, K, k).
    """

    def __init__(self, own: Tensor, near: Tensor, weight: Tensor) -> None:
        self.own = own
        self.near = near
        self.weight = weight

    def sum_neighbors(self, nodes: Tensor) -> Tensor:
        """Sum the weighted neighbours: (B, K, C) to (B, K, C)."""
        # One list of rows is gathered three times as fast as a table.
        around = nodes.index_select(1, self.near.flatten())
        around = around.reshape(-1, *self.near.shape, nodes.shape[-1])
        return (self.weight[..., None].to(nodes.dtype) * around).sum(2)

    def to(self, dtype: torch.dtype) -> 'ListedEdges':
        """Convert the weights."""
        return ListedEdges(
            self.own.to(dtype), self.near, self.weight.to(dtype)
        )


#: Weighted edges, as a graph convolution needs them.
Edges: TypeAlias = DenseEdges | ListedEdges


def make_edges(neighbors: Tensor, edge_weight: Tensor) -> Edges:
    """Bring edges into the form that is faster for their number.

    Args:
        neighbors (Tensor): (K, k + 1) int64, self first.
        edge_weight (Tensor): (B, K, k + 1), in the same order.

    Returns:
        Edges: A matrix for up to ``DENSE_UP_TO`` keypoints, else lists.
    """
    own, weight = edge_weight[..., :1], edge_weight[..., 1:]
    near = neighbors[:, 1:]
    batch, num_keypoints, _ = edge_weight.shape
    if num_keypoints > DENSE_UP_TO:
        return ListedEdges(own, near, weight)
    matrix = edge_weight.new_zeros(batch, num_keypoints, num_keypoints)
    return DenseEdges(
        own, matrix.scatter(2, near.expand(batch, -1, -1), weight)
    )


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

    def forward(self, nodes: Tensor, edges: Edges) -> Tensor:
        """Convolve.

        Args:
            nodes (Tensor): (B, K, in_channels).
            edges (Edges): Of :func:`make_edges`.

        Returns:
            Tensor: (B, K, out_channels).
        """
        own, others = self.weight(nodes).chunk(2, dim=-1)
        out = edges.own * own + edges.sum_neighbors(others)
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

    def forward(self, nodes: Tensor, edges: Edges) -> Tensor:
        return self.norm(self.conv(nodes, edges)).relu()  # (B, K, C)


class _Block(nn.ModuleList):
    """Two layers and what they are added to."""

    def forward(self, nodes: Tensor, edges: Edges) -> Tensor:
        first, second = self
        return nodes + second(first(nodes, edges), edges)


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
        edges = make_edges(neighbors, edge_weight.to(nodes.dtype))
        nodes = self.stem(nodes, edges)
        for block in self.blocks:
            nodes = block(nodes, edges)
        # Coordinates need more than the 8 bits of bfloat16.
        with torch.autocast(nodes.device.type, enabled=False):
            full = self.out.weight.weight.dtype
            return self.out(nodes.to(full), edges.to(full))
