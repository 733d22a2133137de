"""Checkpoints that are written whole or not at all: a process really dies."""

import os
import signal

from benchmarks.killing import die_at_byte

import pytest
import torch
from mmengine.runner.checkpoint import save_checkpoint

OLD, NEW = (dict(a=torch.full((9999,), value)) for value in (1.0, 2.0))


def killed_while_saving(path, size):
    """Save in a child that dies at a byte of the file."""
    child = os.fork()
    if child == 0:
        die_at_byte(size)
        save_checkpoint(NEW, str(path))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize('size', [0, 1, 20_000])
def test_a_process_that_dies_leaves_the_earlier_file(
    tmp_path, size, monkeypatch
):
    path = tmp_path / 'epoch_1.pth'
    save_checkpoint(OLD, str(path))
    assert killed_while_saving(path, size) == -signal.SIGXFSZ
    assert torch.equal(torch.load(path, weights_only=True)['a'], OLD['a'])
    (left,) = set(os.listdir(tmp_path)) - {'epoch_1.pth'}
    assert not path.with_name(left).match('epoch_*.pth')
    assert (tmp_path / left).stat().st_size == size
    # Another process removes what is left.
    monkeypatch.setattr('mmpose_scgcn.files._cleared', set())
    save_checkpoint(NEW, str(path))
    assert torch.equal(torch.load(path, weights_only=True)['a'], NEW['a'])
    assert os.listdir(tmp_path) == ['epoch_1.pth']


def test_nothing_is_there_before_it_is_whole(tmp_path):
    path = tmp_path / 'new/epoch_1.pth'
    assert killed_while_saving(path, 20_000) == -signal.SIGXFSZ
    assert not path.exists()


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / 'disk').mkdir()
    (tmp_path / 'last.pth').symlink_to('disk/real.pth')
    save_checkpoint(OLD, str(tmp_path / 'last.pth'))
    assert (tmp_path / 'last.pth').is_symlink()
    real = torch.load(tmp_path / 'disk/real.pth', weights_only=True)
    assert torch.equal(real['a'], OLD['a'])


def test_what_is_no_file_is_written_to():
    save_checkpoint(OLD, os.devnull)
    assert not os.path.isfile(os.devnull)
