"""The two plain backbones of the Wing loss paper."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from mmpose_scgcn.registry import MODELS

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor, nn


class _PlainCNN(BaseModule):
    """A chain of 3 x 3 convolution, ReLU and 2 x 2 max pooling."""

    def __init__(
        self,
        widths: Sequence[int],
        in_channels: int,
        norm_cfg: Mapping | None,
        out_indices: Sequence[int],
        init_cfg: Mapping | None,
    ) -> None:
        super().__init__(init_cfg)
        channels = [in_channels, *widths]
        self.out_indices = [range(len(widths))[i] for i in out_indices]
        self.stages = nn.Sequential(
            *(
                nn.Sequential(
                    ConvModule(before, after, 3, padding=1, norm_cfg=norm_cfg),
                    nn.MaxPool2d(2),
                )
                for before, after in pairwise(channels)
            )
        )

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Map (B, in_channels, H, W) to maps, halved per stage."""
        maps = []
        for stage in self.stages:
            image = stage(image)
            maps.append(image)
        return tuple(maps[index] for index in self.out_indices)


@MODELS.register_module()
class CNN6(_PlainCNN):
    """Backbone of CNN-6: five convolutions, for a 64 x 64 input.

    "Wing Loss for Robust Facial Landmark Localisation with Convolutional
    Neural Networks" (CVPR 2018); its sixth layer, fully connected, is the
    head's.

    Note:
        The paper's widths are not published; the default is the one that
        re-implementations use. It names no normalisation; re-implementations
        add batch norm. The number of widths is the number of stages.

    Args:
        widths (Sequence[int]): Channels of each stage. Defaults to
            (32, 64, 128, 256, 512).
        in_channels (int): Image channels. Defaults to 3.
        norm_cfg (Mapping, optional): Normalisation, such as
            ``dict(type='BN')``. Defaults to None.
        out_indices (Sequence[int]): Stages whose maps are given. Defaults to
            (-1,): the last one.
        init_cfg (Mapping, optional): MMEngine initialisation.
    """

    def __init__(
        self,
        widths: Sequence[int] = (32, 64, 128, 256, 512),
        in_channels: int = 3,
        norm_cfg: Mapping | None = None,
        out_indices: Sequence[int] = (-1,),
        init_cfg: Mapping | None = None,
    ) -> None:
        super().__init__(widths, in_channels, norm_cfg, out_indices, init_cfg)


@MODELS.register_module()
class CNN7(_PlainCNN):
    """Backbone of CNN-7: six convolutions, for a 128 x 128 input.

    See :class:`CNN6`; the paper states one more stage and 64 filters in the
    first.

    Args:
        widths (Sequence[int]): Channels of each stage. Defaults to
            (64, 64, 128, 256, 512, 512).
        in_channels (int): Image channels. Defaults to 3.
        norm_cfg (Mapping, optional): Normalisation. Defaults to None.
        out_indices (Sequence[int]): Stages whose maps are given. Defaults to
            (-1,): the last one.
        init_cfg (Mapping, optional): MMEngine initialisation.
    """

    def __init__(
        self,
        widths: Sequence[int] = (64, 64, 128, 256, 512, 512),
        in_channels: int = 3,
        norm_cfg: Mapping | None = None,
        out_indices: Sequence[int] = (-1,),
        init_cfg: Mapping | None = None,
    ) -> None:
        super().__init__(widths, in_channels, norm_cfg, out_indices, init_cfg)
