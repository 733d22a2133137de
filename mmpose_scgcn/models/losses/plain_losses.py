"""L1, L2 and smooth L1, in the unit and with the weights of the others."""

from typing import Any, ClassVar

from mmpose_scgcn.registry import MODELS

from torch import Tensor
from torch.nn import functional

from .coordinate_loss import CoordinateLoss
from .pixel_loss import PixelLoss


@MODELS.register_module()
class L1Loss(CoordinateLoss):
    """Absolute errors.

    Args:
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.

    Example:
        >>> import torch
        >>> loss = L1Loss(input_size=(256, 256))
        >>> loss(torch.zeros(1, 1, 2), torch.full((1, 1, 2), 3 / 256))
        tensor(3.)
    """

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        return error.abs()


@MODELS.register_module()
class L2Loss(CoordinateLoss):
    r"""Half of the squared errors, :math:`x^2 / 2`.

    As in "Wing Loss for Robust Facial Landmark Localisation with
    Convolutional Neural Networks" (CVPR 2018).

    Args:
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.
    """

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        return 0.5 * error.square()


@MODELS.register_module()
class SmoothL1Loss(PixelLoss):
    r"""L2 below a threshold, L1 above it.

    .. math::
        \begin{cases} x^2 / (2 \beta) & |x| < \beta \\
        |x| - \beta / 2 & \text{otherwise} \end{cases}

    With a threshold of 1 px of a 64 px input as in "Wing Loss for Robust
    Facial Landmark Localisation with Convolutional Neural Networks" (CVPR
    2018).

    Args:
        beta (float, optional): The threshold, px. Defaults to None: 1.
        reference_size (float, optional): Longer side of the input that the
            threshold belongs to, px. Defaults to None: 64 if ``beta`` is
            left out; see :class:`PixelLoss`.
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.
    """

    paper_constants: ClassVar = dict(beta=1.0)
    paper_size: ClassVar = 64
    threshold_name: ClassVar = 'beta'

    def __init__(
        self,
        beta: float | None = None,
        reference_size: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dict(beta=beta), reference_size, **kwargs)

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        zero = error.new_zeros(())
        return functional.smooth_l1_loss(
            error,
            zero.expand_as(error),
            reduction='none',
            beta=self.scaled['beta'],
        )
