"""Running what is missing of a benchmark, several processes at a time."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mmpose_scgcn.launch import check_annotations

from .report import write_report
from .results import (
    RESULT,
    Results,
    load_results,
    run_key,
    search_key,
    task_slug,
)
from .suite import Method, Search, Suite
from .testing import ann_file_of
from .training import method_config, trained_weights

_ROOT = Path(__file__).resolve().parents[2]
#: A thread for each process, and (for glibc) no memory given back between
#: steps, which take the same again: a step is a fifth faster for it.
_CPU = {
    'OMP_NUM_THREADS': '1',
    'MALLOC_MMAP_MAX_': '0',
    'MALLOC_TRIM_THRESHOLD_': str(2**34),
    'MALLOC_TOP_PAD_': str(2**26),
}


@dataclass
class Execution:
    """A benchmark and how to run it.

    Args:
        suite (Suite): The benchmark.
        results (Path): Its results file; reports go beside it.
        work_dir (Path): For logs, checkpoints and predictions.
        jobs (int): Processes at a time.
        minutes (float, optional): After how long to stop; what was running
            goes on from its last checkpoint next time. Defaults to None.
        only (Collection[str]): Names of the methods to run; all without.
    """

    suite: Suite
    results: Path
    work_dir: Path
    jobs: int = 1
    minutes: float | None = None
    only: Collection[str] = ()
    known: Results = field(init=False)

    def __post_init__(self) -> None:
        self.known = load_results(self.results)

    def run(self) -> int:
        """Run what is missing, and measure costs that are not known.

        Returns:
            int: Number of runs that failed.

        Raises:
            FileNotFoundError: Annotations are missing.
            ValueError: A file could not be made.
        """
        failed, start = 0, time.monotonic()
        waiting = self._collect(self._missing())
        self._make_files(map(self._trained_by, waiting))
        self._check_data(waiting)
        print(f'{len(waiting)} runs to do', flush=True)
        active: dict[int, tuple[dict, subprocess.Popen]] = {}
        limit = float('inf') if self.minutes is None else 60 * self.minutes
        with _interruptible():
            try:
                while waiting or active:
                    if time.monotonic() - start > limit:
                        left = len(waiting) + len(active)
                        print(f'stopped; {left} runs are left', flush=True)
                        return failed
                    failed += self._start_some(waiting, active)
                    time.sleep(0.5)
                    for slot, (task, process) in list(active.items()):
                        if process.poll() is not None:
                            del active[slot]
                            failed += not self._finish(task, process)
                            print(f'{len(waiting)} waiting', flush=True)
                failed += self.measure_costs()
            finally:
                for _, process in active.values():
                    process.terminate()
                for _, process in active.values():
                    process.wait()
        return failed

    def measure_costs(self, anew: bool = False) -> int:
        """Measure the costs of the methods that have been run.

        Of all of them, side by side, if one is missing.

        Args:
            anew (bool): Whether to measure what is known too. Defaults to
                False.

        Returns:
            int: 1 if it failed.
        """
        names = [m.name for m in self.suite.methods if self.known.of(m.name)]
        if not names or (not anew and set(names) <= set(self.known.costs)):
            return 0
        self._make_files(names)
        print(f'measuring the costs of {len(names)} methods', flush=True)
        process = self._start(dict(kind='costs', methods=names), slot=0)
        try:
            process.wait()
        finally:
            process.terminate()
        return not self._finish(dict(kind='costs', methods=names), process)

    def _trained_by(self, task: dict) -> str:
        """Name the method that a task trains or tests."""
        if task['kind'] != 'search':
            return task['method']
        return self.suite.search.groups[task['group']]

    def _make_files(self, names: Iterable[str]) -> None:
        """Make the training sets of some methods, if the suite says how.

        Raises:
            ValueError: A tool failed, or did not make what it should.
        """
        if not self.suite.makes:
            return
        for name in names:
            cfg = method_config(self.suite.method(name), self.work_dir)
            path = ann_file_of(cfg.train_dataloader.dataset)
            if path in self.suite.makes and not os.path.exists(path):
                self._make_file(path)

    def _make_file(self, path: str) -> None:
        """Make an annotation file."""
        tool, *arguments = self.suite.makes[path]
        line = shlex.join([tool, *arguments])
        print(f'making {path}: {line}', flush=True)
        with _interruptible():
            process = subprocess.Popen(
                [sys.executable, str(_ROOT / tool), *arguments],
                env=_environment(0),
            )
            try:
                code = process.wait()
            finally:
                process.terminate()
        if code or not os.path.exists(path):
            raise ValueError(
                f'{self.suite.path}: expected {path} from {line}, which ended '
                f'with code {code}'
            )

    def _missing(self) -> list[dict]:
        """List the tasks that have no result yet, in their order."""
        done = {run_key(run) for run in self.known.runs}
        runs = [
            (method, seed)
            for method, seed in self.suite.runs
            if (method.name, seed) not in done and self._wanted(method.name)
        ]
        for method, _ in runs:
            if method.absent:
                print(f'absent: {method.name}: no file {method.checkpoint}')
        runs = [(m, seed) for m, seed in runs if not m.absent]
        runs = self._starts_of(runs) + runs
        tasks = self._later_tests()
        if self.suite.search is not None:
            tried = {search_key(run) for run in self.known.search}
            wanted = {method.group for method, _ in runs}
            tasks += [
                dict(kind='search', group=group, value=value)
                for group in self.suite.search.groups
                for value in self.suite.search.values
                if group in wanted and (group, value) not in tried
            ]
        return tasks + [
            dict(kind='run', method=method.name, seed=seed)
            for method, seed in runs
        ]

    def _later_tests(self) -> list[dict]:
        """List the tests that the suite was given after its runs."""
        names = {method.name for method in self.suite.methods}
        tasks = []
        for run in self.known.runs:
            if run['method'] not in names or not self._wanted(run['method']):
                continue
            if set(self.suite.tests) <= set(run['tests']):
                continue
            try:
                tasks.append(self._later_test(run))
            except ValueError as error:
                label = _label(dict(run, kind='test'))
                print(f'not tested: {label}: {error}')
        return tasks

    def _later_test(self, run: dict) -> dict:
        """Make the task that tests a run where it was not.

        Raises:
            ValueError: The weights are missing, or cannot be told.
        """
        method, seed = self.suite.method(run['method']), run['seed']
        known = [test for test in self.suite.tests if test in run['tests']]
        folder = self._folder(dict(kind='run', method=method.name, seed=seed))
        weights = self._weights_of(method, seed)
        if weights is None:
            place = method.checkpoint or f'in {folder}'
            raise ValueError(f'no weights {place}')
        if not known:
            raise ValueError('no test that the run has tells its weights')
        return dict(
            kind='test',
            method=method.name,
            seed=seed,
            weights=weights,
            out=str(folder),
            tests=[test for test in self.suite.tests if test not in known],
            known={known[0]: run['tests'][known[0]]},
            options=run.get('options'),
        )

    def _wanted(self, name: str) -> bool:
        """Tell whether a method is among those to run."""
        return not self.only or name in self.only

    def _starts_of(self, runs: list[tuple]) -> list[tuple]:
        """List the runs that others start from and that must come first.

        Those that have a result too, where their weights are not here.
        """
        starts = []
        for method in {m.start: None for m, _ in runs if m.start}:
            start = self.suite.method(method)
            first = start, start.seeds[0]
            if first not in runs and self._weights_of(*first) is None:
                starts.append(first)
        return starts

    def _weights_of(self, method: Method, seed: int) -> str | None:
        """Find a method's checkpoint, or what a seed of it has left."""
        if method.checkpoint:
            return None if method.absent else method.checkpoint
        task = dict(kind='run', method=method.name, seed=seed)
        return trained_weights(self._folder(task))

    def _collect(self, tasks: list[dict]) -> list[dict]:
        """Keep what ended after its caller did; return the other tasks."""
        left = []
        for task in tasks:
            if (self._folder(task) / RESULT).is_file():
                self._keep(task)
            else:
                left.append(task)
        return left

    def _check_data(self, tasks: list[dict]) -> None:
        """Check that annotations are there before anything starts."""
        methods = {task.get('method') for task in tasks} - {None}
        for method in self.suite.methods:
            if method.name not in methods:
                continue
            cfg = method_config(method, self.work_dir)
            if not method.checkpoint:
                check_annotations(cfg, 'train_dataloader', 'val_dataloader')
            for name, setting in self.suite.tests.items():
                dataset = {**cfg.test_dataloader.dataset, **setting}
                path = ann_file_of(dataset)
                if not os.path.exists(path):
                    raise FileNotFoundError(
                        f'{method.name}: test {name}: no annotations {path}'
                    )

    def _start_some(self, waiting: list[dict], active: dict) -> int:
        """Start what can be started; count what cannot ever be."""
        failed = 0
        for slot in sorted(set(range(self.jobs)) - set(active)):
            for task in list(waiting):
                try:
                    full = self._with_start(task, waiting, active)
                    full = full and self._with_rate(full, waiting, active)
                except ValueError as error:
                    waiting.remove(task)
                    self._fail(task, str(error))
                    failed += 1
                    continue
                if full is not None:
                    waiting.remove(task)
                    active[slot] = task, self._start(full, slot)
                    break
        return failed

    def _with_start(
        self, task: dict, waiting: list[dict], active: dict
    ) -> dict | None:
        """Add the weights to start from; None while they are being made."""
        method = self._method(task)
        if method is None or not method.start:
            return task
        start = self.suite.method(method.start)
        first = dict(kind='run', method=start.name, seed=start.seeds[0])
        if first in waiting + [t for t, _ in active.values()]:
            return None
        weights = self._weights_of(start, start.seeds[0])
        if weights is None:
            raise ValueError(
                f'{method.start} has left no weights to start from in '
                f'{self._folder(first)}'
            )
        return dict(task, start=weights)

    def _with_rate(
        self, task: dict, waiting: list[dict], active: dict
    ) -> dict | None:
        """Add the learning rate to a run; None while it is not settled."""
        method = self._method(task)
        if method is None or not method.group:
            return task
        current = waiting + [t for t, _ in active.values()]
        if any(
            t['kind'] == 'search' and t['group'] == method.group
            for t in current
        ):
            return None
        rate = best_rate(self.suite.search, self.known, method.group)
        return dict(task, options={self.suite.search.option: rate})

    def _method(self, task: dict) -> Method | None:
        """Give the method of a run."""
        return (
            self.suite.method(task['method'])
            if task['kind'] == 'run'
            else None
        )

    def _folder(self, task: dict) -> Path:
        """Name the folder of a task."""
        return self.work_dir / self.suite.name / task_slug(task)

    def _start(self, task: dict, slot: int) -> subprocess.Popen:
        """Start a task in a process of its own."""
        folder = self._folder(task)
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, '-m', 'mmpose_scgcn.benchmark.worker']
        command += [self.suite.path, json.dumps(task), str(folder)]
        with open(folder / 'output.log', 'a') as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, env=_environment(slot)
            )

    def _finish(self, task: dict, process: subprocess.Popen) -> bool:
        """Keep what a task has found, or that it failed."""
        folder = self._folder(task)
        if process.returncode:
            self._fail(task, last_line(folder / 'output.log'))
            return False
        self._keep(task)
        return True

    def _keep(self, task: dict) -> None:
        """Take over the result that a task has left."""
        path = self._folder(task) / RESULT
        content = json.loads(path.read_text('utf-8'))
        if task['kind'] == 'run':
            known = {run_key(run) for run in self.known.runs}
            if run_key(content) not in known:  # not again for its weights
                self.known.add_run(content)
            seconds = content.get('train_seconds') or 0
            print(
                f'{_label(task)}: {_figures(content)}, {seconds:.0f} s',
                flush=True,
            )
        elif task['kind'] == 'test':
            self.known.add_tests(content)
            text = f'{_label(task)}: {_figures(content)}'
            if 'refused' in content:
                text = f'not tested: {_label(task)}: {content["refused"]}'
            print(text, flush=True)
        elif task['kind'] == 'search':
            self.known.add_search(content)
            nme = content['NME']
            text = 'nothing' if nme is None else f'{100 * nme:.2f} %'
            print(f'{_label(task)}: {text}', flush=True)
        else:
            self.known.set_costs(content)
        self._save()
        path.unlink()

    def _fail(self, task: dict, reason: str) -> None:
        """Tell that a task failed, and keep it."""
        log = self._folder(task) / 'output.log'
        see = f'; see {log}' if log.is_file() else ''
        print(
            f'failed: {_label(task)}: {reason}{see}',
            file=sys.stderr,
            flush=True,
        )
        if task['kind'] == 'run':
            self.known.add_failure(
                dict(method=task['method'], seed=task['seed'], error=reason)
            )
            self._save()

    def _save(self) -> None:
        """Write results and report."""
        self.known.save(self.results)
        write_report(self.suite, self.known, self.results.parent)


