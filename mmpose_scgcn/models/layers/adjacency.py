"""Weights of the graph's edges: from the image, learned, or all equal."""

import torch
from torch import Tensor, nn


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
        first all neighbours count alike.

    Args:
        num_keypoints (int): Keypoints K.
        top_k (int): Neighbours k of each.
        expansion (int): Node channels n.
    """

    def __init__(self, num_keypoints: int, top_k: int, expansion: int) -> None:
        super().__init__()
        channels = num_keypoints * expansion
        self.num_keypoints = num_keypoints
        self.squeeze = nn.Linear(channels, channels // 2)
        self.weigh = nn.Linear(channels // 2, num_keypoints * (top_k + 1))
        nn.init.zeros_(self.weigh.weight)
        nn.init.zeros_(self.weigh.bias)

    def forward(self, node_map: Tensor) -> Tensor:
        """Weigh the edges: (B, K, n, H, W) to (B, K, k + 1)."""
        pooled = node_map.mean(dim=(-2, -1)).flatten(1)  # (B, K * n)
        logits = self.weigh(self.squeeze(pooled).relu())  # (B, K * (k + 1))
        return logits.unflatten(1, (self.num_keypoints, -1)).softmax(-1)


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

    def forward(self, node_map: Tensor) -> Tensor:
        """Give the weights (B, K, k + 1), equal over the batch."""
        return self.logits.softmax(-1).expand(len(node_map), -1, -1)


class UniformAdjacency(nn.Module):
    """The same weight for a keypoint and each of its neighbours.

    Args:
        top_k (int): Neighbours k of each.
    """

    def __init__(self, top_k: int) -> None:
        super().__init__()
        self.size = top_k + 1

    def forward(self, node_map: Tensor) -> Tensor:
        """Give the weights (B, K, k + 1), all 1 / (k + 1)."""
        shape = (*node_map.shape[:2], self.size)
        return node_map.new_full(shape, 1.0 / self.size)


def build_adjacency(
    kind: str, num_keypoints: int, top_k: int, expansion: int
) -> nn.Module:
    """Choose one of the three by name.

    Raises:
        ValueError: ``kind`` is not ``dynamic``, ``learned`` or ``uniform``.
    """
    if kind == 'dynamic':
        return DynamicAdjacency(num_keypoints, top_k, expansion)
    if kind == 'learned':
        return LearnedAdjacency(num_keypoints, top_k)
    if kind == 'uniform':
        return UniformAdjacency(top_k)
    raise ValueError(
        f"adjacency: expected 'dynamic', 'learned' or 'uniform', got {kind!r}"
    )
