"""Wing loss."""

import math
from typing import Any, ClassVar

from mmpose_scgcn.registry import MODELS

import torch
from torch import Tensor

from .pixel_loss import PixelLoss


def wing(error: Tensor, omega: float, epsilon: float) -> Tensor:
    r"""Amplify small and medium errors.

    .. math::
        \mathrm{wing}(x) = \begin{cases}
        \omega \ln(1 + |x| / \epsilon) & |x| < \omega \\
        |x| - C & \text{otherwise}
        \end{cases}, \quad C = \omega - \omega \ln(1 + \omega / \epsilon)

    Args:
        error (Tensor): Signed errors of any shape, crop px.
        omega (float): Width of the logarithmic part, px.
        epsilon (float): Curvature, px.

    Returns:
        Tensor: Penalties of the same shape, not negative.
    """
    size = error.abs()
    offset = omega - omega * math.log1p(omega / epsilon)
    return torch.where(
        size < omega, omega * torch.log1p(size / epsilon), size - offset
    )


@MODELS.register_module()
class WingLoss(PixelLoss):
    """Wing loss, in the unit of its paper.

    See :func:`wing`; "Wing Loss for Robust Facial Landmark Localisation
    with Convolutional Neural Networks" (CVPR 2018).

    Note:
        MMPose's labels are normalised: pass ``input_size``. The paper's
        constants are px of a 64 px input, and are converted.

    Args:
        omega (float, optional): Width of the logarithmic part, px. Defaults
            to None: 10.
        epsilon (float, optional): Curvature, px. Defaults to None: 2.
        reference_size (float, optional): Longer side of the input that the
            constants belong to, px. Defaults to None: 64 if both are left
            out; see :class:`PixelLoss`.
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.

    Example:
        >>> loss = WingLoss(input_size=(64, 64))
        >>> loss(torch.zeros(1, 1, 2), torch.full((1, 1, 2), 1 / 64))
        tensor(4.0547)
    """

    paper_constants: ClassVar = dict(omega=10.0, epsilon=2.0)
    paper_size: ClassVar = 64
    threshold_name: ClassVar = 'omega'

    def __init__(
        self,
        omega: float | None = None,
        epsilon: float | None = None,
        reference_size: float | None = None,
        **kwargs: Any,
    ) -> None:
        constants = dict(omega=omega, epsilon=epsilon)
        super().__init__(constants, reference_size, **kwargs)

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        return wing(error, **self.scaled)
