"""Results of mutation testing, as data and as a page."""

import json
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from mmpose_scgcn.files import write_text

from mutation_parts import ROOT

RESULT = ROOT / 'benchmarks/results/mutation_testing.json'
EXPLAINED = ROOT / 'benchmarks/mutation_testing_explained.json'


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


def save(parts: dict[str, dict]) -> None:
    """Write the results of all parts, as data and as a page."""
    facts = dict(
        mutmut=version('mutmut'),
        python=platform.python_version(),
        machine=f'{platform.system()} {platform.machine()}',
    )
    content = dict(facts, parts=parts)
    for path, text in (
        (RESULT, json.dumps(content, indent=1, ensure_ascii=False) + '\n'),
        (RESULT.with_suffix('.md'), page(parts, facts)),
    ):
        write_text(path, text)


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
