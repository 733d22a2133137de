"""Step times of a long training, and what its processes hold."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner


@HOOKS.register_module()
class StopHook(Hook):
    """Write down how long steps take, and end the training after a time.

    Args:
        path (str): File of lines of JSON: seconds since the first step; for
            each step since the line before, how long it took and for how long
            this process had a processor in it, ms.
        seconds (float): After how long to end.
    """

    priority = 'LOWEST'

    def __init__(self, path: str, seconds: float) -> None:
        self.log = StepLog(Path(path))
        self.seconds = seconds

    def after_train_iter(self, runner: Runner, **kwargs: Any) -> None:
        """Add a step."""
        self.log.add()
        if self.log.elapsed > self.seconds:
            runner.train_loop.stop_training = True


class StepLog:
    """Writes down durations of steps, a line a second.

    Args:
        path (Path): Of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.begin = self.last = self.written = time.perf_counter()
        self.used = time.process_time()
        self.steps: list[tuple[float, float]] = []

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self.last - self.begin

    def add(self) -> None:
        """End a step."""
        now, used = time.perf_counter(), time.process_time()
        step = (1000 * (now - self.last), 1000 * (used - self.used))
        self.steps.append((round(step[0], 3), round(step[1], 3)))
        self.last, self.used = now, used
        if now - self.written > 1:
            with self.path.open('a', encoding='utf-8') as file:
                file.write(json.dumps([now - self.begin, self.steps]) + '\n')
            self.written, self.steps = now, []


def family(process: int) -> list[int]:
    """List a process and all that it has started; Linux alone tells."""
    parents = dict(_parents())
    found = [process] if process in parents else []
    for parent in found:  # grows as it is walked through
        found += [child for child, of in parents.items() if of == parent]
    return found


def held(processes: list[int]) -> tuple[float, int, int]:
    """Tell what processes hold together.

    Args:
        processes (list[int]): Their numbers.

    Returns:
        tuple[float, int, int]: Memory, MiB, what they share counted once,
        without that of files, such as libraries, which other programs share;
        open files and the like; threads.
    """
    memory, handles, threads = 0.0, 0, 0
    for process in processes:
        place = Path('/proc', str(process))
        try:
            rollup = (place / 'smaps_rollup').read_text('utf-8')
            handles += len(os.listdir(place / 'fd'))
            threads += len(os.listdir(place / 'task'))
        except OSError:  # it has ended
            continue
        for line in rollup.splitlines():
            if line.startswith(('Pss_Anon:', 'Pss_Shmem:')):
                memory += int(line.split()[1]) / 1024
    return memory, handles, threads


def _parents() -> Iterator[tuple[int, int]]:
    """Walk through the processes that run, with their parents."""
    for place in Path('/proc').iterdir():
        if not place.name.isdecimal():
            continue
        try:
            text = (place / 'stat').read_text('utf-8', 'replace')
        except OSError:
            continue
        state, parent, *_ = text.rpartition(')')[2].split()
        if state != 'Z':
            yield int(place.name), int(parent)
