"""Trainings of few steps, by one process and by two."""

import json
import os
import runpy
import socket
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace

from mmpose_scgcn.synthetic import make_dataset

import pytest

CONFIG = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'

# All faces of a step, in whatever process, weigh the same: no batch norm and
# nothing random. Adam would make much of the rounding of small gradients.
STEADY = """
_base_ = [{base!r}]
_random = ('RandomFlip', 'RandomBBoxTransform', 'PhotometricDistortion')
_steps = [
    step
    for step in _base_.train_pipeline
    if step['type'].split('.')[-1] not in _random
]
model = dict(
    backbone=dict(norm_cfg=None),
    head=dict(_delete_=True, type='mmpose_scgcn.FullyConnectedHead',
        in_channels=256, in_featuremap_size=(4, 4), num_keypoints=98,
        decoder=_base_.codec))
optim_wrapper = dict(clip_grad=None, optimizer=dict(
    _delete_=True, type='SGD', lr=2e-3, momentum=0.9))
train_cfg = dict(max_epochs=2, val_interval=1)
train_dataloader = dict(batch_size={batch}, num_workers=0,
    persistent_workers=False,
    dataset=dict(data_root={data!r}, pipeline=_steps))
val_dataloader = dict(batch_size=2, num_workers=0, persistent_workers=False,
    dataset=dict(data_root={data!r}))
test_dataloader = dict(batch_size=2, num_workers=0, persistent_workers=False,
    dataset=dict(data_root={data!r}))
default_hooks = dict(logger=dict(interval=1),
    checkpoint=dict(max_keep_ckpts=-1))
log_processor = dict(window_size=1)
custom_imports = dict(allow_failed_imports=False,
    imports=['mmpose_scgcn', 'tests.test_processes.rank_losses'])
custom_hooks = [*_base_.custom_hooks, dict(type='mmpose_scgcn.RankLosses')]
del _steps, _random
"""


@pytest.fixture(scope='session')
def odd_faces(tmp_path_factory) -> Path:
    """Drawn faces; two processes cannot share those of val and test evenly."""
    folder = tmp_path_factory.mktemp('odd') / 'faces'
    make_dataset(folder, train=80, val=7, test=5, size=72, seed=3)
    return folder


@pytest.fixture(scope='session')
def write_steady(root, odd_faces):
    """Write a config; ``batch`` is that of a process."""

    def write(file, batch):
        (base,) = (root / 'configs').rglob(CONFIG)
        text = STEADY.format(base=str(base), batch=batch, data=str(odd_faces))
        file.write_text(text, encoding='utf-8')
        return file

    return write


def said_by(launcher: str, rank: int) -> dict[str, str]:
    """What a launcher tells one of two processes."""
    number = str(rank)
    return {
        'pytorch': dict(RANK=number, LOCAL_RANK=number, WORLD_SIZE='2'),
        'slurm': dict(
            SLURM_PROCID=number,
            SLURM_LOCALID=number,
            SLURM_NTASKS='2',
            SLURM_NODELIST='localhost',
        ),
        'mpi': dict(
            OMPI_COMM_WORLD_RANK=number,
            OMPI_COMM_WORLD_LOCAL_RANK=number,
            OMPI_COMM_WORLD_SIZE='2',
        ),
    }[launcher]


def as_two(rank: int, folder: Path) -> None:
    """Run a tool as one of two processes that a launcher has started.

    Its command line and a port are in ``command.json``.
    """
    wanted = json.loads((folder / 'command.json').read_text())
    os.environ.update(
        said_by(wanted['argv'][-1], rank),
        MASTER_ADDR='127.0.0.1',
        MASTER_PORT=str(wanted['port']),
    )
    log = os.open(
        folder / f'rank{rank}.log', os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    )
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.argv = wanted['argv']
    sys.path.insert(0, str(Path(sys.argv[0]).parent))
    code = 0
    try:
        runpy.run_path(sys.argv[0], run_name='__main__')
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        code = 1 if isinstance(end.code, str) else end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    (folder / f'rank{rank}.code').write_text(str(code))


@pytest.fixture(scope='session')
def run_as_two(run_two, root, tmp_path_factory):
    """Run a tool in two processes; gives codes and logs of both."""

    def run(tool, *arguments, launcher='pytorch'):
        folder = tmp_path_factory.mktemp('as_two')
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        argv = [str(root / 'tools' / f'{tool}.py'), *map(str, arguments)]
        argv += ['--launcher', launcher]
        (folder / 'command.json').write_text(
            json.dumps(dict(argv=argv, port=port))
        )
        run_two(as_two, folder)
        ranks = range(2)
        return SimpleNamespace(
            codes=[int((folder / f'rank{r}.code').read_text()) for r in ranks],
            logs=[(folder / f'rank{r}.log').read_text() for r in ranks],
        )

    return run


@pytest.fixture(scope='session')
def configs(write_steady, tmp_path_factory):
    """The same training, with the same whole batch, by number of processes."""
    folder = tmp_path_factory.mktemp('configs')
    return {
        1: write_steady(folder / 'one.py', 8),
        2: write_steady(folder / 'two.py', 4),
    }


@pytest.fixture(scope='session')
def train(run_as_two, run_python, root):
    """What trains, by number of processes."""

    def by_one(*arguments):
        tool = root / 'tools/train.py'
        done = run_python(tool, *arguments)
        assert done.returncode == 0, done.stderr

    def by_two(*arguments):
        done = run_as_two('train', *arguments)
        assert done.codes == [0, 0], done.logs

    return {1: by_one, 2: by_two}


@pytest.fixture(scope='session')
def work_dirs(train, configs, tmp_path_factory):
    """Two epochs, by number of processes."""
    folders = {n: tmp_path_factory.mktemp('run') for n in train}
    for count, folder in folders.items():
        train[count](configs[count], '--seed', '4', '--work-dir', folder)
    return folders
