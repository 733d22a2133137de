"""L1, L2 and smooth L1 against PyTorch's own, in crop pixels."""

from mmpose_scgcn.models import L1Loss, L2Loss, SmoothL1Loss

import pytest
import torch
from torch.nn import functional

SIZE = (64, 48)
PAIRS = {
    L1Loss: lambda o, t: functional.l1_loss(o, t),
    L2Loss: lambda o, t: 0.5 * functional.mse_loss(o, t),
    SmoothL1Loss: lambda o, t: functional.smooth_l1_loss(o, t),
}


@pytest.mark.parametrize('kind', PAIRS)
def test_parity_with_pytorch_in_pixels(kind):
    torch.manual_seed(0)
    coordinates = torch.rand(2, 3, 7, 2, dtype=torch.float64) * 2 - 1
    output, target = coordinates * 0.05  # on both sides of 1 px
    pixels = torch.tensor(SIZE)
    expected = PAIRS[kind](output * pixels, target * pixels)
    loss = kind(input_size=SIZE)(output, target)
    torch.testing.assert_close(loss, expected)


def test_the_threshold_of_smooth_l1():
    loss = SmoothL1Loss(beta=2.0)
    errors = torch.tensor([0.0, 1.0, -2.0, 3.0], dtype=torch.float64)
    torch.testing.assert_close(
        loss.penalty(errors), errors.new_tensor([0, 0.25, 1.0, 2.0])
    )
