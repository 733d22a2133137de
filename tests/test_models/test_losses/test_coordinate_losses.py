"""Weights and reductions of the losses on each coordinate by itself."""

from mmpose_scgcn.models import (
    L1Loss,
    L2Loss,
    SmoothL1Loss,
    SoftWingLoss,
    WingLoss,
)

import pytest
import torch
from mmpose.models.losses import SoftWingLoss as MMPoseSoftWingLoss
from mmpose.models.losses import WingLoss as MMPoseWingLoss

LOSSES = [WingLoss, SoftWingLoss, L1Loss, L2Loss, SmoothL1Loss]
every = pytest.mark.parametrize('loss_class', LOSSES)


def naive_mean(loss, output, target, weight):
    """Sum of w * penalty over D * sum of w, one keypoint at a time."""
    total = count = 0.0
    for b in range(output.shape[0]):
        for k in range(output.shape[1]):
            for d in range(output.shape[2]):
                error = output[b, k, d] - target[b, k, d]
                total += weight[b, k] * loss.penalty(error)
                count += weight[b, k]
    return total / count


@pytest.mark.parametrize('loss_class', [WingLoss, SoftWingLoss])
@pytest.mark.parametrize('spread', [0.3, 1.0, 40.0])
def test_sum_equals_mmpose(loss_class, spread):
    """With 0/1 weights and no input size, on errors of any size."""
    parent = {WingLoss: MMPoseWingLoss, SoftWingLoss: MMPoseSoftWingLoss}
    torch.manual_seed(0)
    output = spread * torch.randn(5, 7, 2, dtype=torch.float64)
    target = spread * torch.randn(5, 7, 2, dtype=torch.float64)
    weight = (torch.rand(5, 7, 1) > 0.3).double()
    ours = loss_class(use_target_weight=True, reduction='sum', loss_weight=3)
    theirs = parent[loss_class](use_target_weight=True, loss_weight=3)
    torch.testing.assert_close(
        ours(output, target, weight), theirs(output, target, weight)
    )
    torch.testing.assert_close(
        loss_class(reduction='sum')(output, target),
        parent[loss_class]()(output, target),
    )


@every
def test_mean_equals_a_naive_loop(loss_class, batch):
    output, target, weight = (x.double() for x in batch)
    weight[1, :3] = torch.tensor([0.25, 0.5, 1.5])
    loss = loss_class(use_target_weight=True)
    torch.testing.assert_close(
        loss(output, target, weight), naive_mean(loss, output, target, weight)
    )


@every
def test_the_mean_of_one_coordinate_is_its_penalty(loss_class):
    loss, error = loss_class(), torch.full((1, 1, 1), 7.0)
    torch.testing.assert_close(
        loss(error, torch.zeros(1, 1, 1)), loss.penalty(error)[0, 0, 0]
    )


@every
def test_fractional_weight_multiplies_the_loss_not_the_error(loss_class):
    """In MMPose an error of 10 at weight 0.5 does not cost half of 10."""
    output, target = torch.full((1, 1, 2), 10.0), torch.zeros(1, 1, 2)
    loss = loss_class(use_target_weight=True, reduction='sum')
    half = loss(output, target, torch.tensor([[0.5]]))
    whole = loss(output, target, torch.tensor([[1.0]]))
    torch.testing.assert_close(half, 0.5 * whole)


@every
@pytest.mark.parametrize('reduction', ['mean', 'sum'])
def test_weights_meet_their_keypoints(loss_class, reduction):
    torch.manual_seed(0)
    # N = K = D: any wrong broadcast would go unnoticed.
    output, target = 9 * torch.randn(2, 2, 2), 9 * torch.randn(2, 2, 2)
    weight = torch.tensor([[1.0, 0.2], [0.0, 0.7]])
    loss = loss_class(use_target_weight=True, reduction=reduction)
    total = (loss.penalty(output - target).sum(-1) * weight).sum()
    expected = total / (2 if reduction == 'sum' else 2 * weight.sum())
    torch.testing.assert_close(loss(output, target, weight), expected)


@every
def test_x_counts_in_widths_and_y_in_heights(loss_class):
    loss = loss_class(input_size=(200, 100), reduction='sum')
    output = torch.tensor([[[0.015, 0.0]], [[0.0, 0.04]]])  # 3 px, 4 px
    expected = loss.penalty(torch.tensor([3.0, 4.0])).sum() / 2
    torch.testing.assert_close(
        loss(output, torch.zeros_like(output)), expected
    )


@every
def test_bad_reduction(loss_class):
    with pytest.raises(ValueError, match="'mean' or 'sum', got 'none'"):
        loss_class(reduction='none')
