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
import platform
import random
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmpose_scgcn.benchmark.commit import source_commit
from mmpose_scgcn.files import replace_file

try:
    import mutmut
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

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / 'work_dirs/mutation_testing'
RESULT = ROOT / 'benchmarks/results/mutation_testing.json'
EXPLAINED = ROOT / 'benchmarks/mutation_testing_explained.json'
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


@dataclass(frozen=True)
class Part:
    """A part of the package, and the quick tests that are about it.

    Args:
        files (tuple[str, ...]): Patterns, from ``mmpose_scgcn``.
        tests (tuple[str, ...]): Files and folders, from ``tests``.
        sample (int, optional): So many mutants at random, the same ones in
            every run. Defaults to None: all.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    sample: int | None = None

    def sources(self) -> list[str]:
        """List the files that are mutated, from the root."""
        package = ROOT / 'mmpose_scgcn'
        found = {p for pattern in self.files for p in package.glob(pattern)}
        return [p.relative_to(ROOT).as_posix() for p in sorted(found)]


PREPARATION = 'test_datasets/test_preparation'
PARTS = {
    'losses': Part(
        ('models/losses/*.py',),
        ('test_models/test_losses', 'test_properties/test_losses.py'),
    ),
    'graph': Part(
        ('graph/*.py', 'models/layers/keypoint_graph.py'),
        (
            'test_graph',
            'test_models/test_layers/test_keypoint_graph.py',
            'test_properties/test_graph.py',
        ),
    ),
    'shapes': Part(
        ('shapes/*.py',),
        ('test_shapes', 'test_properties/test_procrustes.py'),
    ),
    'metrics': Part(
        ('evaluation/**/*.py',),
        ('test_evaluation', 'test_properties/test_metrics.py'),
    ),
    'readers': Part(
        tuple(
            f'datasets/preparation/{name}.py'
            for name in (
                'pts',
                'pts_folder',
                'table',
                'plain_table',
                'delimited',
                'rows',
                'columns',
                'column_names',
                'column_groups',
                'column_map',
            )
        ),
        (
            f'{PREPARATION}/test_pts.py',
            f'{PREPARATION}/test_table.py',
            f'{PREPARATION}/test_plain_table.py',
            f'{PREPARATION}/test_columns.py',
            f'{PREPARATION}/test_delimited.py',
            f'{PREPARATION}/test_table_problems.py',
            'test_properties/test_readers.py',
        ),
        sample=400,
    ),
}


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


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test noticed.

    Args:
        file (str): From the root.
        function (str): With its class.
        change (str): The lines before and after.
        reached (bool): Whether a test runs the function at all.
    """

    file: str
    function: str
    change: str
    reached: bool


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


def explanations() -> dict[tuple[str, str], str]:
    """Read why mutants live: by file, and by function and change."""
    content = json.loads(EXPLAINED.read_text('utf-8'))
    return {
        (file, mutant): why
        for why, files in content.items()
        for file, mutants in files.items()
        for mutant in mutants
    }


def summarize(
    counts: dict[str, Counter], survivors: Sequence[Survivor], made: int
) -> dict:
    """Give the result of a part as it is written."""
    why = explanations()
    files = {
        file: dict(
            mutants=found.total(),
            killed=found['killed'] + found['segfault'],
            timed_out=found['timeout'],
            survived=found['survived'] + found['no tests'],
        )
        for file, found in counts.items()
    }
    total = {
        key: sum(row[key] for row in files.values())
        for key in ('mutants', 'killed', 'timed_out', 'survived')
    }
    noticed = total['killed'] + total['timed_out']
    if noticed + total['survived'] != total['mutants']:
        raise ValueError(f'an end that is not known: {counts}')
    return dict(
        made=made,
        **total,
        killed_percent=round(100 * noticed / total['mutants'], 1),
        files=files,
        survivors=[
            dict(
                file=s.file,
                function=s.function,
                change=s.change,
                reached=s.reached,
                why=why.get((s.file, f'{s.function}: {s.change}'), ''),
            )
            for s in survivors
        ],
    )


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


def save(parts: dict[str, dict]) -> None:
    """Write the results of all parts, as data and as a page."""
    facts = dict(
        mutmut=mutmut.__version__,
        python=platform.python_version(),
        machine=f'{platform.system()} {platform.machine()}',
    )
    content = dict(facts, parts=parts)
    for path, text in (
        (RESULT, json.dumps(content, indent=1, ensure_ascii=False) + '\n'),
        (RESULT.with_suffix('.md'), page(parts, facts)),
    ):
        with replace_file(path) as partial:
            partial.write_text(text, 'utf-8')


def page(parts: dict[str, dict], facts: dict[str, str]) -> str:
    """Write the results as Markdown."""
    heads = ('mutants', 'killed', 'timed_out', 'survived')
    lines = [
        '# Mutation testing',
        '',
        '```bash',
        'python benchmarks/mutation_testing.py',
        '```',
        '',
        '| part, file | mutants | killed | timed out | survived | noticed |',
        '|---|---|---|---|---|---|',
    ]
    for name, part in parts.items():
        title = f'**{name}**'
        if part['mutants'] < part['made']:
            title += f', {part["mutants"]} of {part["made"]} at random'
        for label, row in {title: part, **part['files']}.items():
            noticed = (row['killed'] + row['timed_out']) / row['mutants']
            numbers = ' | '.join(str(row[key]) for key in heads)
            lines.append(f'| {label} | {numbers} | {100 * noticed:.1f} % |')
    for name, part in parts.items():
        lines += ['', f'## What survived: {name}']
        for why in sorted({s['why'] for s in part['survivors']}):
            lines += ['', why or 'Not explained:', '']
            lines += [
                f'- `{s["file"]}`, `{s["function"]}`: `` {s["change"]} ``'
                for s in part['survivors']
                if s['why'] == why
            ]
    made = ', '.join(f'{key} {value}' for key, value in facts.items())
    commits = ', '.join(f'{n} {p["commit"]}' for n, p in parts.items())
    return '\n'.join([*lines, '', f'Made with {made}; {commits}.', ''])


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
