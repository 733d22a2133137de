"""The checkpoints of a training."""

import os

from mmpose_scgcn.apis.checkpoints import best_checkpoint, count_parameters
from mmpose_scgcn.models.layers import KeypointGraph

import numpy as np
import pytest
from torch import nn


def test_the_newest_of_the_best_is_found(tmp_path):
    for age, epoch in enumerate((12, 9, 3)):
        path = tmp_path / f'best_NME_epoch_{epoch}.pth'
        path.touch()
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / 'epoch_20.pth').touch()
    assert best_checkpoint(tmp_path).name == 'best_NME_epoch_12.pth'


def test_a_folder_without_any_is_named(tmp_path):
    (tmp_path / 'epoch_20.pth').touch()
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        best_checkpoint(tmp_path)


def test_buffers_are_no_parameters():
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
    angles = np.linspace(0, 6, 5)
    model.graph = KeypointGraph(
        dict(
            num_keypoints=5,
            top_k=1,
            neighbors=[[i, (i + 1) % 5] for i in range(5)],
            mean_shape=np.stack([np.cos(angles), np.sin(angles)], 1),
        )
    )
    wanted = sum(p.numel() for p in model.parameters())
    assert wanted == 3 * 8 * 9 + 8 + 2 * 8
    assert count_parameters(model.state_dict()) == wanted
