"""L1, L2 and smooth L1 against PyTorch's own, in crop pixels."""

from mmpose_scgcn.models import L1Loss, L2Loss, SmoothL1Loss
from mmpose_scgcn.registry import MODELS

import pytest
import torch
from torch.nn import functional

SIZE = (64, 48)
PAIRS = {
    L1Loss: lambda o, t: functional.l1_loss(o, t),
    L2Loss: lambda o, t: 0.5 * functional.mse_loss(o, t),
    SmoothL1Loss: lambda o, t: functional.smooth_l1_loss(o, t),
}


@pytest.fixture
def coordinates():
    torch.manual_seed(0)
    return torch.rand(2, 3, 7, 2, dtype=torch.float64) * 2 - 1


@pytest.mark.parametrize('kind', PAIRS)
def test_parity_with_pytorch_in_pixels(kind, coordinates):
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
    with pytest.raises(ValueError, match='beta: expected a positive'):
        SmoothL1Loss(beta=0)


@pytest.mark.parametrize('kind', PAIRS)
def test_gradients(kind, coordinates):
    output, target = coordinates
    output.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda o: kind(input_size=SIZE)(o, target), (output,)
    )


@pytest.mark.parametrize('kind', PAIRS)
def test_a_fractional_weight_multiplies_the_loss(kind, coordinates):
    output, target = coordinates
    weight = torch.full((3, 7), 0.5, dtype=torch.float64)
    weight[:, 3:] = 0
    arguments = dict(use_target_weight=True, reduction='sum')
    loss = kind(**arguments)(output, target, weight)
    part = kind(reduction='sum')(output[:, :3], target[:, :3])
    torch.testing.assert_close(loss, 0.5 * part)


@pytest.mark.parametrize('kind', PAIRS)
def test_a_config_line_builds_it(kind):
    loss = MODELS.build(
        dict(type=f'mmpose_scgcn.{kind.__name__}', input_size=SIZE)
    )
    assert isinstance(loss, kind)
