from mmpose_scgcn.models.layers import NodeEmbedding

import torch


def test_each_keypoint_gets_its_own_channels():
    torch.manual_seed(0)
    embedding = NodeEmbedding(3, num_keypoints=5, expansion=2, mid_channels=7)
    feature_map = torch.randn(4, 3, 6, 8)
    node_map = embedding(feature_map)
    assert node_map.shape == (4, 5, 2, 6, 8)
    flat = embedding.blocks(feature_map)
    torch.testing.assert_close(node_map[:, 3, 1], flat[:, 3 * 2 + 1])


def test_two_conv_bn_relu_blocks():
    embedding = NodeEmbedding(3, 5, expansion=2, mid_channels=7)
    convs = [m for m in embedding.modules() if isinstance(m, torch.nn.Conv2d)]
    norms = [
        m for m in embedding.modules() if isinstance(m, torch.nn.BatchNorm2d)
    ]
    assert [tuple(c.weight.shape) for c in convs] == [
        (7, 3, 3, 3),
        (10, 7, 3, 3),
    ]
    assert [n.num_features for n in norms] == [7, 10]
    assert embedding(torch.randn(2, 3, 4, 4)).min() == 0
