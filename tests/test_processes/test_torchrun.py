"""Processes of ``torchrun``: one that dies, and one that is started again."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def torchrun(root):
    """Start a training with ``torchrun``; gives the process."""
    started = []
    folder = os.path.dirname(sys.executable)

    def start(log: Path, config, *arguments, options=None):
        command = ['bash', str(root / 'tools/dist_train.sh'), config, 2]
        if options is not None:
            command = [sys.executable, '-m', 'torch.distributed.run']
            command += ['--nproc-per-node=2', *options]
            command += [root / 'tools/train.py', config]
            command += ['--launcher', 'pytorch']
        command = [*map(str, command), *map(str, arguments)]
        env = {**os.environ, 'PYTHONPATH': str(root), 'OMP_NUM_THREADS': '1'}
        env['PATH'] = f'{folder}{os.pathsep}{env["PATH"]}'
        with log.open('w') as file:
            process = subprocess.Popen(
                command, stdout=file, stderr=file, env=env
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()  # it ends its own processes
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def children(process) -> list[int]:
    """The processes of the tool, of Linux' own list."""
    tasks = Path(f'/proc/{process.pid}/task')
    return [
        int(pid)
        for task in tasks.iterdir()
        for pid in (task / 'children').read_text().split()
    ]


def wait_until(true, process, log):
    end = time.monotonic() + 120
    while not true():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


needs_children = pytest.mark.skipif(
    not Path('/proc/self/task').is_dir(), reason='only Linux lists processes'
)


# They meet in two ways; in both the old processes have left traces.
@needs_children
@pytest.mark.parametrize('options', [(), ('--standalone',)])
def test_a_killed_process_is_started_again_and_goes_on(
    torchrun, configs, tmp_path, options
):
    log = tmp_path / 'log.txt'
    run = tmp_path / 'run'
    process = torchrun(
        log,
        *(configs[2], '--seed', '4', '--work-dir', run, '--resume'),
        *('--cfg-options', 'train_cfg.max_epochs=6'),
        'env_cfg.dist_cfg.timeout=60',
        options=['--max-restarts=1', '--monitor-interval=0.2', *options],
    )
    wait_until((run / 'epoch_2.pth').exists, process, log)
    os.kill(children(process)[-1], signal.SIGKILL)
    assert process.wait(timeout=120) == 0, log.read_text()
    assert (run / 'epoch_6.pth').exists()
    text = log.read_text()
    assert re.search(r'resumed epoch: [2-5]', text)
    assert 'exitcode: -9' in text
    # All epochs are there, and those before the death are not done again.
    steps = (run / 'losses0.txt').read_text().split()
    assert 60 <= len(steps) <= 80


def test_an_error_in_one_process_ends_all(
    torchrun, write_steady, odd_faces, tmp_path
):
    # One face of a step: one of the two processes cannot read it.
    data = tmp_path / 'faces'
    shutil.copytree(odd_faces, data)
    face = data / 'images/000000.jpg'
    content = face.read_bytes()
    face.write_bytes(content[: len(content) // 3])
    config = write_steady(tmp_path / 'two.py', 4)
    log = tmp_path / 'log.txt'
    process = torchrun(
        log,
        *(config, '--seed', '4', '--work-dir', tmp_path / 'run'),
        *('--cfg-options', f'train_dataloader.dataset.data_root={data}'),
        'env_cfg.dist_cfg.init_method=env://',
    )
    assert process.wait(timeout=120) == 1
    told = [line for line in log.read_text().splitlines() if face.name in line]
    assert len(told) == 1, log.read_text()
    assert 'cannot be read' in told[0]
