"""L1, L2 and smooth L1, in the unit and with the weights of the others."""

from mmpose_scgcn.registry import MODELS

from torch import Tensor
from torch.nn import functional

from .coordinate_loss import CoordinateLoss, check_positive


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

    @property
    def threshold(self) -> float:
        """There is none: the penalty has one form."""
        return 0.0

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

    @property
    def threshold(self) -> float:
        """There is none: the penalty has one form."""
        return 0.0

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        return 0.5 * error.square()


@MODELS.register_module()
class SmoothL1Loss(CoordinateLoss):
    r"""L2 below a threshold, L1 above it.

    .. math::
        \begin{cases} x^2 / (2 \beta) & |x| < \beta \\
        |x| - \beta / 2 & \text{otherwise} \end{cases}

    With a threshold of 1 px as in "Wing Loss for Robust Facial Landmark
    Localisation with Convolutional Neural Networks" (CVPR 2018).

    Args:
        beta (float): The threshold, px. Defaults to 1.
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.
    """

    def __init__(self, beta: float = 1.0, **kwargs) -> None:
        check_positive(beta=beta)
        self.beta = beta
        super().__init__(**kwargs)

    @property
    def threshold(self) -> float:
        """Error at which the penalty becomes linear, px."""
        return self.beta

    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""
        zero = error.new_zeros(())
        return functional.smooth_l1_loss(
            error, zero.expand_as(error), reduction='none', beta=self.beta
        )
