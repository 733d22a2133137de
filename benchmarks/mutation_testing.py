"""Change the code in small ways, and see whether the tests notice.

python benchmarks/mutation_testing.py
python benchmarks/mutation_testing.py losses graph

mutmut (requirements/mutation.txt) writes each function again and again with
one small change, a mutant: ``<`` for ``<=``, ``-`` for ``+``, None for an
argument. The tests that reach the function run on each. A mutant is killed
if one of them fails, or does not end. Of large parts a fixed random sample of
mutants is tested. The result is written to
``benchmarks/results/mutation_testing.json`` and ``.md``; what lives has to be
explained in ``benchmarks/mutation_testing_explained.json``. The exit status
is 1 if a part has less than 85 % killed, or a mutant is not explained.
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from mmpose_scgcn.benchmark.commit import source_commit

from mutation_parts import PARTS, ROOT, Part
from mutation_report import RESULT, Survivor, save, summarize

try:
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.stats import status_by_exit_code
    from mutmut.utils.file_utils import change_cwd
    from mutmut.utils.format_utils import (
        get_mutant_name,
        orig_function_and_class_names_from_key,
    )
except ModuleNotFoundError as error:
    raise SystemExit(
        f'no module {error.name}; pip install -r requirements/mutation.txt'
    ) from None

WORK = ROOT / 'work_dirs/mutation_testing'
COMMIT = source_commit()
#: The least share of mutants that has to be killed in each part.
GOAL = 0.85
#: What mutmut says of mutants that no test noticed.
LIVES = ('survived', 'no tests')
#: Address space of a test, bytes: a mutant may ask for any amount of it.
MEMORY = 12 * 2**30
#: Tests that are left out: those that start processes, which takes seconds,
#: and two that the calls between mutmut's functions break.
LEFT_OUT = (
    'both_processes',
    'two_processes',
    'compiles_without_graph_breaks',
    'names_the_line_that',
)


def lay_out(name: str, part: Part) -> Path:
    """Make the folder that mutmut works in: links, and its settings.

    Returns:
        Path: The folder; what an earlier run left there is gone.
    """
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for link in ('mmpose_scgcn', 'tests', 'pyproject.toml'):
        (folder / link).symlink_to(ROOT / link)
    settings = dict(
        source_paths=['mmpose_scgcn'],
        only_mutate=part.sources(),
        pytest_add_cli_args_test_selection=[f'tests/{t}' for t in part.tests],
        pytest_add_cli_args=[
            *('-p', 'no:cacheprovider'),
            *('-k', ' and '.join(f'not {test}' for test in LEFT_OUT)),
        ],
    )
    lines = ['[mutmut]', 'use_git_change_detection = false']
    for key, values in settings.items():
        lines += [f'{key} =', *(f'    {value}' for value in values)]
    (folder / 'setup.cfg').write_text('\n'.join([*lines, '']), 'utf-8')
    return folder


def run_mutmut(folder: Path, names: Iterable[str]) -> None:
    """Let mutmut test mutants, one after the other.

    Args:
        folder (Path): As :func:`lay_out` made it.
        names (Iterable[str]): Mutants.
    """
    env = dict(os.environ, OMP_NUM_THREADS='1', PYTHONPATH='')
    env.pop('SCGCN_DATA', None)  # what everybody can repeat
    command = [sys.executable, '-m', 'mutmut', 'run', '--max-children', '1']
    subprocess.run([*command, *names], cwd=folder, env=env, check=True)


def mutants_of(folder: Path, part: Part) -> list[str]:
    """Name all mutants of a part, as mutmut does."""
    names = []
    with change_cwd(folder):
        for file in part.sources():
            made = mutate_file_contents(file, Path(file).read_text('utf-8'))
            names += [
                get_mutant_name(Path(file), m) for m in made.mutant_names
            ]
    return names


def read_results(
    folder: Path, part: Part, chosen: set[str]
) -> tuple[dict[str, Counter], list[Survivor]]:
    """Read what mutmut found.

    Args:
        folder (Path): Where it worked.
        part (Part): What it worked on.
        chosen (set[str]): The mutants that count.

    Returns:
        tuple[dict[str, Counter], list[Survivor]]: How many mutants of each
        file came to which end, and those that live.
    """
    counts, survivors = {}, []
    for file in part.sources():
        ends = {m: e for m, e in ends_of(folder, file) if m in chosen}
        if ends:
            counts[file] = Counter(ends.values())
        with change_cwd(folder):
            survivors += [
                describe(file, mutant, end == 'survived')
                for mutant, end in ends.items()
                if end in LIVES
            ]
    return counts, survivors


def ends_of(folder: Path, file: str) -> list[tuple[str, str]]:
    """Read what became of each mutant of a file."""
    meta = (folder / f'mutants/{file}.meta').read_text('utf-8')
    return [
        (mutant, status_by_exit_code[code])
        for mutant, code in json.loads(meta)['exit_code_by_key'].items()
    ]


def describe(file: str, mutant: str, reached: bool) -> Survivor:
    """Tell what a mutant changed; in the folder that mutmut worked in."""
    function, owner = orig_function_and_class_names_from_key(mutant)
    lines = get_diff_for_mutant(mutant, path=file).splitlines()[2:]
    change = ' '.join(
        f'{line[0]} {line[1:].strip()}' for line in lines if line[0] in '-+'
    )
    name = f'{owner}.{function}' if owner else function
    return Survivor(file, name, change, reached)


def test_part(name: str, sample: int | None, again: bool) -> dict:
    """Test the mutants of a part.

    Args:
        name (str): Of the part.
        sample (int, optional): Another number of them than that of the part.
        again (bool): Whether to test those again that lived in the last
            run, or were not tested, and no others.

    Returns:
        dict: The result.
    """
    part = PARTS[name]
    folder = WORK / name if again else lay_out(name, part)
    chosen = choose(mutants_of(folder, part), name, sample)
    if again:
        ends = {m: e for f in part.sources() for m, e in ends_of(folder, f)}
        chosen = [m for m in chosen if ends[m] in (*LIVES, 'not checked')]
    if chosen:
        run_mutmut(folder, chosen)
    return report_part(name, sample)


def choose(names: list[str], part: str, sample: int | None) -> list[str]:
    """Choose mutants of a part: its own number of them, or another one."""
    sample = sample or PARTS[part].sample or len(names)
    if sample >= len(names):
        return names
    return sorted(random.Random(part).sample(names, sample))


def report_part(name: str, sample: int | None) -> dict:
    """Give the result of a part from what its last run left."""
    part, folder = PARTS[name], WORK / name
    names = mutants_of(folder, part)
    chosen = set(choose(names, name, sample))
    return summarize(*read_results(folder, part, chosen), len(names))


def main() -> int:
    """Test parts, and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        'parts', nargs='*', metavar='PART', help=f'of {", ".join(PARTS)} (all)'
    )
    parser.add_argument(
        '--sample', type=int, help='so many mutants of each part'
    )
    parser.add_argument(
        '--again', action='store_true', help='those alone that lived last time'
    )
    parser.add_argument(
        '--report-only', action='store_true', help='of what was tested'
    )
    parser.add_argument('--no-save', action='store_true')
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f'parts: {", ".join(PARTS)}; got {", ".join(unknown)}')
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    parts = {}
    if RESULT.exists():
        parts = json.loads(RESULT.read_text('utf-8'))['parts']
    fine = True
    for name in args.parts or PARTS:
        commit = COMMIT
        if args.report_only:
            commit = parts.get(name, {}).get('commit', COMMIT)
            parts[name] = found = report_part(name, args.sample)
        else:
            parts[name] = found = test_part(name, args.sample, args.again)
        found['commit'] = commit
        print(f'{name}: {found["killed_percent"]} % of {found["mutants"]}')
        open_ones = [s for s in found['survivors'] if not s['why']]
        for s in open_ones:
            print(f'{s["file"]} {s["function"]}: {s["change"]}')
        fine &= not open_ones and found['killed_percent'] >= 100 * GOAL
        if not args.no_save:
            save({key: parts[key] for key in PARTS if key in parts})
    return int(not fine)


if __name__ == '__main__':
    sys.exit(main())
