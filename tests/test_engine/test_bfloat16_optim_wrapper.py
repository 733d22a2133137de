"""Training in bfloat16 on a CPU."""

import runpy

from mmpose_scgcn.engine.optim_wrappers import BFloat16OptimWrapper
from mmpose_scgcn.registry import OPTIM_WRAPPERS

import pytest
import torch
from mmengine.config import Config
from torch import nn


@pytest.fixture
def model():
    torch.manual_seed(0)
    return nn.Linear(64, 8)


def wrap(model, lr=0.1):
    return BFloat16OptimWrapper(
        optimizer=torch.optim.SGD(model.parameters(), lr=lr)
    )


def test_the_forward_pass_is_in_bfloat16_and_weights_are_not(model):
    wrapper = wrap(model)
    image = torch.rand(4, 64)
    with wrapper.optim_context(model):
        output = model(image)
    assert output.dtype == torch.bfloat16
    assert model(image).dtype == torch.float32
    wrapper.update_params(output.float().square().mean())
    assert model.weight.dtype == torch.float32


def test_a_step_is_that_of_float32_but_for_rounding(model):
    image, target = torch.rand(4, 64), torch.rand(4, 8)
    other = nn.Linear(64, 8)
    other.load_state_dict(model.state_dict())
    wrapper = wrap(model)
    with wrapper.optim_context(model):
        loss = (model(image).float() - target).square().mean()
    wrapper.update_params(loss)
    plain = torch.optim.SGD(other.parameters(), lr=0.1)
    (other(image) - target).square().mean().backward()
    plain.step()
    torch.testing.assert_close(model.weight, other.weight, rtol=0, atol=2e-3)
    assert not torch.equal(model.weight, other.weight)


def test_it_is_registered(model):
    wrapper = OPTIM_WRAPPERS.build(
        dict(
            type='mmpose_scgcn.BFloat16OptimWrapper',
            optimizer=torch.optim.SGD(model.parameters(), lr=0.1),
        )
    )
    assert isinstance(wrapper, BFloat16OptimWrapper)


@pytest.mark.parametrize(
    ('gpu', 'kind'),
    [(False, 'mmpose_scgcn.BFloat16OptimWrapper'), (True, 'AmpOptimWrapper')],
)
def test_amp_chooses_it_on_a_cpu(root, monkeypatch, gpu, kind):
    tool = runpy.run_path(str(root / 'tools/train.py'))
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: gpu)
    cfg = Config(dict(optim_wrapper=dict(optimizer=dict(type='SGD', lr=1))))
    monkeypatch.setattr('sys.argv', ['train.py', 'x.py', '--amp'])
    tool['apply_training_options'](cfg, tool['parse_args']())
    assert cfg.optim_wrapper.type == kind
