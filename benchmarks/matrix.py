r"""Run the tests with other versions of Python and of the packages.

python benchmarks/matrix.py
python benchmarks/matrix.py --only Python-3.10 newest --processes 2

Each combination of versions gets a fresh environment, with the pins of
``requirements/`` but for what the combination changes, and a clone of the
commit that is checked out. All tests run there; with ``--tests``, some. The
environment is deleted afterwards. The table has what was installed, how many
tests passed, were skipped and failed, and the minutes that they took of the
processor. It keeps the rows of combinations that are left out.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from mmpose_scgcn.arguments import positive_int
from mmpose_scgcn.benchmark.commit import source_commit

from matrix_environments import (
    COMBINATIONS,
    COMPLETE,
    find_pythons,
    install_project,
    make_environment,
    versions_of,
)
from recorded import ROOT, read_rows, save_record

RESULT = 'matrix'
COLUMNS = (
    *('name', 'Python', 'torch', 'NumPy', 'OpenCV', 'MMEngine', 'tests'),
    *('passed', 'skipped', 'failed', 'minutes of the processor', 'commit'),
    'what failed',
)
#: So many tests that failed are named.
NAMED = 12


def parse_args() -> tuple[argparse.Namespace, dict[str, str]]:
    """Read the command line; find the interpreters that it needs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('--only', nargs='+', choices=COMBINATIONS, default=list(COMBINATIONS))
    add('--tests', nargs='+', default=[], help='files and folders (all)')
    add('--processes', type=positive_int, default=1, help='(default: 1)')
    add(
        '--python',
        nargs='+',
        default=[],
        metavar='PATH',
        help='interpreters that are not on the PATH as python3.11 and so on',
    )
    add(
        '--folder',
        type=Path,
        default=ROOT / 'work_dirs/matrix',
        help='where the environments are made (default: %(default)s)',
    )
    add(
        '--keep',
        action='store_true',
        help='keep the environments, and use those that are there',
    )
    args = parser.parse_args()
    wanted = {COMBINATIONS[name].python for name in args.only}
    try:
        pythons = find_pythons(args.python, wanted)
    except ValueError as error:
        parser.error(str(error))
    return args, pythons


def main() -> None:
    """Make the environments and run the tests, one after the other."""
    args, pythons = parse_args()
    failed = 0
    for name in args.only:
        try:
            row = try_combination(name, pythons, args)
        except (subprocess.CalledProcessError, RuntimeError) as error:
            print(f'{name} was not tested: {error}', file=sys.stderr)
            failed += 1
            continue
        failed += row[COLUMNS.index('failed')]
        rows = {row[0]: row for row in [*read_rows(RESULT), row]}
        ordered = [rows[key] for key in COMBINATIONS if key in rows]
        save_record(RESULT, __doc__, COLUMNS, ordered)
        if not args.keep:  # not before the row is written
            shutil.rmtree(args.folder.resolve() / name, ignore_errors=True)
    sys.exit(failed > 0)


def try_combination(
    name: str, pythons: dict[str, str], args: argparse.Namespace
) -> list:
    """Make an environment and run the tests in it.

    Args:
        name (str): Of the combination.
        pythons (dict[str, str]): The interpreter of each version.
        args (argparse.Namespace): The command's.

    Returns:
        list: The row of the table.
    """
    combination = COMBINATIONS[name]
    place = args.folder.resolve() / name
    clone, environment = place / 'clone', place / 'environment'
    shutil.rmtree(clone, ignore_errors=True)
    subprocess.run(['git', 'clone', '-q', ROOT, clone], check=True)
    commit = source_commit(clone)
    python = environment / 'bin/python'
    if not (args.keep and (environment / COMPLETE).exists()):
        make_environment(combination, pythons[combination.python], environment)
    install_project(python, clone)
    versions = versions_of(str(python))
    print(name, *versions, flush=True)
    report = place / 'report.xml'
    minutes = run_tests(python, clone, report, args.tests, args.processes)
    passed, skipped, failures = read_report(report)
    named = ', '.join(failures[:NAMED])
    if more := len(failures[NAMED:]):
        named += f' and {more} more'
    tests = ' '.join(args.tests) or 'all'
    counts = [passed, skipped, len(failures), round(minutes, 1)]
    return [name, *versions, tests, *counts, commit, named]


def run_tests(
    python: Path, clone: Path, report: Path, tests: list[str], processes: int
) -> float:
    """Run tests in an environment; what they print is printed.

    Args:
        python (Path): Its interpreter.
        clone (Path): The source tree.
        report (Path): Where pytest writes what became of each test.
        tests (list[str]): Files and folders; none for all.
        processes (int): Of pytest.

    Returns:
        float: Minutes of the processor.

    Raises:
        RuntimeError: If the tests did not run to their end.
    """
    report.unlink(missing_ok=True)
    options = ['-q', '-p', 'no:cacheprovider', f'--junitxml={report}']
    if processes > 1:
        options += ['-n', str(processes), '--dist', 'worksteal']
    paths = os.pathsep.join([str(python.parent), os.environ['PATH']])
    env = dict(os.environ, OMP_NUM_THREADS='1', PATH=paths)
    env.pop('PYTHONPATH', None)
    before = _processor_seconds()
    done = subprocess.run(
        [python, '-m', 'pytest', *options, *tests], cwd=clone, env=env
    )
    if done.returncode not in (0, 1):  # 1: some failed
        raise RuntimeError(f'pytest ended with status {done.returncode}')
    return (_processor_seconds() - before) / 60


def _processor_seconds() -> float:
    """Seconds that all commands so far took of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_report(path: Path) -> tuple[int, int, list[str]]:
    """Read what became of the tests.

    Args:
        path (Path): As pytest's ``--junitxml`` writes it.

    Returns:
        tuple[int, int, list[str]]: How many passed and were skipped, and the
        names of those that failed, with errors before and after a test.
    """
    passed, skipped, failed = 0, 0, []
    for test in ElementTree.parse(path).iter('testcase'):
        ends = {end.tag for end in test}
        if ends & {'failure', 'error'}:
            file = test.get('classname', '').removeprefix('tests.')
            failed.append(f'{file}::{test.get("name")}'.removeprefix('::'))
        elif 'skipped' in ends:
            skipped += 1
        else:
            passed += 1
    return passed, skipped, failed


if __name__ == '__main__':
    main()
