"""Wing loss."""

import math

from mmpose_scgcn.registry import MODELS

import torch
from torch import Tensor

from .coordinate_loss import CoordinateLoss, check_positive


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
class WingLoss(CoordinateLoss):
    """Wing loss, in the unit of its paper.

    See :func:`wing`; "Wing Loss for Robust Facial Landmark Localisation
    with Convolutional Neural Networks" (CVPR 2018).

    Note:
        The paper's constants belong to pixels of a 64 px input. MMPose's
        labels are normalised: pass ``input_size``, and at another size
        scale both constants with it, or say that you keep them.

    Args:
        omega (float): Width of the logarithmic part, px. Defaults to 10.
        epsilon (float): Curvature, px. Defaults to 2.
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.

    Example:
        >>> loss = WingLoss(input_size=(64, 64))
        >>> loss(torch.zeros(1, 1, 2), torch.full((1, 1, 2), 1 / 64))
        tensor(4.0547)
    """

    def __init__(
        self, omega: float = 10.0, epsilon: float = 2.0, **kwargs
    ) -> None:
        check_positive(omega=omega, epsilon=epsilon)
        self.omega = omega
        self.epsilon = epsilon
        super().__init__(**kwargs)

    @property
    def threshold(self) -> float:
        """Error at which the penalty becomes linear, px."""
        return self.omega

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        return wing(error, self.omega, self.epsilon)
