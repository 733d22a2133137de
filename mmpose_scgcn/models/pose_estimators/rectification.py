r"""The crop of the second stage: turned upright and fitted to the face.

Points are crop px of the estimator's input unless they are called normalised,
which is px over (w, h) of the crop that they are in. Pixel centres have whole
coordinates.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Rectification:
    r"""A similarity transform for each face of a batch.

    .. math::
        p = c + R\,\mathrm{diag}(s)\,(q - \tfrac12)

    takes q, normalised to the second crop, to p, px of the first one.

    Args:
        center (Tensor): c, (B, 2), px.
        size (Tensor): s, width and height of the second crop (B, 2), px.
        rotation (Tensor): R, (B, 2, 2).
    """

    center: Tensor
    size: Tensor
    rotation: Tensor

    def to_input(self, normalized: Tensor) -> Tensor:
        """Map points of the second crop to the input.

        Args:
            normalized (Tensor): (B, K, 2), normalised to the second crop.

        Returns:
            Tensor: (B, K, 2), px of the input.
        """
        offset = (normalized - 0.5) * self.size[:, None]
        return self.center[:, None] + _turn(offset, self.rotation)

    def from_input(self, points: Tensor) -> Tensor:
        """Map points of the input to the second crop; the exact inverse.

        Args:
            points (Tensor): (B, K, 2), px of the input.

        Returns:
            Tensor: (B, K, 2), normalised to the second crop.
        """
        offset = _turn(points - self.center[:, None], _back(self.rotation))
        return offset / self.size[:, None] + 0.5

    def sample(self, image: Tensor, crop_size: tuple[int, int]) -> Tensor:
        """Resample the second crops, all at once, on the images' device.

        Args:
            image (Tensor): (B, C, H, W).
            crop_size (tuple[int, int]): Width and height, px.

        Returns:
            Tensor: (B, C, height, width), zero outside the image.
        """
        width, height = crop_size
        device, dtype = image.device, self.center.dtype
        x = torch.arange(width, device=device, dtype=dtype) / width
        y = torch.arange(height, device=device, dtype=dtype) / height
        pixels = torch.stack(torch.meshgrid(x, y, indexing='xy'), dim=-1)
        pixels = pixels.reshape(1, -1, 2).expand(image.shape[0], -1, -1)
        points = self.to_input(pixels)  # (B, height * width, 2)
        sides = points.new_tensor([image.shape[-1], image.shape[-2]])
        grid = (2 * points + 1) / sides - 1
        # Half precision would place the samples only to a tenth of a pixel.
        dtype = torch.promote_types(image.dtype, torch.float32)
        grid = grid.reshape(-1, height, width, 2).to(dtype)
        crops = functional.grid_sample(
            image.to(dtype), grid, align_corners=False
        )
        return crops.to(image.dtype)


def rectify(
    keypoints: Tensor,
    reference: Tensor,
    input_size: tuple[int, int],
    margin: float = 1.25,
    min_size: float = 0.1,
    max_size: float = 2.0,
    aspect_ratio: float = 1.0,
) -> Rectification:
    """Find the crop in which faces stand upright and fill the same part.

    The rotation is that of the least-squares similarity from a reference
    shape to the keypoints; the box is the tight one of the keypoints turned
    back by it, times a margin. A face without a usable shape gets the whole
    input: one that is not finite, too small or too large, whose box is
    centred outside the input, or that allows no rotation.

    Note:
        "Wing Loss for Robust Facial Landmark Localisation with Convolutional
        Neural Networks" (CVPR 2018) removes the in-plane rotation and derives
        the box anew; its rules are not published. These are ours.

    Args:
        keypoints (Tensor): Coarse keypoints (B, K, 2), px.
        reference (Tensor): An upright shape (K, 2), any unit.
        input_size (tuple[int, int]): Width and height of the input, px.
        margin (float): Crop size over box size. Defaults to 1.25.
        min_size (float): A shape whose box is smaller than this part of the
            input's longer side is not used. Defaults to 0.1.
        max_size (float): Nor is one whose box is larger than this. Defaults
            to 2.0.
        aspect_ratio (float): Width over height of the second crop. Defaults
            to 1.0.

    Returns:
        Rectification: In float32 or float64.
    """
    dtype = torch.promote_types(keypoints.dtype, torch.float32)
    points = keypoints.detach().to(dtype)
    sides = points.new_tensor(input_size)
    finite = points.isfinite().all(dim=2).all(dim=1)
    points = torch.where(finite[:, None, None], points, 0.0)
    rotation, fits = _rotation(points, reference.to(points))
    upright = _turn(points, _back(rotation))
    low, high = upright.amin(dim=1), upright.amax(dim=1)
    center = _turn(((low + high) / 2)[:, None], rotation)[:, 0]
    longer = (high - low).amax(dim=1) / sides.max()
    inside = ((center >= 0) & (center <= sides)).all(dim=1)
    usable = finite & fits & inside & (longer > min_size) & (longer < max_size)
    width, height = (margin * (high - low)).unbind(dim=1)
    width = torch.maximum(width, height * aspect_ratio)
    size = torch.stack([width, width / aspect_ratio], dim=1)
    choose = usable[:, None]
    level = torch.eye(2, device=sides.device, dtype=dtype)
    whole = torch.maximum(sides[0], sides[1] * aspect_ratio)
    return Rectification(
        torch.where(choose, center, sides / 2),
        torch.where(choose, size, torch.stack([whole, whole / aspect_ratio])),
        torch.where(choose[..., None], rotation, level),
    )


def _turn(vectors: Tensor, rotation: Tensor) -> Tensor:
    """Multiply vectors (B, K, 2) by matrices (B, 2, 2).

    Not as a matrix product, which autocast would round to half precision.
    """
    return (vectors[..., None, :] * rotation[:, None]).sum(dim=-1)


def _back(rotation: Tensor) -> Tensor:
    """Give the inverses of rotations (B, 2, 2)."""
    return rotation.transpose(-2, -1)


def _rotation(points: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
    """Find the rotation from a reference (K, 2) to shapes (B, K, 2).

    Returns:
        tuple[Tensor, Tensor]: (B, 2, 2), and whether it is determined (B,).
    """
    a = reference - reference.mean(dim=0)
    b = points - points.mean(dim=1, keepdim=True)
    cosine = (a * b).sum(dim=(1, 2))
    sine = (a[:, 0] * b[..., 1] - a[:, 1] * b[..., 0]).sum(dim=1)
    length = (cosine.square() + sine.square()).sqrt()
    scale = torch.linalg.vector_norm(a) * torch.linalg.vector_norm(
        b, dim=(1, 2)
    )
    fits = length > 1e-3 * scale.clamp_min(1e-6)
    length = torch.where(fits, length, 1.0)
    cosine = torch.where(fits, cosine / length, 1.0)
    sine = torch.where(fits, sine / length, 0.0)
    rows = [torch.stack([cosine, -sine], -1), torch.stack([sine, cosine], -1)]
    return torch.stack(rows, dim=-2), fits


def disturb(
    crop: Rectification,
    rotate_factor: float,
    scale_factor: float,
    shift_factor: float,
) -> Rectification:
    """Disturb crops at random, each amount uniform.

    Args:
        crop (Rectification): The crops.
        rotate_factor (float): Range of the rotation, plus or minus, degrees.
        scale_factor (float): Range of the factor on the size, 1 plus or
            minus.
        shift_factor (float): Range of the shift, plus or minus, as a
            fraction of the size.

    Returns:
        Rectification: Others.
    """
    center = crop.center

    def uniform(*shape: int) -> Tensor:
        part = torch.rand(shape, device=center.device, dtype=center.dtype)
        return 2 * part - 1

    batch = len(center)
    angle = torch.deg2rad(rotate_factor * uniform(batch))
    cosine, sine = angle.cos(), angle.sin()
    rows = [torch.stack([cosine, -sine], -1), torch.stack([sine, cosine], -1)]
    return Rectification(
        center + shift_factor * uniform(batch, 2) * crop.size,
        crop.size * (1 + scale_factor * uniform(batch, 1)),
        _back(_turn(_back(crop.rotation), torch.stack(rows, dim=-2))),
    )
