"""Executing what is missing of a benchmark, several processes at a time."""

import subprocess
import sys
import time
from collections.abc import Callable, Collection
from concurrent import futures
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from .data import check_data, make_training_sets
from .plan import costs_are_missing, missing_tasks
from .processes import interruptible, last_line, process_environment
from .report import write_report
from .results_file import merge_results, save_results
from .settings import changed_runs
from .suite import Suite
from .tasks import Costs, Task
from .worker import take_found, worker_command
from .workspace import Workspace

LOG = 'output.log'


def run_benchmark(
    space: Workspace,
    jobs: int = 1,
    minutes: float | None = None,
    only: Collection[str] = (),
    all_costs: bool = False,
) -> int:
    """Run what is missing, and measure costs that are not known.

    Args:
        space (Workspace): The benchmark.
        jobs (int): Processes at a time. Defaults to 1.
        minutes (float, optional): After how long to stop; what was running
            goes on from its last checkpoint next time. Defaults to None.
        only (Collection[str]): Names of the methods to run; all without.
        all_costs (bool): Whether to measure the costs that are known too.
            Defaults to False.

    Returns:
        int: Number of tasks that failed.

    Raises:
        FileNotFoundError: Annotations are missing.
        ValueError: A training set could not be made.
    """
    until = None if minutes is None else time.monotonic() + 60 * minutes
    for change in changed_runs(space):
        print(change, flush=True)
    executor = Executor(space, jobs, until)
    tasks = [t for t in missing_tasks(space, only) if not executor.keep(t)]
    names = {method.name for task in tasks for method in task.methods(space)}
    methods = [m for m in space.suite.methods if m.name in names]
    make_training_sets(space, methods)
    check_data(space, methods)
    print(f'{len(tasks)} runs to do', flush=True)
    ended = executor.run(tasks)
    measured = Costs().methods(space)
    if ended and measured and (all_costs or costs_are_missing(space)):
        make_training_sets(space, measured)
        print(f'measuring the costs of {len(measured)} methods', flush=True)
        executor.run([Costs()])
    return executor.failed


class TaskQueue:
    """Tasks that are ready once all that they need has ended, well or not.

    They are taken in the order of the list.
    """

    def __init__(self, tasks: list[Task], suite: Suite) -> None:
        self.left = len(tasks)
        self._wanted = tasks
        self._ready: list[Task] = []
        self._sorter: TopologicalSorter[Task] = TopologicalSorter()
        for task in tasks:
            needs = [need for need in task.needs(suite) if need in tasks]
            self._sorter.add(task, *needs)
        self._sorter.prepare()

    def take(self) -> Task | None:
        """Take the first task that is ready; None if there is none yet."""
        self._ready += self._sorter.get_ready()
        self._ready.sort(key=self._wanted.index)
        return self._ready.pop(0) if self._ready else None

    def end(self, task: Task) -> None:
        """Tell that a task has ended."""
        self._sorter.done(task)
        self.left -= 1


@dataclass
class Job:
    """A task in its process, in one of the slots for processes at a time."""

    task: Task
    slot: int
    process: subprocess.Popen


@dataclass
class Executor:
    """Executes tasks in processes of their own, and records what they find.

    Args:
        space (Workspace): The benchmark.
        jobs (int): Processes at a time.
        until (float, optional): When to stop, on the monotonic clock.
        command (Callable): Gives the command of a task's process.
        failed (int): How many have failed.
        active (dict[Future, Job]): Those that run.
    """

    space: Workspace
    jobs: int = 1
    until: float | None = None
    command: Callable[[Workspace, Task], list[str]] = worker_command
    failed: int = field(default=0, init=False)
    active: dict[futures.Future, Job] = field(default_factory=dict, init=False)

    def run(self, tasks: list[Task]) -> bool:
        """Execute tasks; tell whether all have ended before time was up."""
        queue = TaskQueue(tasks, self.space.suite)
        with interruptible(), futures.ThreadPoolExecutor(self.jobs) as pool:
            try:
                while queue.left:
                    if self._seconds_left() == 0:
                        print(f'stopped; {queue.left} runs are left')
                        return False
                    self._start_some(queue, pool)
                    self._finish_some(queue)
            finally:
                for job in self.active.values():
                    job.process.terminate()
        return True

    def keep(self, task: Task) -> bool:
        """Record what a task has left in its folder, if anything."""
        found = take_found(self.space.folder(task.slug))
        if found is None:
            return False
        print(task.record(self.space.known, found), flush=True)
        self._save()
        return True

    def _seconds_left(self) -> float | None:
        """Tell how long there is to go on; None for ever."""
        if self.until is None:
            return None
        return max(0.0, self.until - time.monotonic())

    def _start_some(
        self, queue: TaskQueue, pool: futures.ThreadPoolExecutor
    ) -> None:
        """Start what is ready, as far as there are slots."""
        slots = set(range(self.jobs)) - {j.slot for j in self.active.values()}
        while slots and (task := queue.take()):
            try:
                task.check(self.space)
            except ValueError as error:
                self._fail(task, str(error))
                queue.end(task)
                continue
            job = self._start(task, slots.pop())
            self.active[pool.submit(job.process.wait)] = job

    def _start(self, task: Task, slot: int) -> Job:
        """Start the process of a task."""
        folder = self.space.folder(task.slug)
        folder.mkdir(parents=True, exist_ok=True)
        command = self.command(self.space, task)
        env = process_environment(slot)
        with open(folder / LOG, 'a', encoding='utf-8') as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=env
            )
        return Job(task, slot, process)

    def _finish_some(self, queue: TaskQueue) -> None:
        """Wait for a process to end, and record what it found."""
        left = self._seconds_left()
        done, _ = futures.wait(self.active, left, futures.FIRST_COMPLETED)
        for future in done:
            task = self.active.pop(future).task
            log = self.space.folder(task.slug) / LOG
            if future.result() or not self.keep(task):
                self._fail(task, last_line(log), f'; see {log}')
            queue.end(task)
            print(f'{queue.left} runs left', flush=True)

    def _fail(self, task: Task, reason: str, see: str = '') -> None:
        """Tell that a task failed, and record it."""
        self.failed += 1
        text = f'failed: {task.label}: {reason}{see}'
        print(text, file=sys.stderr, flush=True)
        task.record_failure(self.space.known, reason)
        self._save()

    def _save(self) -> None:
        """Write results and report."""
        suite, known, path = (
            self.space.suite,
            self.space.known,
            self.space.results,
        )
        merge_results(known, path)  # of another call of the same suite
        save_results(known, path)
        write_report(suite, known, path.parent)
