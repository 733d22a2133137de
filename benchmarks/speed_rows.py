"""Rows of the speed benchmark: their file, their table and their plots."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from mmpose_scgcn.benchmark.commit import source_commit
from mmpose_scgcn.files import write_text

from matplotlib.figure import Figure

#: Words of a goal, and whether a figure meets it.
_MEETS = {
    'at most': lambda figure, limit: figure <= limit,
    'at least': lambda figure, limit: figure >= limit,
}


@dataclass(frozen=True)
class Row:
    """A figure.

    Args:
        name (str): What is measured, unique within its part.
        value (float | None): The figure; None where this machine cannot tell.
        unit (str): Of the value.
        baseline (float, optional): Of the same kind, from the same run.
        beside (str): What the baseline is.
        goal (str): Such as ``ratio at most 1.05`` or ``value at least 2``;
            the ratio is value over baseline. Empty without a goal.
        plot (str): Which plot the figure is a point of, if any.
        curve (str): Which curve of it.
        at (float, optional): Where on the horizontal axis.
        part (str): Of the benchmark.
        commit (str): Of the source.
        day (str): Of the measurement.
        machine (str): Processor, and threads of the process.
    """

    name: str
    value: float | None
    unit: str
    baseline: float | None = None
    beside: str = ''
    goal: str = ''
    plot: str = ''
    curve: str = ''
    at: float | None = None
    part: str = ''
    commit: str = ''
    day: str = ''
    machine: str = ''

    @property
    def ratio(self) -> float | None:
        """Value over baseline."""
        if self.value is None or not self.baseline:
            return None
        return self.value / self.baseline

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal or a figure."""
        if not self.goal:
            return None
        what, words, limit = _read_goal(self.goal)
        figure = dict(value=self.value, ratio=self.ratio)[what]
        return None if figure is None else _MEETS[words](figure, limit)


def _read_goal(goal: str) -> tuple[str, str, float]:
    """Split a goal into what it is about, its words, and its limit."""
    what, *words, limit = goal.split()
    if what not in ('value', 'ratio') or ' '.join(words) not in _MEETS:
        raise ValueError(
            'expected a goal such as "ratio at most 1.05" or "value at least '
            f'2", got {goal!r}'
        )
    return what, ' '.join(words), float(limit)


def stamp(rows: Iterable[Row], part: str) -> list[Row]:
    """Mark rows with where and when they were measured."""
    marks = dict(
        part=part,
        commit=source_commit(),
        day=date.today().isoformat(),
        machine=machine(),
    )
    return [replace(row, **marks) for row in rows]


def machine() -> str:
    """Name the processor, and how many threads a process has."""
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        names = [line for line in file if line.startswith('model name')]
    name = names[0].split(':')[1].strip() if names else 'unknown processor'
    cores = len(os.sched_getaffinity(0))
    threads = os.environ.get('OMP_NUM_THREADS', cores)
    return f'{name}, {cores} cores, {threads} thread(s)'


def load_rows(path: Path) -> list[Row]:
    """Read a results file; one that is not there has no rows."""
    if not path.is_file():
        return []
    content = json.loads(path.read_text(encoding='utf-8'))
    derived = {'ratio', 'met'}
    return [
        Row(**{k: v for k, v in row.items() if k not in derived})
        for row in content['rows']
    ]


def save_rows(path: Path, rows: Sequence[Row], new: Sequence[Row]) -> None:
    """Put new rows in the place of those of the same part, and write all.

    Args:
        path (Path): Results file; the table and the plots go beside it.
        rows (Sequence[Row]): Those that there are.
        new (Sequence[Row]): Of one part.
    """
    parts = list(dict.fromkeys(row.part for row in (*rows, *new)))
    renewed = {row.part for row in new}
    kept = [row for row in rows if row.part not in renewed]
    rows = sorted([*kept, *new], key=lambda row: parts.index(row.part))
    lines = (
        json.dumps({**asdict(row), 'ratio': row.ratio, 'met': row.met})
        for row in rows
    )
    text = ',\n'.join(lines)
    write_text(path, f'{{"rows": [\n{text}\n]}}\n')
    write_report(path, rows)


def write_report(path: Path, rows: Sequence[Row]) -> None:
    """Write the table and the plots of rows beside their file."""
    write_text(path.with_suffix('.md'), table(rows))
    for plot in dict.fromkeys(row.plot for row in rows if row.plot):
        target = path.with_name(f'{path.stem}_{plot}.png')
        draw([row for row in rows if row.plot == plot], plot, target)


def table(rows: Sequence[Row]) -> str:
    """Write rows as tables in Markdown, one for each part."""
    lines = [
        '# Speed',
        '',
        'Made by `python benchmarks/speed.py`; each part can be measured by',
        'itself with `--only PART`. Ratio is value over baseline, which is',
        'measured in the same run. Blank: no goal, or not measured here.',
    ]
    for part in dict.fromkeys(row.part for row in rows):
        own = [row for row in rows if row.part == part]
        marks = dict.fromkeys(f'{r.machine}; {r.commit}, {r.day}' for r in own)
        lines += ['', f'## {part}', '', *marks, '', _HEADER, _RULE]
        lines += [_line(row) for row in own]
    return '\n'.join(lines) + '\n'


_HEADER = '| name | value | unit | baseline | | ratio | goal | met |'
_RULE = '|---|---|---|---|---|---|---|---|'


def _line(row: Row) -> str:
    met = {None: '', True: 'yes', False: '**no**'}[row.met]
    cells = (
        row.name,
        _figure(row.value),
        row.unit,
        _figure(row.baseline),
        row.beside,
        _figure(row.ratio),
        row.goal,
        met,
    )
    return f'| {" | ".join(cells)} |'


def _figure(value: float | None) -> str:
    """Write three digits, and no exponent."""
    if value is None:
        return ''
    if abs(value) >= 100:
        return f'{value:,.0f}'
    return f'{value:.3g}' if abs(value) >= 1e-3 else f'{value:.2g}'


#: What is on the horizontal axis of each plot.
AXES = dict(
    keypoints='keypoints K',
    batch='batch, faces',
    faces='faces',
    processes='processes',
)


def draw(rows: Sequence[Row], plot: str, path: Path) -> None:
    """Draw a panel for each unit; curves are lines in it."""
    units = list(dict.fromkeys(row.unit for row in rows))
    figure = Figure(figsize=(5 * len(units), 4.5), layout='constrained')
    panels = figure.subplots(1, len(units), squeeze=False)[0]
    for axes, unit in zip(panels, units, strict=True):
        for curve in dict.fromkeys(r.curve for r in rows if r.unit == unit):
            points = sorted(
                (row.at, row.value)
                for row in rows
                if (row.curve, row.unit) == (curve, unit)
            )
            axes.plot(*zip(*points, strict=True), marker='.', label=curve)
        axes.set(xscale='log', yscale='log', xlabel=AXES[plot], ylabel=unit)
        axes.grid(alpha=0.3, which='both')
    names = {
        label: line
        for axes in panels
        for line, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        [*names.values()],
        [*names],
        fontsize='small',
        loc='outside lower center',
        ncols=2,
    )
    figure.savefig(path, dpi=100)
