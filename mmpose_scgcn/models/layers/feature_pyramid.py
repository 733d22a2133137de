"""Fine maps that know of the coarse ones."""

from collections.abc import Sequence

import torch
from mmcv.cnn import ConvModule
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
        out_channels (Sequence[int]): Channels of the merged maps.

    Raises:
        ValueError: The two differ in length.
    """

    def __init__(
        self, in_channels: Sequence[int], out_channels: Sequence[int]
    ) -> None:
        super().__init__()
        if len(in_channels) != len(out_channels):
            raise ValueError(
                f'expected {len(in_channels)} out_channels, one for each '
                f'feature map, got {tuple(out_channels)}'
            )
        below = [channels // 2 for channels in out_channels[1:]]
        self.reduce = nn.ModuleList(
            nn.Conv2d(channels, half, 1)
            for channels, half in zip(out_channels[1:], below, strict=True)
        )
        self.merge = nn.ModuleList(
            ConvModule(
                channels + half, out, 3, padding=1, norm_cfg=dict(type='BN')
            )
            for channels, half, out in zip(
                in_channels, below, out_channels, strict=False
            )
        )
        self.merge.append(
            ConvModule(
                in_channels[-1], out_channels[-1], 1, norm_cfg=dict(type='BN')
            )
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Merge maps.

        Args:
            maps (Sequence[Tensor]): (B, C_i, H_i, W_i), the finest first.

        Returns:
            list[Tensor]: (B, out_channels[i], H_i, W_i).

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
