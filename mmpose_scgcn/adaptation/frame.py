"""The frame in which faces are compared: no position, size or rotation."""

from dataclasses import dataclass

import torch
from torch import Tensor

#: A shape of this size is a point, px.
_POINT = 1e-6


@dataclass(frozen=True)
class SimilarityFrame:
    r"""A similarity transform for each of N faces.

    .. math::
        p = c + a\,q

    with points as complex numbers x + iy: q in the frame, p in image px.

    Args:
        center (Tensor): c, (N, 1, 2), image px.
        axis (Tensor): a, (N, 1, 2): size and rotation of the face.
    """

    center: Tensor
    axis: Tensor

    def enter(self, points: Tensor) -> Tensor:
        """Map points (N, J, 2), image px, into the frame."""
        x, y = (points - self.center).unbind(-1)
        real, imag = self.axis.unbind(-1)
        turned = torch.stack([x * real + y * imag, y * real - x * imag], -1)
        return turned / (self.axis**2).sum(-1, keepdim=True)

    def leave(self, points: Tensor) -> Tensor:
        """Map points (N, J, 2) of the frame to image px."""
        x, y = points.unbind(-1)
        real, imag = self.axis.unbind(-1)
        turned = torch.stack([x * real - y * imag, y * real + x * imag], -1)
        return self.center + turned


def find_frame(keypoints: Tensor, reference: Tensor) -> SimilarityFrame:
    r"""Find the frames in which shapes are centred, upright and of size one.

    The centre is the mean keypoint, the size the root of the mean squared
    distance to it, and the rotation that of the least-squares similarity from
    the reference. A shape that allows no rotation stays as it is turned.

    Args:
        keypoints (Tensor): (N, K, 2), image px.
        reference (Tensor): An upright shape (K, 2), centred.

    Returns:
        SimilarityFrame: Of each face.
    """
    center = keypoints.mean(dim=1, keepdim=True)
    offset = keypoints - center
    size = (offset**2).sum(-1).mean(-1).sqrt().clamp_min(_POINT)
    x, y = offset.unbind(-1)
    real = (reference[:, 0] * x + reference[:, 1] * y).sum(-1)
    imag = (reference[:, 0] * y - reference[:, 1] * x).sum(-1)
    length = (real**2 + imag**2).sqrt()
    turns = length > 1e-3 * size
    length = torch.where(turns, length, 1.0)
    axis = torch.stack(
        [
            torch.where(turns, real / length, 1.0),
            torch.where(turns, imag / length, 0.0),
        ],
        dim=-1,
    )
    return SimilarityFrame(center, (axis * size[:, None])[:, None])
