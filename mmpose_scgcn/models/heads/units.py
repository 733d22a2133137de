"""Constants in pixels and labels in fractions: what a head checks."""

import warnings

from mmpose_scgcn.models.losses import CoordinateLoss, RelativeLocationLoss

from mmpose.codecs import IntegralRegressionLabel, RegressionLabel
from mmpose.models import losses as mmpose_losses
from torch import nn

#: Input size that the published Soft Wing constants belong to, px.
LOSS_INPUT_SIZE = 256

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
    return None if size is None else tuple(size)


def default_loss(codec) -> dict:
    """Configure the published loss for a codec's input size.

    Warns where that is not the size that the constants belong to.

    Args:
        codec (BaseKeypointCodec, optional): The head's decoder.

    Returns:
        dict: Config of :class:`StructureCoherentLoss`.
    """
    size = codec_input_size(codec)
    if size is not None and max(size) != LOSS_INPUT_SIZE:
        warnings.warn(
            'the default loss has the published Soft Wing constants, px of a '
            f'{LOSS_INPUT_SIZE} px input, and this input is {size}: state '
            'the loss in the config, with omega1, omega2 and epsilon scaled '
            'to the input',
            stacklevel=3,
        )
    return dict(
        type='mmpose_scgcn.StructureCoherentLoss',
        input_size=size,
        use_target_weight=True,
    )


def warn_of_units(loss: nn.Module, codec) -> None:
    """Warn where thresholds in px would meet normalised labels.

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
        kind = type(module).__name__
        size = getattr(module, 'input_size', None)
        if size is not None and size != codec_input_size(codec):
            warnings.warn(
                f'{kind} has input_size={size}, but the decoder '
                f'{codec_input_size(codec)}: its px would not be crop px',
                stacklevel=3,
            )
        if size is None:
            warnings.warn(
                f'{type(codec).__name__} normalises the labels, but {kind} '
                'has no input_size: its constants count as fractions of the '
                f"crop, not px. Use type='mmpose_scgcn.{kind}' with "
                f'input_size={codec_input_size(codec)}',
                stacklevel=3,
            )
