"""From a feature map to one feature vector per keypoint."""

from mmcv.cnn import ConvModule
from torch import Tensor, nn


class NodeEmbedding(nn.Module):
    """Two Conv-BN-ReLU blocks that give each keypoint channels of its own.

    Args:
        in_channels (int): Channels C of the feature map.
        num_keypoints (int): Keypoints K.
        expansion (int): Channels n for each keypoint. Defaults to 4.
        mid_channels (int): Channels between the two blocks. Defaults to 256.
    """

    def __init__(
        self,
        in_channels: int,
        num_keypoints: int,
        expansion: int = 4,
        mid_channels: int = 256,
    ) -> None:
        super().__init__()
        self.num_keypoints = num_keypoints
        self.expansion = expansion
        norm = dict(norm_cfg=dict(type='BN'), padding=1)
        self.blocks = nn.Sequential(
            ConvModule(in_channels, mid_channels, 3, **norm),
            ConvModule(mid_channels, num_keypoints * expansion, 3, **norm),
        )

    def forward(self, feature_map: Tensor) -> Tensor:
        """Embed (B, C, H, W) as node maps (B, K, n, H, W)."""
        node_map = self.blocks(feature_map)  # (B, K * n, H, W)
        # Not unflatten, in which a traced file keeps the batch of the trace.
        shape = (self.num_keypoints, self.expansion, *node_map.shape[-2:])
        return node_map.reshape(-1, *shape)
