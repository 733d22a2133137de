"""Run what is missing of a benchmark, and write its tables and plots.

python tools/benchmark.py benchmarks/wing_losses.py

It can be stopped at any time: finished runs are kept, and the others go on
from their last checkpoint.
"""

import argparse
import sys
from pathlib import Path

from mmpose_scgcn.benchmark import Results, Suite, load_results, load_suite
from mmpose_scgcn.benchmark.report import write_report


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add('suite', help='suite file')
    add('--jobs', type=positive, help='processes at a time (one per GPU/core)')
    add('--minutes', type=float, help='stop after so many minutes')
    add(
        '--method',
        nargs='+',
        default=(),
        help='only these methods, and what they start from',
    )
    add('--report-only', action='store_true', help='only tables and plots')
    add('--costs', action='store_true', help='measure all costs anew')
    for name, default in (
        ('results', 'benchmarks/results'),
        ('work-dir', 'work_dirs'),
    ):
        text = f'folder ({default})'
        add(f'--{name}', default=default, type=Path, help=text)
    return parser.parse_args()


def positive(text: str) -> int:
    """Read a number of processes."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f'expected at least 1, got {text}')
    return int(text)


def execute(args: argparse.Namespace, suite: Suite, path: Path) -> int:
    """Run what is missing; returns the number of failed runs."""
    # Here, not above: a report alone needs none of it.
    from mmpose_scgcn.benchmark.execute import Execution, default_jobs

    execution = Execution(
        suite,
        path,
        args.work_dir,
        jobs=args.jobs or default_jobs(),
        minutes=args.minutes,
        only=args.method,
    )
    failed = execution.run()
    if args.costs:
        failed += execution.measure_costs(anew=True)
    return failed


def report(suite: Suite, known: Results, args: argparse.Namespace) -> None:
    """Write the report, and the pictures of faces where they are."""
    from mmpose_scgcn.benchmark.page import write_page

    files = write_report(suite, known, args.results)
    files.append(write_page(suite, known, args.results, args.work_dir))
    for path in files:
        print(f'written: {path}')


def main() -> None:
    """Run the command line."""
    args = parse_args()
    try:
        suite = load_suite(args.suite)
        for name in args.method:
            suite.method(name)
        path = args.results / f'{suite.name}.json'
        failed = 0 if args.report_only else execute(args, suite, path)
        report(suite, load_results(path), args)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(f'benchmark: {error}')
    except KeyboardInterrupt:
        sys.exit('benchmark: interrupted; run it again to go on')
    if failed:
        sys.exit(f'benchmark: {failed} runs failed')


if __name__ == '__main__':
    main()
