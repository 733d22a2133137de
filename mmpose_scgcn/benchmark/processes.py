"""The processes of a benchmark."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import torch

#: A thread for each process.
_CPU = {'OMP_NUM_THREADS': '1'}


def default_jobs() -> int:
    """Count the GPUs, or the cores where there is none."""
    return torch.cuda.device_count() or _count_cores()


def _count_cores() -> int:
    """Count the cores that this process may use, as far as they are known."""
    if hasattr(os, 'sched_getaffinity'):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def process_environment(slot: int) -> dict[str, str]:
    """Give the process in a slot, from 0, a GPU, and this package."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, os.environ.get('PYTHONPATH', '')]
    env = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, paths)))
    env['PYTHONUNBUFFERED'] = '1'  # an error is the last line of a log
    if not torch.cuda.is_available():
        return {**_CPU, **env}
    every = ','.join(map(str, range(torch.cuda.device_count())))
    names = (env.get('CUDA_VISIBLE_DEVICES') or every).split(',')
    return dict(env, CUDA_VISIBLE_DEVICES=names[slot % len(names)])


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a request to end stop the processes too."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def last_line(path: Path) -> str:
    """Read the last line of a log that is not blank."""
    lines = path.read_text('utf-8', 'replace').splitlines()
    blank = 'it left no message'
    return next((s.strip() for s in reversed(lines) if s.strip()), blank)
