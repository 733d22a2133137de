"""What losses that see one coordinate at a time share: the reduction."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from .weighted_loss import WeightedLoss


class CoordinateLoss(WeightedLoss, ABC):
    """Base of the losses that penalise each coordinate's error by itself.

    A subclass defines :meth:`penalty`.

    Args:
        input_size (tuple[int, int], optional): Width and height of the
            network input, px. Given, the coordinates are taken as
            normalised and their errors turned into crop px before the
            penalty, x by the width and y by the height. Defaults to None:
            errors are penalised in the unit of the coordinates.
        use_target_weight (bool): Whether to weigh keypoints by
            ``target_weight``. One that is not above 0 (negative or NaN)
            counts as 0. Defaults to False.
        reduction (str): ``mean`` (sum of weight * penalty over D * sum of
            weight; 0 where nothing counts) or ``sum`` (sum over keypoints
            and dimensions, mean over the batch, as in MMPose; 0 for an empty
            batch, where MMPose's is NaN). Defaults to ``mean``.
        loss_weight (float): Factor of the loss. Defaults to 1.0.

    Raises:
        ValueError: An unknown reduction, or a size that is not two positive
            numbers.
    """

    def __init__(
        self,
        input_size: tuple[int, int] | None = None,
        use_target_weight: bool = False,
        reduction: str = 'mean',
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__(input_size, use_target_weight, loss_weight)
        if reduction not in ('mean', 'sum'):
            raise ValueError(
                f"reduction: expected 'mean' or 'sum', got {reduction!r}"
            )
        self.reduction = reduction

    @abstractmethod
    def penalty(self, error: Tensor) -> Tensor:
        """Penalise signed errors, element by element."""

    def extra_repr(self) -> str:
        """Show the constants and the unit, for the log of a run."""
        return ', '.join(
            f'{name}={value}'
            for name, value in vars(self).items()
            if not name.startswith('_') and name != 'training'
        )

    def forward(
        self,
        output: Tensor,
        target: Tensor,
        target_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the loss.

        Args:
            output (Tensor): Predicted coordinates (B, K, D).
            target (Tensor): True coordinates (B, K, D).
            target_weight (Tensor, optional): (B, K) or (B, K, 1), fractions
                allowed. Ignored unless ``use_target_weight``.

        Returns:
            Tensor: Scalar, float32 or float64.

        Raises:
            ValueError: Shapes that do not fit, or no weight where it is to
                be used.
        """
        error, weight = weigh(*self.errors(output, target, target_weight))
        penalty = self.penalty(error)
        return self.loss_weight * reduce_penalty(
            penalty, weight, self.reduction
        )


def weigh(
    error: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Bring weights to the form of errors, and drop what does not count.

    An ignored keypoint may hold NaN, and NaN * 0 is NaN: in the loss and,
    were the loss masked instead, in the gradient.

    Args:
        error (Tensor): (B, K, D).
        weight (Tensor, optional): (B, K) or (B, K, 1).

    Returns:
        tuple[Tensor, Tensor | None]: Errors (B, K, D), and weights (B, K, 1)
        of their type; both zero where the weight is not above 0.
    """
    if weight is None:
        return error, None
    weight = weight.reshape(*error.shape[:2], 1).to(error.dtype)
    counts = weight > 0  # not so for NaN
    return torch.where(counts, error, 0.0), torch.where(counts, weight, 0.0)


def reduce_penalty(
    penalty: Tensor, weight: Tensor | None, reduction: str
) -> Tensor:
    """Reduce penalties to a scalar; the weight multiplies the penalty.

    Args:
        penalty (Tensor): (B, K, D).
        weight (Tensor, optional): (B, K, 1), of :func:`weigh`.
        reduction (str): ``mean``: sum of weight * penalty over D * sum of
            weight (0 where nothing counts). ``sum``: sum over keypoints and
            dimensions, mean over the batch (0 for an empty one).

    Returns:
        Tensor: Scalar.
    """
    if weight is not None:
        penalty = penalty * weight
    if reduction == 'sum':
        return penalty.sum(dim=(1, 2)).sum() / max(len(penalty), 1)
    if weight is None:
        return penalty.sum() / max(penalty.numel(), 1)
    total = weight.sum() * penalty.shape[-1]
    return penalty.sum() / torch.where(total > 0, total, 1.0)
