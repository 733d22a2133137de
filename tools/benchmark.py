"""Run what is missing of a benchmark, and write its tables and plots.

python tools/benchmark.py benchmarks/wing_losses.py --jobs 2

A run that was interrupted starts again; finished ones are kept.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from mmpose_scgcn.benchmark import (
    Suite,
    load_results,
    load_suite,
    save_result,
)
from mmpose_scgcn.benchmark.report import write_report
from mmpose_scgcn.benchmark.results import run_key

RESULTS = Path('benchmarks/results')
WORK_DIRS = Path('work_dirs')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add('suite', help='suite file')
    add('--jobs', type=int, default=1, help='runs at a time (1)')
    add('--report-only', action='store_true', help='only tables and plots')
    add('--results', default=RESULTS, type=Path, help=f'folder ({RESULTS})')
    add('--method', nargs='+', help='only these methods')
    add('--run', nargs=2, metavar=('METHOD', 'SEED'), help=argparse.SUPPRESS)
    return parser.parse_args()


def run_one(suite: Suite, name: str, seed: int, folder: Path) -> None:
    """Train and test one method, in this process."""
    from mmpose_scgcn.benchmark.run import run_method

    import torch

    torch.set_num_threads(1)
    (method,) = (m for m in suite.methods if m.name == name)
    result = run_method(suite, method, seed, folder)
    save_result(folder / 'result.json', result)


def missing_runs(
    suite: Suite, results: Path, only: list[str] | None
) -> list[tuple[str, int]]:
    """List the runs that have no result yet, in their order."""
    done = {run_key(run) for run in load_results(results)}
    runs = [(method.name, seed) for method, seed in suite.runs]
    return [
        run
        for run in runs
        if run not in done and (only is None or run[0] in only)
    ]


def run_folder(suite: Suite, name: str, seed: int) -> Path:
    """Name the folder of a run."""
    slug = ''.join(c if c.isalnum() else '-' for c in name)
    return WORK_DIRS / suite.name / f'{slug}_{seed}'


def start(args: argparse.Namespace, suite: Suite, run: tuple[str, int]):
    """Start a run in a process of its own."""
    folder = run_folder(suite, *run)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, args.suite]
    command += ['--run', run[0], str(run[1])]
    with open(folder / 'output.log', 'w') as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def run_all(args: argparse.Namespace, suite: Suite, results: Path) -> int:
    """Run what is missing; returns the number of failed runs."""
    waiting = missing_runs(suite, results, args.method)
    print(f'{len(waiting)} of {len(suite.runs)} runs to do', flush=True)
    active, failed = {}, 0
    try:
        while waiting or active:
            while waiting and len(active) < args.jobs:
                run = waiting.pop(0)
                active[run] = start(args, suite, run)
            time.sleep(1)
            for run, process in list(active.items()):
                if process.poll() is not None:
                    del active[run]
                    failed += not finish(args, suite, results, run, process)
    finally:
        for process in active.values():
            process.terminate()
    return failed


def finish(args, suite: Suite, results: Path, run, process) -> bool:
    """Keep the result of a finished run and write the report anew."""
    folder = run_folder(suite, *run)
    label = f'{run[0]}, seed {run[1]}'
    if process.returncode:
        print(f'failed: {label}; see {folder}/output.log', file=sys.stderr)
        return False
    (result,) = load_results(folder / 'result.json')
    save_result(results, result)
    write_report(suite, load_results(results), args.results)
    figures = ', '.join(
        f'{test} {100 * values["NME"]:.2f} %'
        for test, values in result['tests'].items()
    )
    print(f'{label}: {figures}, {result["train_seconds"]:.0f} s', flush=True)
    return True


def main() -> None:
    """Run the command line."""
    args = parse_args()
    try:
        suite = load_suite(args.suite)
        if args.run:
            name, seed = args.run[0], int(args.run[1])
            run_one(suite, name, seed, run_folder(suite, name, seed))
            return
        unknown = set(args.method or ()) - {m.name for m in suite.methods}
        if unknown:
            raise ValueError(f'{args.suite} has no {sorted(unknown)}')
        results = args.results / f'{suite.name}.json'
        failed = 0 if args.report_only else run_all(args, suite, results)
        for path in write_report(suite, load_results(results), args.results):
            print(f'written: {path}')
    except (FileNotFoundError, ValueError) as error:
        sys.exit(f'benchmark: {error}')
    if failed:
        sys.exit(f'benchmark: {failed} runs failed')


if __name__ == '__main__':
    main()
