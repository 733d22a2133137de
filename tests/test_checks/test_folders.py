"""Which checkpoint of a folder a training goes on from."""

import os

from mmpose_scgcn.checks import latest_checkpoint

import pytest
import torch


@pytest.fixture
def save(tmp_path):
    """Write checkpoints, each a second after the one before."""
    times = iter(range(100))

    def save(*names):
        for name in names:
            path = tmp_path / f'{name}.pth'
            torch.save(dict(state_dict=dict(a=torch.ones(99))), path)
            time = next(times)
            os.utime(path, (time, time))
        return path

    return save


def test_a_lost_name_is_found_again(save, tmp_path):
    """The name is lost if training is killed while it is written."""
    assert latest_checkpoint(str(tmp_path)) is None
    (tmp_path / 'last_checkpoint').touch()
    assert latest_checkpoint(str(tmp_path)) is None
    save('epoch_9', 'epoch_10', 'best_NME_epoch_10')
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'epoch_10.pth')
    (tmp_path / 'last_checkpoint').write_text('epoch_9.pth')
    assert latest_checkpoint(tmp_path) == 'epoch_9.pth'


@pytest.mark.parametrize('share', [0, 0.3, 0.999])
def test_a_file_that_is_not_whole_is_passed_over(save, tmp_path, share):
    last = save('iter_1', 'iter_2')
    (tmp_path / 'last_checkpoint').write_text(str(last))
    assert latest_checkpoint(tmp_path) == str(last)
    content = last.read_bytes()
    last.write_bytes(content[: int(share * len(content))])
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_1.pth')


def test_an_old_file_that_is_no_archive_counts(tmp_path):
    path = tmp_path / 'epoch_1.pth'
    torch.save({}, path, _use_new_zipfile_serialization=False)
    assert latest_checkpoint(tmp_path) == str(path)
