"""Constants in pixels and labels in fractions: what is to go together."""

import warnings
from typing import Any

from mmpose_scgcn.models.losses import CoordinateLoss, RelativeLocationLoss

from mmpose.codecs import IntegralRegressionLabel, RegressionLabel
from mmpose.models import losses as mmpose_losses
from torch import nn

#: Codecs whose labels are coordinates divided by the input size.
NORMALIZING_CODECS = (RegressionLabel, IntegralRegressionLabel)

#: Losses with constants in px; MMPose's cannot be told the input size.
PIXEL_LOSSES = (
    CoordinateLoss,
    RelativeLocationLoss,
    mmpose_losses.SoftWingLoss,
    mmpose_losses.WingLoss,
)


def codec_input_size(codec: Any) -> tuple[int, int] | None:
    """Find a codec's (w, h), px; IntegralRegressionLabel keeps it inside."""
    codec = getattr(codec, 'keypoint_codec', codec)
    size = getattr(codec, 'input_size', None)
    if size is None:
        return None
    width, height = size
    return width, height


def warn_of_units(loss: nn.Module, codec: Any) -> None:
    """Warn where constants in px would meet normalised labels.

    Args:
        loss (nn.Module): The head's loss.
        codec (BaseKeypointCodec, optional): The head's decoder.
    """
    if not isinstance(codec, NORMALIZING_CODECS):
        return
    for name, module in loss.named_modules():
        # A relative loss's penalty gets px from the relative loss.
        if name.endswith('penalty') or not isinstance(module, PIXEL_LOSSES):
            continue
        problem = _unit_problem(module, codec)
        if problem:
            warnings.warn(problem, stacklevel=3)


def _unit_problem(loss: nn.Module, codec: Any) -> str | None:
    """Say why px of a loss are not px of the crop, if they are not."""
    kind, wanted = type(loss).__name__, codec_input_size(codec)
    size = getattr(loss, 'input_size', None)
    if size is None:
        return (
            f'{type(codec).__name__} normalises the labels, but {kind} '
            'has no input_size: its constants count as fractions of the '
            f"crop, not px. Use type='mmpose_scgcn.{kind}' with "
            f'input_size={wanted}'
        )
    if size != wanted:
        return (
            f'{kind} has input_size={size}, but the decoder '
            f'{wanted}: its px would not be crop px'
        )
    return None