def best_rate(search: Search, known: Results, group: str) -> float:
    """Choose a group's learning rate.

    Args:
        search (Search): What was to be tried.
        known (Results): With its search.
        group (str): The group.

    Returns:
        float: That of the smallest error.

    Raises:
        ValueError: A value has not been tried, or none came to anything.
    """
    tried = {
        run['value']: run['NME']
        for run in known.search
        if run['group'] == group and run['value'] in search.values
    }
    if len(tried) < len(search.values):
        raise ValueError(f'the search for the group {group} is not complete')
    good = [(nme, value) for value, nme in tried.items() if nme is not None]
    if not good:
        raise ValueError(f'no learning rate suits the group {group}')
    return min(good)[1]


def last_line(path: Path) -> str:
    """Read the last line of a log that is not blank."""
    text = path.read_text(encoding='utf-8', errors='replace')
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else 'it left no message'


def _figures(content: dict) -> str:
    """Write the errors of some tests."""
    return ', '.join(
        f'{test} {100 * values["NME"]:.2f} %'
        for test, values in content['tests'].items()
    )


def _label(task: dict) -> str:
    """Name a task for people."""
    if task['kind'] == 'test':
        return f'tests of {task["method"]}, seed {task["seed"]}'
    if task['kind'] == 'run':
        return f'{task["method"]}, seed {task["seed"]}'
    if task['kind'] == 'search':
        return f'learning rate {task["value"]:g} for {task["group"]}'
    return 'costs'


def _environment(slot: int) -> dict[str, str]:
    """Give a process one of the GPUs, and find the package."""
    # Here, not above: a report alone needs no torch.
    import torch

    env = dict(os.environ)
    env['PYTHONPATH'] = os.pathsep.join(
        filter(None, [str(_ROOT), env.get('PYTHONPATH')])
    )
    if torch.cuda.is_available():
        names = env.get('CUDA_VISIBLE_DEVICES') or ','.join(
            map(str, range(torch.cuda.device_count()))
        )
        names = names.split(',')
        env['CUDA_VISIBLE_DEVICES'] = names[slot % len(names)]
    else:
        for name, value in _CPU.items():
            env.setdefault(name, value)
    return env


def default_jobs() -> int:
    """Count the GPUs, or the cores where there is none."""
    import torch

    return torch.cuda.device_count() or len(os.sched_getaffinity(0))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a request to end stop the processes too."""

    def stop(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
