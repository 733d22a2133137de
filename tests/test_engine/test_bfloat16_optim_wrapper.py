"""Training in bfloat16 on a CPU."""

import runpy
from pathlib import Path

from mmpose_scgcn.engine.optim_wrappers import (
    BFloat16OptimWrapper,
    has_bfloat16_units,
)
from mmpose_scgcn.registry import OPTIM_WRAPPERS

import pytest
import torch
from mmengine.config import Config
from mmengine.structures import InstanceData
from mmpose.models import TopdownPoseEstimator
from mmpose.structures import PoseDataSample
from mmpose.utils import register_all_modules
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


def make_estimator(head):
    """A pose estimator of MMPose with a small backbone and this head."""
    torch.manual_seed(0)
    register_all_modules()
    return TopdownPoseEstimator(
        backbone=dict(type='mmpose_scgcn.CNN6', widths=(8, 16)),
        head=head,
    )


def batch_of(size=16, keypoints=5):
    """Two crops with labels."""
    torch.manual_seed(1)
    labels = InstanceData(
        keypoint_labels=torch.rand(1, keypoints, 2),
        keypoint_weights=torch.ones(1, keypoints),
    )
    samples = [PoseDataSample(gt_instance_labels=labels) for _ in range(2)]
    return torch.rand(2, 3, size, size), samples


def test_a_head_of_mmpose_finds_coordinates_in_float32():
    size = 16 * 4 * 4
    head = dict(
        type='RegressionHead',
        in_channels=size,
        num_joints=5,
        loss=dict(type='SmoothL1Loss', use_target_weight=True),
    )
    model = make_estimator(head)
    inputs, samples = batch_of()
    wrapper = wrap(model)
    with wrapper.optim_context(model):
        loss = model(inputs, samples, mode='loss')['loss_kpt']
        (features,) = model.extract_feat(inputs)
    assert features.dtype == torch.bfloat16
    expected = model.head.loss((features.float(),), samples)['loss_kpt']
    assert torch.equal(loss, expected)
    assert 'loss' not in vars(model.head)  # the head is as it was
    before = [p.clone() for p in model.parameters()]
    wrapper.update_params(loss)
    moved = zip(before, model.parameters(), strict=True)
    assert not any(torch.equal(old, new) for old, new in moved)


def test_an_error_in_the_loss_leaves_the_head_as_it_was():
    head = dict(type='RegressionHead', in_channels=7, num_joints=5)
    model = make_estimator(head)
    inputs, samples = batch_of()
    with pytest.raises(RuntimeError), wrap(model).optim_context(model):
        model(inputs, samples, mode='loss')
    assert 'loss' not in vars(model.head)


def test_it_is_registered(model):
    wrapper = OPTIM_WRAPPERS.build(
        dict(
            type='mmpose_scgcn.BFloat16OptimWrapper',
            optimizer=torch.optim.SGD(model.parameters(), lr=0.1),
        )
    )
    assert isinstance(wrapper, BFloat16OptimWrapper)


def processor(monkeypatch, **capabilities):
    """Let PyTorch report a processor of these capabilities."""
    monkeypatch.setattr(
        torch.cpu, 'get_capabilities', lambda: capabilities, raising=False
    )


@pytest.fixture
def amp(root, monkeypatch):
    """What ``--amp`` makes of a config, on a machine with a GPU or without."""
    tool = runpy.run_path(str(root / 'tools/train.py'))

    def apply(gpu, **settings):
        monkeypatch.setattr(torch.cuda, 'is_available', lambda: gpu)
        optimizer = dict(type='SGD', lr=1)
        cfg = Config(dict(optim_wrapper=dict(optimizer=optimizer), **settings))
        args = tool['parse_args'](['x.py', '--amp'])
        tool['apply_training_options'](cfg, args)
        return cfg

    return apply


def test_amp_is_mmengine_s_on_a_gpu(amp):
    cfg = amp(gpu=True)
    assert cfg.optim_wrapper.type == 'AmpOptimWrapper'
    assert 'custom_hooks' not in cfg


def test_amp_is_bfloat16_and_channels_last_on_a_cpu(amp, monkeypatch):
    processor(monkeypatch, avx512_f=True, avx512_bf16=True, amx_bf16=False)
    cfg = amp(gpu=False, custom_hooks=[dict(type='SyncBuffersHook')])
    assert cfg.optim_wrapper.type == 'mmpose_scgcn.BFloat16OptimWrapper'
    types = [hook.type for hook in cfg.custom_hooks]
    assert types == ['SyncBuffersHook', 'mmpose_scgcn.ChannelsLastHook']
    again = amp(gpu=False, custom_hooks=cfg.custom_hooks)
    assert again.custom_hooks == cfg.custom_hooks


def test_amp_is_channels_last_alone_without_units(amp, monkeypatch, capsys):
    processor(monkeypatch, avx512_f=True, avx512_bf16=False, amx_bf16=False)
    cfg = amp(gpu=False)
    assert 'type' not in cfg.optim_wrapper
    (hook,) = cfg.custom_hooks
    assert hook.type == 'mmpose_scgcn.ChannelsLastHook'
    assert 'no bfloat16 units' in capsys.readouterr().err


def test_amp_is_tried_where_the_processor_is_not_known(amp, monkeypatch):
    processor(monkeypatch)
    assert has_bfloat16_units() is None
    assert amp(gpu=False).optim_wrapper.type.endswith('BFloat16OptimWrapper')


def test_the_units_are_those_that_the_system_lists():
    flags = Path('/proc/cpuinfo')
    if not flags.is_file() or has_bfloat16_units() is None:
        pytest.skip('nothing to compare with')
    listed = {'avx512_bf16', 'amx_bf16', 'bf16'} & set(
        flags.read_text().split()
    )
    assert has_bfloat16_units() == bool(listed)
