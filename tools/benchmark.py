"""Run what is missing of a benchmark, and write its tables and plots.

python tools/benchmark.py benchmarks/wing_losses.py

It can be stopped at any time: finished runs are kept, and the others go on
from their last checkpoint.
"""

import argparse
import sys
from pathlib import Path

from mmpose_scgcn.arguments import positive_float, positive_int
from mmpose_scgcn.benchmark import load_results, load_suite
from mmpose_scgcn.terminal import steady_output


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add('suite', help='suite file, such as benchmarks/300w_cpu.py')
    text = 'processes at a time (default: one for each GPU, or core)'
    add('--jobs', type=positive_int, help=text)
    add('--minutes', type=positive_float, help='stop after so many minutes')
    add(
        '--method',
        nargs='+',
        default=(),
        help='only these rows, and those whose weights they start from',
    )
    text = 'run nothing, only write tables and plots'
    add('--report-only', action='store_true', help=text)
    add('--costs', action='store_true', help='measure all costs again')
    for name, default, what in (
        ('results', 'benchmarks/results', 'results and tables'),
        ('work-dir', 'work_dirs', 'logs, checkpoints and the HTML page'),
    ):
        text = f'folder of {what} (default: {default})'
        add(f'--{name}', default=default, type=Path, help=text)
    return parser.parse_args()


def benchmark(args: argparse.Namespace) -> int:
    """Run what is missing and report; returns the number of failed runs."""
    # Here, not above: `-h` has to be quick.
    from mmpose_scgcn.benchmark.page import write_page
    from mmpose_scgcn.benchmark.report import write_report

    suite, failed = load_suite(args.suite), 0
    for name in args.method:
        suite.method(name)
    path = args.results / f'{suite.name}.json'
    if not args.report_only:
        # A report alone needs no torch.
        from mmpose_scgcn.benchmark.execute import run_benchmark
        from mmpose_scgcn.benchmark.processes import default_jobs
        from mmpose_scgcn.benchmark.workspace import Workspace

        space = Workspace(suite, path, args.work_dir)
        jobs = args.jobs or default_jobs()
        failed = run_benchmark(
            space, jobs, args.minutes, args.method, args.costs
        )
    if not path.is_file():
        raise FileNotFoundError(f'no results file {path}')
    known = load_results(path)
    files = write_report(suite, known, args.results)
    files.append(write_page(suite, known, args.results, args.work_dir))
    for file in files:
        print(f'written: {file}')
    return failed


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    try:
        failed = benchmark(args)
    except (OSError, ValueError) as error:
        sys.exit(f'benchmark: {error}')
    except KeyboardInterrupt:
        sys.exit('benchmark: interrupted; run it again to go on')
    if failed:
        sys.exit(f'benchmark: {failed} runs failed')


if __name__ == '__main__':
    main()
