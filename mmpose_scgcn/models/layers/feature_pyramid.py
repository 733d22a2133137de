"""Fine maps that know of the coarse ones."""

from collections.abc import Sequence

import torch
from mmcv.cnn import ConvModule, DepthwiseSeparableConvModule
from torch import Tensor, nn
from torch.nn import functional


class FeaturePyramid(nn.Module):
    """Merge maps of several resolutions, from the coarsest to the finest.

    After "Feature Pyramid Networks for Object Detection" (CVPR 2017), but as
    in a U-Net what comes from below is concatenated, not added, and a 3 x 3
    convolution follows. The coarsest map has a 1 x 1 convolution, and another
    one halves the channels of each map before it is enlarged.

    Args:
        in_channels (Sequence[int]): Channels of the maps, the finest first.
        pyramid_channels (Sequence[int]): Channels of the merged maps.
        separable (bool): Whether the 3 x 3 convolutions are depthwise, each
            followed by a 1 x 1 convolution, which takes a sixth to an eighth
            of the multiplications. Defaults to False.

    Raises:
        ValueError: The two differ in length.
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        pyramid_channels: Sequence[int],
        separable: bool = False,
    ) -> None:
        super().__init__()
        if len(in_channels) != len(pyramid_channels):
            raise ValueError(
                f'pyramid_channels: expected {len(in_channels)} numbers, one '
                f'for each of in_channels, got {tuple(pyramid_channels)}'
            )
        below = [channels // 2 for channels in pyramid_channels[1:]]
        self.reduce = nn.ModuleList(
            nn.Conv2d(channels, half, 1)
            for channels, half in zip(pyramid_channels[1:], below, strict=True)
        )
        convolution = DepthwiseSeparableConvModule if separable else ConvModule
        self.merge = nn.ModuleList(
            convolution(
                channels + half, out, 3, padding=1, norm_cfg=dict(type='BN')
            )
            for channels, half, out in zip(
                in_channels, below, pyramid_channels, strict=False
            )
        )
        self.merge.append(
            ConvModule(
                in_channels[-1],
                pyramid_channels[-1],
                1,
                norm_cfg=dict(type='BN'),
            )
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Merge maps.

        Args:
            maps (Sequence[Tensor]): (B, C_i, H_i, W_i), the finest first.

        Returns:
            list[Tensor]: (B, pyramid_channels[i], H_i, W_i).

        Raises:
            ValueError: Another number of maps.
        """
        if len(maps) != len(self.merge):
            raise ValueError(
                f'expected {len(self.merge)} feature maps, got {len(maps)}; '
                'see out_indices of the backbone'
            )
        merged = [self.merge[-1](maps[-1])]
        for level in reversed(range(len(maps) - 1)):
            below = functional.interpolate(
                self.reduce[level](merged[0]),
                size=maps[level].shape[-2:],
                mode='bilinear',
            )
            both = torch.cat([maps[level], below], dim=1)
            merged.insert(0, self.merge[level](both))
        return merged


def pyramid_shapes(
    in_channels: Sequence[int], finest: tuple[int, int]
) -> list[tuple[int, int, int]]:
    """Give the shapes of maps that each have half the size of the last one.

    Args:
        in_channels (Sequence[int]): Channels of the maps, the finest first.
        finest (tuple[int, int]): Width and height of the finest map.

    Returns:
        list[tuple[int, int, int]]: (C, H, W).

    Raises:
        ValueError: A single number of channels, or a size that cannot be
            halved so often.
    """
    if not isinstance(in_channels, Sequence):
        raise ValueError(
            'in_channels: expected a sequence, one number for each feature '
            f'map, got {in_channels!r}'
        )
    halvings = len(in_channels) - 1
    if any(side % 2**halvings for side in finest):
        raise ValueError(
            f'in_featuremap_size: expected multiples of {2**halvings}, which '
            f'{halvings} further maps halve, got {tuple(finest)}'
        )
    width, height = finest
    return [(c, height >> i, width >> i) for i, c in enumerate(in_channels)]
