"""The fully connected head of the Wing loss paper."""

from collections.abc import Mapping, Sequence

from mmpose_scgcn.registry import MODELS

import torch
from torch import Tensor, nn

from .coordinate_head import CoordinateHead


@MODELS.register_module()
class FullyConnectedHead(CoordinateHead):
    r"""Regress keypoints by two fully connected layers on the whole map.

    .. math::
        P = \tfrac12 + W_2\,\mathrm{ReLU}(W_1 \mathrm{vec}(F) + b_1) + b_2

    The end of CNN-6 and CNN-7 in "Wing Loss for Robust Facial Landmark
    Localisation with Convolutional Neural Networks" (CVPR 2018), for any
    backbone. Unlike MMPose's ``RegressionHead`` after pooling, it sees where
    in the map a feature is.

    Note:
        The paper's network gives pixels of its input and does not say where
        it starts; this one gives fractions of the crop, for MMPose's
        ``RegressionLabel``, and starts close to the crop's centre.

    Args:
        in_channels (int): Channels C of the last feature map.
        in_featuremap_size (tuple[int, int]): Its width and height.
        num_keypoints (int): Keypoints K.
        hidden_channels (int): Width of the hidden layer. Defaults to 1024,
            as in re-implementations; the paper's is not published.
        loss (Mapping, optional): Config of the loss. Defaults to None:
            ``StructureCoherentLoss`` in the decoder's ``input_size``, with
            target weights.
        decoder (Mapping, optional): Config of the codec. Defaults to None.
        init_cfg (Mapping, optional): MMEngine initialisation. Defaults to
            None: PyTorch's own, the last layer a hundred times smaller.
    """

    def __init__(
        self,
        in_channels: int,
        in_featuremap_size: tuple[int, int],
        num_keypoints: int,
        hidden_channels: int = 1024,
        loss: Mapping | None = None,
        decoder: Mapping | None = None,
        init_cfg: Mapping | None = None,
    ) -> None:
        super().__init__(
            in_channels, in_featuremap_size, loss, decoder, init_cfg
        )
        channels, height, width = self.map_shape
        self.hidden = nn.Linear(channels * height * width, hidden_channels)
        self.num_keypoints = num_keypoints
        self.out = nn.Linear(hidden_channels, 2 * num_keypoints)
        with torch.no_grad():
            self.out.weight.mul_(0.01)
            self.out.bias.zero_()

    def forward(self, feats: Sequence[Tensor]) -> Tensor:
        """Predict keypoints.

        Args:
            feats (Sequence[Tensor]): Feature maps; the last one,
                (B, C, H, W), is used.

        Returns:
            Tensor: (B, K, 2), normalised to the crop.

        Raises:
            ValueError: The map is not of the configured size.
        """
        nodes = self.hidden(self.check_map(feats).flatten(1)).relu()
        # Coordinates need more than the 8 bits of bfloat16.
        with torch.autocast(nodes.device.type, enabled=False):
            offset = self.out(nodes.to(self.out.weight.dtype))
        return 0.5 + offset.reshape(-1, self.num_keypoints, 2)
