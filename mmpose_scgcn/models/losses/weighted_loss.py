"""What all losses on keypoints share: unit, weights and factor."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


class WeightedLoss(nn.Module):
    """What any loss on keypoints knows: its unit, its weights, its factor.

    Args:
        input_size (tuple[int, int], optional): Width and height of the
            network input, px.
        use_target_weight (bool): Whether to weigh keypoints by
            ``target_weight``.
        loss_weight (float): Factor of the loss.

    Raises:
        ValueError: A size that is not two positive numbers.
    """

    def __init__(
        self,
        input_size: tuple[int, int] | None,
        use_target_weight: bool,
        loss_weight: float,
    ) -> None:
        super().__init__()
        self.input_size = check_input_size(input_size)
        self.use_target_weight = use_target_weight
        self.loss_weight = loss_weight

    def errors(
        self, output: Tensor, target: Tensor, target_weight: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Check the arguments of a call, and subtract.

        Args:
            output (Tensor): Predicted coordinates (B, K, D).
            target (Tensor): True coordinates (B, K, D).
            target_weight (Tensor, optional): (B, K) or (B, K, 1).

        Returns:
            tuple[Tensor, Tensor | None]: Errors (B, K, D), crop px where
            there is an ``input_size``, and the weight if it is to be used.

        Raises:
            ValueError: Shapes that do not fit, or no weight where it is to
                be used.
        """
        if not self.use_target_weight:
            target_weight = None
        elif target_weight is None:
            raise ValueError(
                f'{type(self).__name__}(use_target_weight=True) needs '
                'target_weight of shape (B, K) or (B, K, 1), got None'
            )
        check_coordinates(output, target, target_weight)
        return scaled_error(output, target, self.input_size), target_weight


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
    width, height = size
    return width, height
