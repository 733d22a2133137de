"""Predictions on mirrored images."""

from collections.abc import Sequence

import torch
from torch import Tensor


def mirror_coordinates(
    coordinates: Tensor, flip_indices: Sequence[int], width: int | None
) -> Tensor:
    """Map predictions on mirrored images back to the images.

    Args:
        coordinates (Tensor): (B, K, 2), normalised: crop px / (w, h).
        flip_indices (Sequence[int]): The partner of each keypoint.
        width (int, optional): Width of the crop, px: pixel x mirrors to
            ``width - 1 - x``. None mirrors to ``width - x``.

    Returns:
        Tensor: (B, K, 2), normalised; a new tensor.
    """
    edge = 1.0 if width is None else 1.0 - 1.0 / width
    partner = coordinates[:, list(flip_indices)]
    return torch.stack([edge - partner[..., 0], partner[..., 1]], dim=-1)
