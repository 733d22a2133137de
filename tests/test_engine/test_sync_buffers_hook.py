"""All processes have the same statistics, of averaged weights too."""

from types import SimpleNamespace

from mmpose_scgcn.engine.hooks import SyncBuffersHook
from tests.two_processes import meet

import pytest
import torch
import torch.distributed as dist
from mmengine.hooks import EMAHook
from torch import nn

#: What the ranks have seen: running means.
SEEN = (1.0, 5.0)


def average_in_process(rank, folder):
    """Average once for each event and kind of EMA; keep what comes of it."""
    meet(rank, folder)
    told = {}
    for event in ('after_train_epoch', 'before_val_epoch'):
        for buffers in (False, True):
            told[event, buffers] = run(event, buffers, SEEN[rank])
    torch.save(told, folder / f'rank{rank}.pth')
    dist.destroy_process_group()


def run(event, update_buffers, seen):
    model = nn.Sequential(nn.Conv2d(3, 2, 1), nn.BatchNorm2d(2))
    ema = EMAHook(update_buffers=update_buffers, momentum=0.5)
    hook = SyncBuffersHook()
    runner = SimpleNamespace(model=model, hooks=[hook, ema], iter=0)
    ema.before_run(runner)
    model[1].running_mean.fill_(seen)
    ema.after_train_iter(runner, 0)
    getattr(hook, event)(runner)
    averaged = ema.ema_model.module
    return model[1].running_mean, averaged[1].running_mean


@pytest.fixture(scope='module')
def answers(tmp_path_factory, run_two):
    folder = tmp_path_factory.mktemp('two')
    run_two(average_in_process, folder)
    return [torch.load(folder / f'rank{rank}.pth') for rank in range(2)]


def test_both_models_have_the_mean_of_the_processes(answers):
    for told in answers:
        assert len(told) == 4
        for case, means in told.items():
            for mean in means:
                assert mean.tolist() == [3.0, 3.0], case


def test_one_process_keeps_what_it_has():
    model, averaged = run('after_train_epoch', True, 2.0)
    assert model.tolist() == averaged.tolist() == [2.0, 2.0]
