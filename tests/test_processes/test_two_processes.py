"""Two real processes train and test like one."""

import json
import shutil
import sys
from threading import Event, Thread

from mmpose_scgcn.processes import join_processes, leave_processes

import numpy as np
import pytest
import torch
import torch.distributed as dist
from mmengine.config import Config


def losses(work_dir, rank=0):
    return np.loadtxt(work_dir / f'losses{rank}.txt')


def weights(file):
    return torch.load(file, weights_only=False)['state_dict']


def check_same(first, second):
    assert first.keys() == second.keys()
    for name, value in first.items():
        torch.testing.assert_close(
            second[name], value, rtol=1e-4, atol=1e-5, msg=name
        )


def test_losses_of_twenty_steps_are_those_of_one_process(work_dirs):
    one = losses(work_dirs[1])
    halves = [losses(work_dirs[2], rank) for rank in range(2)]
    assert len(one) == 20
    assert one[0] > 1.1 * one[-1]  # it learns
    assert np.abs(halves[0] - halves[1]).min() > 1e-3  # of other faces
    assert np.mean(halves, axis=0) == pytest.approx(one, rel=1e-5)


def test_weights_are_those_of_one_process(work_dirs):
    one, two = (weights(work_dirs[n] / 'epoch_2.pth') for n in (1, 2))
    check_same(one, two)


@pytest.mark.parametrize(('before', 'after'), [(1, 2), (2, 1)])
def test_it_is_resumed_by_another_number_of_processes(
    before, after, work_dirs, configs, train, tmp_path
):
    shutil.copy(work_dirs[before] / 'epoch_1.pth', tmp_path)
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'epoch_1.pth'))
    train[after](
        configs[after], '--seed', '4', '--work-dir', tmp_path, '--resume'
    )
    assert len(losses(tmp_path)) == 10  # one epoch of two
    check_same(
        weights(work_dirs[before] / 'epoch_2.pth'),
        weights(tmp_path / 'epoch_2.pth'),
    )


@pytest.mark.parametrize('launcher', ['pytorch', 'slurm', 'mpi'])
def test_the_metric_is_that_of_one_process(
    work_dirs, configs, run_python, run_as_two, root, tmp_path, launcher
):
    checkpoint = work_dirs[1] / 'epoch_2.pth'
    arguments = (configs[1], checkpoint, '--work-dir', tmp_path, '--out')
    one, two = tmp_path / 'one.json', tmp_path / 'two.json'
    done = run_python(root / 'tools/test.py', *arguments, one)
    assert done.returncode == 0, done.stderr
    done = run_as_two('test', *arguments, two, launcher=launcher)
    assert done.codes == [0, 0], done.logs
    assert json.loads(two.read_text()) == json.loads(one.read_text())
    assert done.logs[0].count('NME') > done.logs[1].count('NME') == 0


def test_who_did_not_start_the_process_is_said(run_python, configs, root):
    done = run_python(
        root / 'tools/train.py', configs[1], '--launcher', 'pytorch'
    )
    assert done.returncode == 1
    assert 'RANK is not set' in done.stderr
    assert 'torchrun --nproc-per-node' in done.stderr
    assert 'Traceback' not in done.stderr


@pytest.mark.parametrize(
    ('environ', 'arguments', 'said'),
    [
        (
            dict(RANK='0', WORLD_SIZE='2'),
            (),
            'started as one of 2 (WORLD_SIZE), without a launcher: add '
            '--launcher pytorch',
        ),
        (
            dict(OMPI_COMM_WORLD_RANK='0', OMPI_COMM_WORLD_LOCAL_RANK='0'),
            ('--launcher', 'mpi'),
            '--launcher mpi: expected MASTER_ADDR',
        ),
    ],
)
def test_what_a_launcher_and_the_command_line_do_not_agree_on(
    run_python, configs, root, tmp_path, environ, arguments, said
):
    tool, run = root / 'tools/train.py', tmp_path / 'run'
    done = run_python(
        tool, configs[1], '--work-dir', run, *arguments, **environ
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert 'Traceback' not in done.stderr
    assert not run.exists()


def test_unequal_shares_of_an_epoch_are_refused(run_as_two, configs, tmp_path):
    """One of the two would wait for a batch that the other has not."""
    done = run_as_two(
        'train',
        *(configs[2], '--work-dir', tmp_path, '--cfg-options'),
        'train_dataloader.sampler.round_up=False',
        'train_dataloader.dataset.indices=79',
    )
    assert done.codes == [1, 1], done.logs
    for log in done.logs:
        assert '10 and 9 batches in an epoch' in log
        assert 'train_dataloader.sampler.round_up=True' in log
        assert 'Traceback' not in log


def test_pictures_of_a_part_of_the_faces_are_refused(
    work_dirs, configs, run_as_two, tmp_path
):
    done = run_as_two(
        'test',
        *(configs[1], work_dirs[1] / 'epoch_2.pth', '--work-dir', tmp_path),
        *('--show-dir', tmp_path / 'shown'),
    )
    assert done.codes == [1, 1]
    assert 'one process draws, and this is one of 2' in done.logs[0]
    assert not (tmp_path / 'shown').exists()


@pytest.mark.parametrize(
    ('device', 'said'),
    [
        ('cuda', 'process 3 of this machine sees 2; start as many processes'),
        ('mps', 'several processes cannot train together on the GPU of a Mac'),
    ],
)
def test_processes_without_a_gpu_for_each_are_told(device, said, monkeypatch):
    # What this machine has not is said by its name.
    monkeypatch.setattr('mmpose_scgcn.processes.get_device', lambda: device)
    monkeypatch.setattr('torch.cuda.device_count', lambda: 2)
    for name, rank in dict(RANK='2', LOCAL_RANK='2', WORLD_SIZE='3').items():
        monkeypatch.setenv(name, rank)
    with pytest.raises(ValueError, match=said):
        join_processes(Config(dict(launcher='pytorch')))


def test_an_error_in_all_processes_is_words(run_as_two, tmp_path):
    done = run_as_two('train', tmp_path / 'nothing.py')
    assert done.codes == [1, 1]
    assert 'nothing.py is neither a file' in done.logs[0]
    assert 'Traceback' not in ''.join(done.logs)


@pytest.fixture
def joined(tmp_path):
    """A process group with this process alone."""
    meeting = f'file://{tmp_path}/meeting'
    dist.init_process_group('gloo', meeting, rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def test_those_who_wait_for_the_interpreter_get_it_at_the_end(joined):
    """Gloo's threads do, when they drop what was sent last."""
    done, may_end = [], Event()

    def finish():
        may_end.wait()
        done.append(True)

    thread = Thread(target=finish)
    thread.start()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)  # nobody takes it away from this thread
    try:
        may_end.set()
        before = list(done)
        leave_processes()
        assert (before, done) == ([], [True])
    finally:
        sys.setswitchinterval(interval)
        thread.join()
