"""What MMPose's names of scripts start, with their order of arguments."""

import os
import subprocess

import pytest

SRUN = (
    'srun -p gpu --job-name=one --gres=gpu:4 --ntasks=4 --ntasks-per-node=4 '
    '--cpus-per-task=5 --kill-on-bad-exit=1 --time=1 python -u TOOLS/'
)
TORCHRUN = (
    'python -m torch.distributed.run --nnodes=1 --node-rank=0 '
    '--master-addr=127.0.0.1 --master-port=29501 --nproc-per-node=2 TOOLS/'
)


@pytest.fixture
def started(root, tmp_path):
    """Tell what a script would start."""
    for name in ('python', 'srun'):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@"\n')
        program.chmod(0o755)

    def start(script, *arguments):
        done = subprocess.run(
            ['bash', root / 'tools' / script, *arguments],
            env={
                'PATH': f'{tmp_path}{os.pathsep}{os.environ["PATH"]}',
                **dict(PORT='29501', GPUS='4', SRUN_ARGS='--time=1'),
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().replace(str(root / 'tools'), 'TOOLS')

    return start


@pytest.mark.parametrize(
    ('script', 'arguments', 'command'),
    [
        (
            'dist_train.sh',
            ('a.py', '2', '--resume'),
            f'{TORCHRUN}train.py a.py --launcher pytorch --resume',
        ),
        (
            'dist_test.sh',
            ('a.py', 'b.pth', '2', '--out', 'c.json'),
            f'{TORCHRUN}test.py a.py b.pth --launcher pytorch --out c.json',
        ),
        (
            'slurm_train.sh',
            ('gpu', 'one', 'a.py', 'run', '--amp'),
            f'{SRUN}train.py a.py --work-dir=run --launcher slurm --amp',
        ),
        (
            'slurm_test.sh',
            ('gpu', 'one', 'a.py', 'b.pth'),
            f'{SRUN}test.py a.py b.pth --launcher slurm',
        ),
    ],
)
def test_what_is_started(started, script, arguments, command):
    assert started(script, *arguments) == command


def test_a_missing_argument_is_told(root):
    done = subprocess.run(
        ['bash', root / 'tools/dist_train.sh', 'a.py'],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert 'usage: dist_train.sh CONFIG PROCESSES' in done.stderr
