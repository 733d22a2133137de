"""What all losses on coordinates share: units, weights, reduction."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def check_coordinates(
    output: Tensor, target: Tensor, target_weight: Tensor | None
) -> None:
    """Check the shapes of a loss call.

    Args:
        output (Tensor): (B, K, D).
        target (Tensor): (B, K, D).
        target_weight (Tensor, optional): (B, K) or (B, K, 1).

    Raises:
        ValueError: Says what was expected and what came.
    """
    if output.ndim != 3 or output.shape != target.shape:
        raise ValueError(
            'output and target: expected the same shape (B, K, D), got '
            f'{tuple(output.shape)} and {tuple(target.shape)}'
        )
    if target_weight is None:
        return
    batch, keypoints, _ = output.shape
    if target_weight.shape not in (
        (batch, keypoints),
        (batch, keypoints, 1),
    ):
        raise ValueError(
            f'target_weight: expected ({batch}, {keypoints}) or '
            f'({batch}, {keypoints}, 1), got {tuple(target_weight.shape)}'
        )


def scaled_error(
    output: Tensor, target: Tensor, input_size: tuple[int, int] | None
) -> Tensor:
    """Subtract and, where a size is given, turn into crop pixels.

    Half precision is raised to float32 first: the squares and sums of pixel
    errors do not fit it.

    Args:
        output (Tensor): (B, K, D), normalised if ``input_size`` is given.
        target (Tensor): (B, K, D), likewise.
        input_size (tuple[int, int], optional): Width and height of the
            crop, px. None leaves the unit alone.

    Returns:
        Tensor: Signed errors (B, K, D), float32 or float64.

    Raises:
        ValueError: A size is given, and D is not 2.
    """
    dtype = torch.promote_types(output.dtype, torch.float32)
    error = output.to(dtype) - target.to(dtype)
    if input_size is None:
        return error
    if error.shape[-1] != 2:
        raise ValueError(
            f'input_size={input_size} is for coordinates (x, y), D = 2 in '
            f'(B, K, D), got {error.shape[-1]}'
        )
    # Written column by column: no tensor is made on the host.
    width, height = input_size
    return torch.stack([error[..., 0] * width, error[..., 1] * height], -1)


def reduce_penalty(
    penalty: Tensor, weight: Tensor | None, reduction: str
) -> Tensor:
    """Reduce penalties to a scalar; the weight multiplies the penalty.

    Args:
        penalty (Tensor): (B, K, D).
        weight (Tensor, optional): (B, K, 1).
        reduction (str): ``mean``: sum of weight * penalty over D * sum of
            weight (0 where nothing counts). ``sum``: sum over keypoints and
            dimensions, mean over the batch.

    Returns:
        Tensor: Scalar.
    """
    if weight is not None:
        penalty = penalty * weight
    if reduction == 'sum':
        return penalty.sum(dim=(1, 2)).mean()
    if weight is None:
        return penalty.sum() / max(penalty.numel(), 1)
    total = weight.sum() * penalty.shape[-1]
    return penalty.sum() / torch.where(total > 0, total, 1.0)


class CoordinateLoss(nn.Module, ABC):
    """Base of the losses that penalise each coordinate's error by itself.

    A subclass defines :meth:`penalty` and :attr:`threshold`.

    Args:
        input_size (tuple[int, int], optional): Width and height of the
            network input, px. Given, the coordinates are taken as
            normalised and their errors turned into crop px before the
            penalty, x by the width and y by the height. Defaults to None:
            the coordinates are in the unit of the loss's constants already.
        use_target_weight (bool): Whether to weigh keypoints by
            ``target_weight``. Defaults to False.
        reduction (str): ``mean`` (sum of weight * penalty over D * sum of
            weight; 0 where nothing counts) or ``sum`` (sum over keypoints
            and dimensions, mean over the batch, as in MMPose). Defaults to
            ``mean``.
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
        super().__init__()
        if reduction not in ('mean', 'sum'):
            raise ValueError(
                f"reduction: expected 'mean' or 'sum', got {reduction!r}"
            )
        self.input_size = check_input_size(input_size)
        self.use_target_weight = use_target_weight
        self.reduction = reduction
        self.loss_weight = loss_weight
        if self.input_size is not None:
            self.warn_if_unreachable(self.input_size, max(self.input_size))

    @property
    @abstractmethod
    def threshold(self) -> float:
        """Error at which the penalty changes its form."""

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

    def warn_if_unreachable(
        self, input_size: tuple[int, int], largest: float
    ) -> None:
        """Warn if no error can reach :attr:`threshold`.

        Args:
            input_size (tuple[int, int]): Width and height of the crop, px.
            largest (float): The largest error possible in it, px.
        """
        if self.threshold < largest:
            return
        warnings.warn(
            f'{type(self).__name__}: its form changes at an error of '
            f'{self.threshold:g} px, but no error within a crop of '
            f'{input_size} px exceeds {largest:g} px, so only the branch '
            'below the threshold is ever used; check the unit of the '
            'constants and of input_size=(w, h)',
            stacklevel=3,
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
        weight = self.used_weight(target_weight)
        check_coordinates(output, target, weight)
        error = scaled_error(output, target, self.input_size)
        if weight is not None:
            weight = weight.reshape(*error.shape[:2], 1).to(error.dtype)
            # An ignored keypoint may hold NaN, and NaN * 0 is NaN: in the
            # loss and, were the loss masked instead, in the gradient.
            error = torch.where(weight > 0, error, 0.0)
        penalty = self.penalty(error)
        return self.loss_weight * reduce_penalty(
            penalty, weight, self.reduction
        )

    def used_weight(self, target_weight: Tensor | None) -> Tensor | None:
        """Return the weight if it is to be used, None otherwise."""
        if not self.use_target_weight:
            return None
        if target_weight is None:
            raise ValueError(
                f'{type(self).__name__}(use_target_weight=True) needs '
                'target_weight of shape (B, K) or (B, K, 1), got None'
            )
        return target_weight


def check_input_size(
    input_size: tuple[int, int] | None,
) -> tuple[int, int] | None:
    """Return ``(w, h)`` as a tuple, or None.

    Raises:
        ValueError: Not two positive numbers.
    """
    if input_size is None:
        return None
    size = tuple(input_size) if isinstance(input_size, Iterable) else ()
    if len(size) != 2 or min(size) <= 0:
        raise ValueError(
            f'input_size: expected (width, height) in px, got {input_size}'
        )
    return size


def check_positive(**constants: float) -> None:
    """Raise ValueError for the first constant that is not positive."""
    for name, value in constants.items():
        if not value > 0:
            raise ValueError(
                f'{name}: expected a positive number, px, got {value}'
            )
