"""Constants in pixels and labels in fractions: what is to go together."""

import warnings

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


def codec_input_size(codec) -> tuple[int, int] | None:
    """Find a codec's (w, h), px; IntegralRegressionLabel keeps it inside."""
    codec = getattr(codec, 'keypoint_codec', codec)
    size = getattr(codec, 'input_size', None)
    if size is None:
        return None
    width, height = size
    return width, height


def warn_of_units(loss: nn.Module, codec) -> None:
    """Warn where constants in px would meet normalised labels.

    Args:
        loss (nn.Module): The head's loss.
        codec (BaseKeypointCodec, optional): The head's decoder.
    """
    if not isinstance(codec, NORMALIZING_CODECS):
        return
    wanted = codec_input_size(codec)
    for name, module in loss.named_modules():
        # A relative loss's penalty gets px from the relative loss.
        if name.endswith('penalty') or not isinstance(module, PIXEL_LOSSES):
            continue
        kind = type(module).__name__
        size = getattr(module, 'input_size', None)
        if size is None:
            warnings.warn(
                f'{type(codec).__name__} normalises the labels, but {kind} '
                'has no input_size: its constants count as fractions of the '
                f"crop, not px. Use type='mmpose_scgcn.{kind}' with "
                f'input_size={wanted}',
                stacklevel=3,
            )
        elif size != wanted:
            warnings.warn(
                f'{kind} has input_size={size}, but the decoder '
                f'{wanted}: its px would not be crop px',
                stacklevel=3,
            )
