"""How the speed benchmark measures time and memory."""

import ctypes
import gc
import multiprocessing
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def seconds(run: Callable[[], Any], runs: int = 5, warm: int = 1) -> float:
    """Time a call: the median of some runs after those to warm up."""
    return take_turns({'': run}, runs, warm)['']


def take_turns(
    calls: Mapping[str, Callable[[], Any]], runs: int = 5, warm: int = 1
) -> dict[str, float]:
    """Time calls in turn, so that what slows the machine slows all.

    Args:
        calls (Mapping[str, Callable]): By name.
        runs (int): That count. Defaults to 5.
        warm (int): That do not, before. Defaults to 1.

    Returns:
        dict[str, float]: The median of each, seconds.
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(warm + runs):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - start)
    return {k: statistics.median(v[warm:]) for k, v in taken.items()}


def once(run: Callable[[], Any]) -> float:
    """Time a call a single time, seconds."""
    return seconds(run, runs=1, warm=0)


def peak_growth(run: Callable[[], Any]) -> int:
    """Find how far resident memory grows during a call (Linux), bytes.

    The kernel keeps the peak; it is set back before the call. What has been
    freed before goes back to the system, so that it is not used again unseen.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path('/proc/self/clear_refs').write_text('5', encoding='ascii')
    before = _kilobytes('VmRSS')
    run()
    return 1024 * max(_kilobytes('VmHWM') - before, 0)


def in_child(measure: Callable[[], Any]) -> Any:
    """Call a function in a fork of this process, whose memory is its own.

    Args:
        measure (Callable): What to call; its answer is pickled.

    Returns:
        Any: What it gave.

    Raises:
        EOFError: The child ended without an answer.
    """
    context = multiprocessing.get_context('fork')
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=lambda: theirs.send(measure()))
    child.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        child.join()


def _kilobytes(name: str) -> int:
    status = Path('/proc/self/status').read_text(encoding='ascii')
    line = next(x for x in status.splitlines() if x.startswith(name))
    return int(line.split()[1])
