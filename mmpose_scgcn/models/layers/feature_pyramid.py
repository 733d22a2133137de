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
    convolution follows at every level.

    Args:
        in_channels (Sequence[int]): Channels of the maps, the finest first.
        out_channels (int): Channels of the result.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(
            nn.Conv2d(channels, out_channels, 1) for channels in in_channels
        )
        coarsest = len(in_channels) - 1
        self.merge = nn.ModuleList(
            ConvModule(
                (1 if level == coarsest else 2) * out_channels,
                out_channels,
                3,
                padding=1,
                norm_cfg=dict(type='BN'),
            )
            for level in range(len(in_channels))
        )

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Merge (B, C_i, H_i, W_i) to (B, C, H_0, W_0).

        Raises:
            ValueError: Another number of maps.
        """
        if len(maps) != len(self.lateral):
            raise ValueError(
                f'expected {len(self.lateral)} feature maps, got {len(maps)}; '
                'see out_indices of the backbone'
            )
        merged = None
        for lateral, merge, feature_map in zip(
            reversed(self.lateral),
            reversed(self.merge),
            reversed(maps),
            strict=True,
        ):
            level = lateral(feature_map)
            if merged is not None:
                below = functional.interpolate(
                    merged, size=level.shape[-2:], mode='bilinear'
                )
                level = torch.cat([level, below], dim=1)
            merged = merge(level)
        return merged
