import copy
from types import SimpleNamespace

from mmpose_scgcn.engine.hooks import ChannelsLastHook
from mmpose_scgcn.models.backbones import CNN6
from mmpose_scgcn.registry import HOOKS

import torch
from mmengine.logging import MMLogger
from torch import nn


def make_runner(model):
    logger = MMLogger.get_instance('channels_last')
    return SimpleNamespace(model=model, logger=logger)


def make_model():
    torch.manual_seed(0)
    return CNN6(widths=(4, 8), norm_cfg=dict(type='BN'))


def test_maps_are_channels_last_and_the_same():
    model = make_model()
    before = copy.deepcopy(model)
    hook = HOOKS.build(dict(type='mmpose_scgcn.ChannelsLastHook'))
    hook.before_run(make_runner(model))
    image = torch.randn(2, 3, 16, 16)
    (out,), (expected,) = model(image), before(image)
    assert out.is_contiguous(memory_format=torch.channels_last)
    assert not expected.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(out, expected)
    out.sum().backward()
    expected.sum().backward()
    for mine, other in zip(
        model.parameters(), before.parameters(), strict=True
    ):
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-4, atol=1e-4)


def test_checkpoints_are_the_same_in_either_order(tmp_path):
    model = make_model()
    ChannelsLastHook().before_run(make_runner(model))
    torch.save(model.state_dict(), tmp_path / 'a.pth')
    other = make_model()
    for parameter in other.parameters():
        nn.init.zeros_(parameter)
    other.load_state_dict(torch.load(tmp_path / 'a.pth'))
    for mine, theirs in zip(
        make_model().parameters(), other.parameters(), strict=True
    ):
        assert torch.equal(mine, theirs)
        assert theirs.is_contiguous()


def test_a_wrapped_model_is_left_alone():
    model = nn.DataParallel(make_model())
    ChannelsLastHook().before_run(make_runner(model))
    for parameter in model.parameters():
        assert parameter.is_contiguous()
