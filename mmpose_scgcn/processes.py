"""Several processes, by the launchers of MMEngine, with and without GPUs.

Without a GPU, MMEngine's ``init_dist`` stops where it chooses one for each
process.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.dist import (
    broadcast_object_list,
    init_dist,
    is_distributed,
    is_main_process,
)
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmengine.utils.dl_utils import set_multi_processing
from torch import nn
from torch.distributed import PrefixStore, TCPStore

#: For each launcher, a variable that it sets, and what starts it.
_STARTED_BY = {
    'pytorch': ('RANK', 'torchrun --nproc-per-node=N TOOL ...'),
    'slurm': ('SLURM_PROCID', 'srun --ntasks=N python TOOL ...'),
    'mpi': ('OMPI_COMM_WORLD_RANK', 'mpirun -np N python TOOL ...'),
}

#: Where it says which process of its machine this is, from 0.
_LOCAL_RANK = {
    'pytorch': 'LOCAL_RANK',
    'slurm': 'SLURM_LOCALID',
    'mpi': 'OMPI_COMM_WORLD_LOCAL_RANK',
}

#: Much more than threads need that wait for nothing but the lock.
_DROPPING_S = 0.1

#: Settings of ``dist_cfg`` that say how the processes meet.
_MEETING = {'init_method', 'rank', 'store', 'world_size'}


def join_processes(cfg: Config) -> None:
    """Join the processes that a launcher has started.

    The runner would do it, but later than what is to be done by one process
    for all. Without a GPU the backend becomes ``gloo``, and the model wrapper
    one for CPUs.

    Args:
        cfg (mmengine.config.Config): With ``launcher``; it may be changed.

    Raises:
        ValueError: The process was not started by the launcher, or there is
            no GPU for it.
    """
    if is_distributed():
        return
    if cfg.launcher == 'none':
        _check_alone()
        return
    name, command = _STARTED_BY[cfg.launcher]
    if name not in os.environ:
        raise ValueError(
            f'--launcher {cfg.launcher}: this process was not started by it '
            f'({name} is not set); expected "{command} --launcher '
            f'{cfg.launcher}"'
        )
    if cfg.launcher == 'mpi':  # MMEngine needs it later, and does not set it
        os.environ['LOCAL_RANK'] = os.environ['OMPI_COMM_WORLD_LOCAL_RANK']
        if 'MASTER_ADDR' not in os.environ:
            raise ValueError(
                '--launcher mpi: expected MASTER_ADDR, the address of the '
                'first machine, in the environment (127.0.0.1 with one)'
            )
    _check_gpu(cfg.launcher)
    environment = cfg.get('env_cfg', {})
    settings = dict(environment.get('dist_cfg', {}))
    by_torch = settings.get('init_backend', 'torch') == 'torch'
    if by_torch and not _MEETING & settings.keys():
        settings.update(_fresh_store())
    # As the runner does it, and before: init_dist would choose otherwise.
    set_multi_processing(**environment.get('mp_cfg', {}), distributed=True)
    if get_device() != 'cpu':
        init_dist(cfg.launcher, **settings)
        return
    with _no_gpu_to_choose():
        init_dist(cfg.launcher, **(settings | dict(backend='gloo')))
    wrapper = dict(
        type='MMDistributedDataParallel',
        device_ids=None,  # MMEngine gives the number of a GPU
        broadcast_buffers=False,
        find_unused_parameters=cfg.get('find_unused_parameters', False),
    )
    cfg.model_wrapper_cfg = {**wrapper, **cfg.get('model_wrapper_cfg', {})}


def leave_processes() -> None:
    """Let the threads that communicate finish, before the interpreter ends.

    Gloo's threads drop what was sent last, and need the interpreter's lock
    for it. PyTorch aborts a process whose interpreter ends meanwhile
    (https://github.com/pytorch/pytorch/pull/179291), and ``torchrun`` then
    ends the others, of which the first may still be writing a checkpoint.
    """
    if is_distributed():
        time.sleep(_DROPPING_S)  # without the lock


def _check_alone() -> None:
    """Check that a process without a launcher has no siblings.

    Raises:
        ValueError: A launcher has started several, and each would do the
            whole work in the same folder.
    """
    for launcher, name in (
        ('pytorch', 'WORLD_SIZE'),
        ('mpi', 'OMPI_COMM_WORLD_SIZE'),
    ):
        count = os.environ.get(name, '1')
        started = _STARTED_BY[launcher][0] in os.environ
        if started and count.isdecimal() and int(count) > 1:
            raise ValueError(
                f'this process was started as one of {count} ({name}), '
                f'without a launcher: add --launcher {launcher}'
            )


def _check_gpu(launcher: str) -> None:
    """Check that there is a GPU for this process, if there are any.

    Raises:
        ValueError: There are more processes than GPUs, or GPUs that
            processes cannot share their work on.
    """
    device = get_device()
    if device == 'mps':
        raise ValueError(
            f'--launcher {launcher}: several processes cannot train together '
            'on the GPU of a Mac (mps), for PyTorch has no communication '
            'between them; start one process, without a launcher'
        )
    number = os.environ.get(_LOCAL_RANK[launcher], '')
    count = torch.cuda.device_count()
    if device == 'cuda' and number.isdecimal() and int(number) >= count:
        raise ValueError(
            f'--launcher {launcher}: each process takes a GPU of its own, '
            f'and process {int(number) + 1} of this machine sees {count}; '
            'start as many processes on a machine as it has GPUs, or let '
            'them see none (CUDA_VISIBLE_DEVICES=-1)'
        )


def _fresh_store() -> dict[str, Any]:
    """Keep processes that were started again apart from those before.

    With ``torchrun --max-restarts`` they meet where the old ones met, and may
    read there the address of an old process.

    Returns:
        dict: Arguments of ``init_process_group``; none with several machines,
        which count their restarts each for itself, and without ``torchrun``.
    """
    environ = os.environ
    if (
        environ.get('TORCHELASTIC_USE_AGENT_STORE') != 'True'
        or environ.get('GROUP_WORLD_SIZE') != '1'
    ):
        return {}
    meeting = TCPStore(
        environ['MASTER_ADDR'], int(environ['MASTER_PORT']), is_master=False
    )
    attempt = environ['TORCHELASTIC_RESTART_COUNT']
    return dict(
        store=PrefixStore(f'attempt {attempt}', meeting),
        rank=int(environ['RANK']),
        world_size=int(environ['WORLD_SIZE']),
    )


@contextmanager
def _no_gpu_to_choose() -> Iterator[None]:
    """Let MMEngine choose a GPU where there is none."""
    choose = torch.cuda.set_device
    torch.cuda.set_device = lambda device: None
    try:
        yield
    finally:
        torch.cuda.set_device = choose


def wrap_again(runner: Runner) -> None:
    """Wrap a model anew whose weights have taken another shape since.

    PyTorch keeps places for the gradients of a wrapped model, of the shapes
    that the weights had when it was wrapped.

    Args:
        runner (Runner): About to train.
    """
    if not is_model_wrapper(runner.model):
        return
    model = inner_model(runner.model)
    # The old places are let go of, and with them PyTorch's knowledge of the
    # shapes: garbage of two objects that refer to each other.
    runner.model = model
    gc.collect()
    runner.model = runner.wrap_model(
        runner.cfg.get('model_wrapper_cfg'), model
    )


def average_again(runner: Runner) -> None:
    """Let averages of weights, as ``EMAHook``'s, know their new shapes.

    With ``update_buffers=True`` MMEngine keeps the tensors that the averaged
    model had when it was made.

    Args:
        runner (Runner): About to train.
    """
    for hook in runner.hooks:
        averaged: Any = getattr(hook, 'ema_model', None)
        if getattr(averaged, 'update_buffers', False):
            averaged.avg_parameters = averaged.module.state_dict()


def inner_model(model: nn.Module) -> nn.Module:
    """Find the model inside what distributes it.

    Args:
        model (nn.Module): Wrapped or not.

    Returns:
        nn.Module: The model itself.
    """
    inner = model.module if is_model_wrapper(model) else model
    return inner if isinstance(inner, nn.Module) else model


def on_first(work: Callable[[], Any]) -> Any:
    """Do something on the first process, and give all what came of it.

    Args:
        work (Callable): Gives something small that can be pickled.

    Returns:
        Any: What it gave, on every process.

    Raises:
        Exception: On every process, what it raised on the first.
    """
    answer: list[Any] = [None, None]
    if is_main_process():
        try:
            answer[0] = work()
        except Exception as error:
            answer[1] = error
    broadcast_object_list(answer)
    if answer[1] is not None:
        raise answer[1]
    return answer[0]
