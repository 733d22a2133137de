"""Soft Wing loss."""

import math

from mmpose_scgcn.registry import MODELS

import torch
from torch import Tensor

from .coordinate_loss import CoordinateLoss, check_positive


def soft_wing(
    error: Tensor, omega1: float, omega2: float, epsilon: float
) -> Tensor:
    r"""Be linear for small errors and logarithmic beyond.

    .. math::
        \mathrm{softwing}(x) = \begin{cases}
        |x| & |x| < \omega_1 \\
        \omega_2 \ln(1 + |x| / \epsilon) + B & \text{otherwise}
        \end{cases}, \quad
        B = \omega_1 - \omega_2 \ln(1 + \omega_1 / \epsilon)

    The value is continuous; with the published constants the slope jumps
    from 1 to 8 at 2 px and has fallen to 1 again at 19.5 px.

    Args:
        error (Tensor): Signed errors of any shape, crop px.
        omega1 (float): Where the logarithm starts, px.
        omega2 (float): Factor of the logarithm, px.
        epsilon (float): Curvature, px.

    Returns:
        Tensor: Penalties of the same shape, not negative.
    """
    size = error.abs()
    offset = omega1 - omega2 * math.log1p(omega1 / epsilon)
    return torch.where(
        size < omega1, size, omega2 * torch.log1p(size / epsilon) + offset
    )


@MODELS.register_module()
class SoftWingLoss(CoordinateLoss):
    """Soft Wing loss, in the unit of its paper.

    See :func:`soft_wing`; "Structure-Coherent Deep Feature Learning for
    Robust Face Alignment" (TIP 2021). The constants are those of the
    published configs.

    Note:
        They belong to pixels of a 256 px input. On MMPose's normalised
        labels without ``input_size`` no error reaches ``omega1`` and the
        loss is plain L1. At another input size scale all three.

    Args:
        omega1 (float): Where the logarithm starts, px. Defaults to 2.
        omega2 (float): Factor of the logarithm, px. Defaults to 20.
        epsilon (float): Curvature, px. Defaults to 0.5.
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.

    Example:
        >>> loss = SoftWingLoss(input_size=(256, 256))
        >>> loss(torch.zeros(1, 1, 2), torch.full((1, 1, 2), 1 / 256))
        tensor(1.)
    """

    def __init__(
        self,
        omega1: float = 2.0,
        omega2: float = 20.0,
        epsilon: float = 0.5,
        **kwargs,
    ) -> None:
        check_positive(omega1=omega1, omega2=omega2, epsilon=epsilon)
        self.omega1 = omega1
        self.omega2 = omega2
        self.epsilon = epsilon
        super().__init__(**kwargs)

    @property
    def threshold(self) -> float:
        """Error at which the penalty becomes logarithmic, px."""
        return self.omega1

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        return soft_wing(error, self.omega1, self.omega2, self.epsilon)
