"""Weights of the graph's edges: from the image, learned, or all equal."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

#: Most hidden units of the dynamic adjacency: its cost grows with K, and not
#: with the square of K, from here on.
MOST_UNITS = 512

#: Hidden units of a node's certainty.
_CERTAINTY_UNITS = 8


class DynamicAdjacency(nn.Module):
    r"""Edge weights that follow the image.

    .. math::
        a = \operatorname{softmax}_{row}(W_2\, \mathrm{ReLU}(W_1\,
        \mathrm{GAP}(H_0)))

    Global average pooling of every node channel and two fully connected
    layers give one value per edge, K (k + 1) in all ("Structure-Coherent
    Deep Feature Learning for Robust Face Alignment", TIP 2021); the weights
    of each row sum to one.

    Note:
        The released code normalises after adding a batch norm, for 470
        hard-coded edges, and transposes the result, so that columns sum to
        one; the paper describes neither. The last layer starts at zero: at
        first all neighbours count alike. There are K n / 2 hidden units, but
        512 at most, which the paper's graphs do not reach; a checkpoint with
        more brings them.

    Args:
        num_keypoints (int): Keypoints K.
        top_k (int): Neighbours k of each.
        expansion (int): Node channels n.
    """

    def __init__(self, num_keypoints: int, top_k: int, expansion: int) -> None:
        super().__init__()
        channels = num_keypoints * expansion
        units = min(channels // 2, MOST_UNITS)
        self.num_keypoints = num_keypoints
        self.squeeze = nn.Linear(channels, units)
        self.weigh = nn.Linear(units, num_keypoints * (top_k + 1))
        nn.init.zeros_(self.weigh.weight)
        nn.init.zeros_(self.weigh.bias)
        #: Whether weights have taken another shape since.
        self.resized = False

    def forward(self, node_map: Tensor, neighbors: Tensor) -> Tensor:
        """Weigh the edges.

        Args:
            node_map (Tensor): (B, K, n, H, W).
            neighbors (Tensor): (K, k + 1) int64, self first; its shape alone
                is used.

        Returns:
            Tensor: (B, K, k + 1).
        """
        pooled = node_map.mean(dim=(-2, -1)).flatten(1)  # (B, K * n)
        logits = self.weigh(self.squeeze(pooled).relu())  # (B, K * (k + 1))
        # Not unflatten, in which a traced file keeps the batch of the trace.
        return logits.reshape(-1, *neighbors.shape).softmax(-1)

    def adopt_shapes(self, state_dict: Mapping, prefix: str) -> None:
        """Take as many hidden units as a state dict of this K and k has.

        Args:
            state_dict (Mapping): Of a whole model.
            prefix (str): Of this module's names in it, such as
                ``head.adjacency.``.
        """
        squeeze, weigh = self.squeeze, self.weigh
        bias = state_dict.get(f'{prefix}squeeze.bias')
        units = squeeze.out_features if bias is None else len(bias)
        shapes = {
            'squeeze.weight': (units, squeeze.in_features),
            'weigh.weight': (weigh.out_features, units),
        }
        if units == squeeze.out_features or any(
            getattr(state_dict.get(f'{prefix}{name}'), 'shape', None) != shape
            for name, shape in shapes.items()
        ):
            return
        self.resized = True
        squeeze.out_features = weigh.in_features = units
        # The parameters stay the same objects: an optimiser has them.
        squeeze.weight.data = squeeze.weight.new_zeros(
            units, squeeze.in_features
        )
        squeeze.bias.data = squeeze.bias.new_zeros(units)
        weigh.weight.data = weigh.weight.new_zeros(weigh.out_features, units)

    def _load_from_state_dict(
        self, state_dict: dict, prefix: str, *args: Any
    ) -> None:
        self.adopt_shapes(state_dict, prefix)
        super()._load_from_state_dict(state_dict, prefix, *args)


def adopt_shapes(model: nn.Module, state_dict: Mapping) -> None:
    """Give a model the numbers of hidden units that a state dict has.

    Args:
        model (nn.Module): Not wrapped.
        state_dict (Mapping): Of the whole model.
    """
    for name, module in model.named_modules():
        if isinstance(module, DynamicAdjacency):
            module.adopt_shapes(state_dict, f'{name}.')


def is_resized(model: nn.Module) -> bool:
    """Tell whether weights have other shapes than when the model was built."""
    return any(
        isinstance(module, DynamicAdjacency) and module.resized
        for module in model.modules()
    )


class CertaintyAdjacency(nn.Module):
    r"""Edge weights that follow how certain each node is.

    .. math::
        c_j &= w_j^T \mathrm{ReLU}(W_j [\mathrm{GAP}(H_j),
        \mathrm{GMP}(H_j)] + b_j) \\
        a_i &= \operatorname{softmax}_j(l_{ij} + c_j), \quad
        j \in \{i\} \cup N_i

    A node's certainty c comes from the mean and the maximum of its own
    channels alone, and counts for every edge that leaves it: a keypoint that
    is covered can lose influence on all its neighbours at once. In
    :class:`DynamicAdjacency` each edge has to learn that from the means of
    all nodes. The l are one trained value per edge.

    Note:
        Not from a paper: a stronger form of the dynamic adjacency, tried
        because that one brought nothing (``docs/adjacency.md``).

    Args:
        num_keypoints (int): Keypoints K.
        top_k (int): Neighbours k of each.
        expansion (int): Node channels n.
    """

    def __init__(self, num_keypoints: int, top_k: int, expansion: int) -> None:
        super().__init__()
        units = _CERTAINTY_UNITS
        self.logits = nn.Parameter(torch.zeros(num_keypoints, top_k + 1))
        self.squeeze = nn.Parameter(
            torch.empty(num_keypoints, 2 * expansion, units)
        )
        self.bias = nn.Parameter(torch.zeros(num_keypoints, units))
        self.weigh = nn.Parameter(torch.zeros(num_keypoints, units))
        nn.init.normal_(self.squeeze, std=expansion**-0.5)

    def certainty(self, node_map: Tensor) -> Tensor:
        """Rate the nodes: (B, K, n, H, W) to (B, K)."""
        mean, top = node_map.mean((-2, -1)), node_map.amax((-2, -1))
        pooled = torch.cat([mean, top], dim=-1)  # (B, K, 2 n)
        hidden = (pooled[..., None] * self.squeeze).sum(-2) + self.bias
        return (hidden.relu() * self.weigh).sum(-1)

    def forward(self, node_map: Tensor, neighbors: Tensor) -> Tensor:
        """Weigh the edges.

        Args:
            node_map (Tensor): (B, K, n, H, W).
            neighbors (Tensor): (K, k + 1) int64, self first.

        Returns:
            Tensor: (B, K, k + 1).
        """
        sender = self.certainty(node_map)[:, neighbors]  # (B, K, k + 1)
        return (self.logits + sender).softmax(-1)


class LearnedAdjacency(nn.Module):
    """One trained weight per edge, the same for every image.

    The static variant of the released code, but shared by all layers, so
    that it differs from :class:`DynamicAdjacency` only in not seeing the
    image.

    Args:
        num_keypoints (int): Keypoints K.
        top_k (int): Neighbours k of each.
    """

    def __init__(self, num_keypoints: int, top_k: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(num_keypoints, top_k + 1))

    def forward(self, node_map: Tensor, neighbors: Tensor) -> Tensor:
        """Give the weights (B, K, k + 1), equal over the batch."""
        return self.logits.softmax(-1).expand(node_map.shape[0], -1, -1)


class UniformAdjacency(nn.Module):
    """The same weight for a keypoint and each of its neighbours.

    Args:
        top_k (int): Neighbours k of each.
    """

    def __init__(self, top_k: int) -> None:
        super().__init__()
        self.size = top_k + 1

    def forward(self, node_map: Tensor, neighbors: Tensor) -> Tensor:
        """Give the weights (B, K, k + 1), all 1 / (k + 1)."""
        shape = (*node_map.shape[:2], self.size)
        return node_map.new_full((), 1.0 / self.size).expand(shape)


def build_adjacency(
    kind: str, num_keypoints: int, top_k: int, expansion: int
) -> nn.Module:
    """Build the adjacency of a kind.

    Raises:
        ValueError: ``kind`` is not ``dynamic``, ``certainty``, ``learned`` or
            ``uniform``.
    """
    if kind == 'dynamic':
        return DynamicAdjacency(num_keypoints, top_k, expansion)
    if kind == 'certainty':
        return CertaintyAdjacency(num_keypoints, top_k, expansion)
    if kind == 'learned':
        return LearnedAdjacency(num_keypoints, top_k)
    if kind == 'uniform':
        return UniformAdjacency(top_k)
    raise ValueError(
        "adjacency: expected 'dynamic', 'certainty', 'learned' or 'uniform', "
        f'got {kind!r}'
    )
