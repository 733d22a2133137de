"""Soft Wing loss."""

import math
from typing import Any, ClassVar

from mmpose_scgcn.registry import MODELS

import torch
from torch import Tensor

from .pixel_loss import PixelLoss


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
class SoftWingLoss(PixelLoss):
    """Soft Wing loss, in the unit of its paper.

    See :func:`soft_wing`; "Structure-Coherent Deep Feature Learning for
    Robust Face Alignment" (TIP 2021). The constants are those of the
    published configs.

    Note:
        On MMPose's normalised labels without ``input_size`` no error reaches
        ``omega1`` and the loss is plain L1: pass it. The published constants
        are px of a 256 px input, and are converted.

    Args:
        omega1 (float, optional): Where the logarithm starts, px. Defaults to
            None: 2.
        omega2 (float, optional): Factor of the logarithm, px. Defaults to
            None: 20.
        epsilon (float, optional): Curvature, px. Defaults to None: 0.5.
        reference_size (float, optional): Longer side of the input that the
            constants belong to, px. Defaults to None: 256 if all three are
            left out; see :class:`PixelLoss`.
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.

    Example:
        >>> loss = SoftWingLoss(input_size=(256, 256))
        >>> loss(torch.zeros(1, 1, 2), torch.full((1, 1, 2), 1 / 256))
        tensor(1.)
    """

    paper_constants: ClassVar = dict(omega1=2.0, omega2=20.0, epsilon=0.5)
    paper_size: ClassVar = 256
    threshold_name: ClassVar = 'omega1'

    def __init__(
        self,
        omega1: float | None = None,
        omega2: float | None = None,
        epsilon: float | None = None,
        reference_size: float | None = None,
        **kwargs: Any,
    ) -> None:
        constants = dict(omega1=omega1, omega2=omega2, epsilon=epsilon)
        super().__init__(constants, reference_size, **kwargs)

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        return soft_wing(error, **self.scaled)
