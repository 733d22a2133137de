"""The places of a heatmap's pixels, and what a heatmap says about them."""

import torch
from torch import Tensor, nn

from .heatmap_reading import HeatmapReading


def probabilities(logits: Tensor) -> Tensor:
    """Normalise heatmaps (B, K, H, W), so that each sums to one."""
    return logits.flatten(2).softmax(-1).view(logits.shape)


class HeatmapGrid(nn.Module):
    """Centres of a map's pixels, normalised to the crop as labels are.

    Labels are the pixel's number over the crop's size: half of a pixel of
    the crop less than the part of the crop that is before its centre.

    Args:
        map_size (tuple[int, int]): Width W and height H of the map.
        crop_size (tuple[int, int], optional): Width and height of the crop,
            px. Defaults to None: the half pixel is left out.
    """

    grid_x: Tensor
    grid_y: Tensor

    def __init__(
        self,
        map_size: tuple[int, int],
        crop_size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        for axis, name in enumerate(('grid_x', 'grid_y')):
            positions = (torch.arange(map_size[axis]) + 0.5) / map_size[axis]
            if crop_size:
                positions = positions - 0.5 / crop_size[axis]
            # Not part of checkpoints.
            self.register_buffer(name, positions, persistent=False)

    def mean(self, probability: Tensor) -> Tensor:
        """Compute the expected positions.

        Args:
            probability (Tensor): (B, K, H, W), each map sums to one.

        Returns:
            Tensor: (B, K, 2), normalised.
        """
        # No matrix products, which autocast would round.
        x = (probability.sum(-2) * self.grid_x).sum(-1)
        y = (probability.sum(-1) * self.grid_y).sum(-1)
        return torch.stack([x, y], dim=-1)

    def spread(self, probability: Tensor) -> Tensor:
        """Compute the standard deviations about the expected positions.

        Args:
            probability (Tensor): (B, K, H, W), each map sums to one.

        Returns:
            Tensor: (B, K), fractions of the crop, both axes together.
        """
        variance = _variance(probability.sum(-2), self.grid_x) + _variance(
            probability.sum(-1), self.grid_y
        )
        return variance.sqrt()

    def add_gaussian(
        self, logits: Tensor, center: Tensor, scale: Tensor
    ) -> Tensor:
        """Add the exponents of Gaussians, along one axis and then the other.

        Args:
            logits (Tensor): (B, K, H, W).
            center (Tensor): (B, K, 2) or (K, 2), normalised.
            scale (Tensor): Of distances, before they are squared (K, 1).

        Returns:
            Tensor: (B, K, H, W), less the scaled and squared distances.
        """
        x, y = center[..., 0:1], center[..., 1:2]
        along_x = ((self.grid_x - x) * scale).square()  # (..., K, W)
        along_y = ((self.grid_y - y) * scale).square()
        return logits - along_x[..., None, :] - along_y[..., :, None]

    def read(
        self, logits: Tensor, target: Tensor, sigma: float
    ) -> tuple[Tensor, Tensor]:
        """Compute what a loss needs: positions, and how far they are off.

        Args:
            logits (Tensor): (B, K, H, W).
            target (Tensor): (B, K, 2), true positions, normalised.
            sigma (float): Of Gaussians about them, pixels of the map.

        Returns:
            tuple[Tensor, Tensor]: The expected positions (B, K, 2),
            normalised, as of :meth:`mean`, and the cross-entropy of the
            heatmaps to the Gaussians (B, K).
        """
        # The target is a product of the two, which each sum to one.
        target_x = _gaussian(self.grid_x, target[..., 0:1], sigma)
        target_y = _gaussian(self.grid_y, target[..., 1:2], sigma)
        return HeatmapReading.apply(
            logits, self.grid_x, self.grid_y, target_x, target_y
        )


def _variance(probability: Tensor, positions: Tensor) -> Tensor:
    """Compute the variance (...) of (..., L) over positions (L,)."""
    mean = (probability * positions).sum(-1, keepdim=True)
    return (probability * (positions - mean).square()).sum(-1)


def _gaussian(positions: Tensor, center: Tensor, sigma: float) -> Tensor:
    """Draw a Gaussian on positions (L,) about (..., 1), sigma in pixels."""
    offset = (positions - center) * len(positions)
    return (-0.5 * (offset / sigma).square()).softmax(-1)
