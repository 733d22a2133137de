"""Processes that end when the one that started them does.

A process that is killed ends none of its children. PyTorch's worker processes
notice it, and can then wait for ever to hand over a last batch: the pipe
stays open, as other workers hold its other end too.
"""

import functools
import os
import threading
import time
from collections.abc import Callable
from typing import Any

#: How often to look for the parent, seconds.
_INTERVAL = 1.0


def end_with(parent: int) -> None:
    """End this process when another one is no longer its parent.

    On Windows, where the parent of a process stays the same, it does nothing.

    Args:
        parent (int): Number of the process that has started this one.
    """
    thread = threading.Thread(target=_watch, args=(parent,), daemon=True)
    thread.start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_INTERVAL)
    os._exit(1)


def end_workers(loader: Any) -> None:
    """Let the worker processes of a loader end with this process.

    Args:
        loader (DataLoader): It is changed. It starts its workers later.
    """
    begin = loader.worker_init_fn
    if getattr(begin, 'func', None) is not _begin:
        loader.worker_init_fn = functools.partial(_begin, os.getpid(), begin)


def _begin(
    parent: int, begin: Callable[[int], None] | None, worker: int
) -> None:
    """Begin a worker process."""
    end_with(parent)
    if begin is not None:
        begin(worker)
