"""A small head, features and samples for it."""

from mmpose_scgcn.models import GraphRelationalHead

import pytest
import torch
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample

K, C, W, H = 6, 8, 4, 3
SIZE = (64, 48)
FLIP = [1, 0, 3, 2, 4, 5]
DECODER = dict(type='RegressionLabel', input_size=SIZE)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture
def make_head(ring):
    """Build a small head; ``randomise`` moves it away from its start."""

    def make(randomise=False, **arguments):
        head = GraphRelationalHead(
            **{
                **dict(
                    in_channels=C,
                    in_featuremap_size=(W, H),
                    num_keypoints=K,
                    graph=ring,
                    top_k=2,
                    embed_channels=8,
                    hidden_channels=8,
                    num_layers=1,
                    decoder=DECODER,
                ),
                **arguments,
            }
        )
        if randomise:
            for parameter in head.parameters():
                torch.nn.init.normal_(parameter, std=0.2)
        return head.eval()

    return make


@pytest.fixture
def feats():
    return (torch.randn(3, C, H, W),)


@pytest.fixture
def samples():
    labels = torch.rand(3, 1, K, 2)
    weights = torch.ones(3, 1, K)
    weights[1, 0, :2] = 0
    weights[2, 0, 3] = 0.5
    return [
        PoseDataSample(
            metainfo=dict(flip_indices=FLIP, input_size=SIZE),
            gt_instance_labels=InstanceData(
                keypoint_labels=label, keypoint_weights=weight
            ),
        )
        for label, weight in zip(labels, weights, strict=True)
    ]
