"""Expected position and cross-entropy of heatmaps, in few passes over them.

A batch of heatmaps is the largest tensor of a model that reads them, and on a
CPU each pass over it is costly. Autograd makes a pass for each step of the two
results; the gradient below is written out and needs fewer.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable


class HeatmapReading(Function):
    r"""Read heatmaps, and compare them with a target.

    With :math:`p = \operatorname{softmax}(z)` and a target that is a product
    of one factor along each axis,

    .. math::
        m &= \sum_{yx} p_{yx} (X_x, Y_y) \\
        e &= \log \sum_{yx} \exp z_{yx} - \sum_{yx} z_{yx} t^x_x t^y_y \\
        \partial / \partial z_{yx} &= p_{yx} (g_x (X_x - m_x) +
        g_y (Y_y - m_y) + g_e) - g_e t^x_x t^y_y

    for incoming gradients g.

    Called as ``HeatmapReading.apply(logits, grid_x, grid_y, target_x,
    target_y)`` with logits (B, K, H, W), positions (W,) and (H,), and factors
    (B, K, W) and (B, K, H) that each sum to one. Returns the positions
    (B, K, 2) and the cross-entropy (B, K).
    """

    @staticmethod
    def forward(
        ctx: Any,
        logits: Tensor,
        grid_x: Tensor,
        grid_y: Tensor,
        target_x: Tensor,
        target_y: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Compute both results."""
        top = logits.amax((-2, -1), keepdim=True)
        weight = (logits - top).exp_()
        total = weight.sum((-2, -1), keepdim=True)
        probability = weight.div_(total)
        mean_x = (probability.sum(-2) * grid_x).sum(-1)
        mean_y = (probability.sum(-1) * grid_y).sum(-1)
        # Autocast would round the product.
        with torch.autocast(logits.device.type, enabled=False):
            along = (logits @ target_x[..., None])[..., 0]
        inner = (along * target_y).sum(-1)
        entropy = (top + total.log())[..., 0, 0] - inner
        offset_x = grid_x - mean_x[..., None]
        offset_y = grid_y - mean_y[..., None]
        ctx.save_for_backward(
            probability, offset_x, offset_y, target_x, target_y
        )
        return torch.stack([mean_x, mean_y], dim=-1), entropy

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, of_mean: Tensor, of_entropy: Tensor
    ) -> tuple[Tensor, None, None, None, None]:
        """Give the gradient of the logits."""
        probability, offset_x, offset_y, target_x, target_y = ctx.saved_tensors
        along_x = of_mean[..., 0:1] * offset_x + of_entropy[..., None]
        along_y = of_mean[..., 1:2] * offset_y
        gradient = along_x[..., None, :] + along_y[..., :, None]
        gradient *= probability
        pull = of_entropy[..., None] * target_y
        gradient.addcmul_(
            pull[..., :, None], target_x[..., None, :], value=-1.0
        )
        return gradient, None, None, None, None
