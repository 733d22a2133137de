"""The reduced view of the first stage."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


def resize(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize images, without aliases where they get smaller.

    ONNX's legacy exporter (``torch.onnx.export(dynamo=False)``) does not know
    PyTorch's operator. While a model is traced, the same weights are applied
    as two matrix products, which take longer on a CPU.

    Args:
        image (Tensor): (B, C, H, W) float32 or float64.
        size (tuple[int, int]): Width and height of the result, px.

    Returns:
        Tensor: (B, C, height, width).
    """
    width, height = size
    if not torch.jit.is_tracing():
        return functional.interpolate(
            image,
            (height, width),
            mode='bilinear',
            align_corners=False,
            antialias=True,
        )
    rows, columns = (int(side) for side in image.shape[-2:])
    along_y = torch.from_numpy(triangle_weights(rows, height)).to(image)
    along_x = torch.from_numpy(triangle_weights(columns, width)).to(image)
    return along_y @ (image @ along_x.transpose(0, 1))


def triangle_weights(old: int, new: int) -> np.ndarray:
    """Give the weights of a linear filter that is as wide as a new pixel.

    Args:
        old (int): Pixels along a side.
        new (int): Pixels along it afterwards.

    Returns:
        np.ndarray: (new, old) float64; rows sum to one.
    """
    scale = old / new
    centers = (np.arange(new) + 0.5) * scale
    offset = np.arange(old) + 0.5 - centers[:, None]
    weights = np.maximum(1 - np.abs(offset) / max(scale, 1.0), 0)
    return weights / weights.sum(axis=1, keepdims=True)
