"""Tables from the results of a benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .results import Results
from .suite import Method, Suite

#: Columns of the tables: figure and number of digits of its percentage.
COLUMNS = {'NME': 2, 'median': 2, 'FR@0.08': 2, 'FR@0.10': 2, 'AUC@0.10': 1}
#: Of the mean offset, in results that have it.
BIAS = {'bias_x': 'mean offset x', 'bias_y': 'mean offset y'}
#: A training has not converged if the last fifth of it still lowered the
#: error on the validation set by more than this share.
STILL_FALLING = 0.03
MARK = '†'


@dataclass
class Table:
    """A table.

    Args:
        title (str): What it shows.
        head (list[str]): Names of the columns.
        rows (list[list[str]]): Cells.
    """

    title: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)

    def markdown(self) -> list[str]:
        """Write it as lines of Markdown."""
        lines = [row(self.head), row(['---'] * len(self.head))]
        lines += [row(cells) for cells in self.rows]
        return [f'## {self.title}', '', *lines, '']


def row(cells: Sequence[str]) -> str:
    """Write a row of a Markdown table."""
    return f'| {" | ".join(c.replace("|", "&#124;") for c in cells)} |'


def make_tables(suite: Suite, known: Results) -> list[Table]:
    """Make all tables of a benchmark.

    Args:
        suite (Suite): The benchmark.
        known (Results): What is known; cells of the rest are blank.

    Returns:
        list[Table]: The suite's summary, errors on each undisturbed test set,
        by subset, by pose, along the axes, then costs and the search for
        learning rates.
    """
    tables = [summary_table(suite, known)] if suite.summary else []
    for test in suite.undisturbed:
        tables.append(error_table(suite, known, test))
        tables += _subset_table(suite, known, test)
        tables += _pose_table(suite, known, test)
    for name in suite.axes:
        tables += [
            axis_table(suite, known, name, figure)
            for figure in ('NME', 'FR@0.10')
        ]
    tables.append(cost_table(suite, known))
    if suite.search is not None:
        tables.append(search_table(suite, known))
    return tables


def summary_table(suite: Suite, known: Results) -> Table:
    """Make the table that a README shows."""
    costs = ['parameters, M', '1 image, ms']
    table = Table('Summary', ['method', 'seeds', *suite.summary, *costs])
    for method in suite.methods:
        cells = [
            mean_and_spread(
                [r[figure] for r in known.tests_of(method.name, test)],
                COLUMNS.get(figure, 2),
            )
            for test, figure in suite.summary.values()
        ]
        values = known.costs.get(method.name, {})
        cells.append(_number(values, 'parameters', 2, 1e-6))
        cells.append(_number(values, 'latency_ms', 1))
        table.rows.append([label(method, known), state(method, known), *cells])
    return table


def error_table(suite: Suite, known: Results, test: str) -> Table:
    """Make the table of a test set."""
    table = Table(test, ['method', 'seeds', *COLUMNS, *BIAS.values()])
    for method in suite.methods:
        results = known.tests_of(method.name, test)
        cells = [
            mean_and_spread([result[name] for result in results], digits)
            for name, digits in COLUMNS.items()
        ]
        cells += [
            mean_and_spread([r[name] for r in results if name in r], 2)
            for name in BIAS
        ]
        table.rows.append([label(method, known), state(method, known), *cells])
    return table


def label(method: Method, known: Results) -> str:
    """Name a row, with a mark if a training had not converged."""
    runs = known.of(method.name)
    return method.name + (' ' + MARK if any(map(still_falling, runs)) else '')


def state(method: Method, known: Results) -> str:
    """Tell which seeds of a row are there, and what failed."""
    words = []
    if not method.checkpoint:
        words = [str(run['seed']) for run in known.of(method.name)]
    words += [
        f'{run["seed"]} failed: {run["error"]}'
        for run in known.failed
        if run['method'] == method.name
    ]
    if method.absent and not known.of(method.name):
        words.append(f'absent: {method.checkpoint}')
    return ', '.join(words)


def still_falling(run: dict) -> bool:
    """Tell whether a training was stopped before it had converged."""
    curve = run.get('val_curve') or []
    last = len(curve) // 5
    if not last:  # too few validations to tell
        return False
    before, after = min(curve[:-last]), min(curve[-last:])
    return after < (1 - STILL_FALLING) * before


def mean_and_spread(values: Sequence[float], digits: int) -> str:
    """Write the mean, and for several values the standard deviation.

    Args:
        values (Sequence[float]): Fractions.
        digits (int): Digits of the percentages.

    Returns:
        str: Percent; nothing for no values.
    """
    if not len(values):
        return ''
    text = f'{100 * np.mean(values):.{digits}f}'
    if len(values) > 1:
        text += f' ± {100 * np.std(values, ddof=1):.{digits}f}'
    return text


def _subset_table(suite: Suite, known: Results, test: str) -> list[Table]:
    """Make the table of the subsets of a test set, if it has any."""
    names = list(suite.tests[test].get('subsets') or ())
    runs = [run['tests'].get(test, {}) for run in known.runs]
    names = [n for n in names if any(n in r.get('subsets', {}) for r in runs)]
    if not names:
        return []
    table = Table(f'{test}: NME by subset', ['method', *names])
    for method in suite.methods:
        subsets = [
            result.get('subsets', {})
            for result in known.tests_of(method.name, test)
        ]
        cells = [
            mean_and_spread([s[name]['NME'] for s in subsets if name in s], 2)
            for name in names
        ]
        table.rows.append([method.name, *cells])
    return [table]


def _pose_table(suite: Suite, known: Results, test: str) -> list[Table]:
    """Make the table of mean NME by bin of the pose."""
    bins = pose_bins_of(known, test)
    if bins is None:
        return []
    numbers = map(str, range(1, len(bins['count']) + 1))
    head = ['', *numbers, 'mean of the bins']
    table = Table(f'{test}: NME by pose', head)
    table.rows.append(['faces', *map(str, bins['count']), ''])
    for method in suite.methods:
        means = pose_errors(known, method.name, test)
        if means is not None:
            means = [*means, np.nanmean(means)]
            cells = ['' if np.isnan(m) else f'{100 * m:.2f}' for m in means]
            table.rows.append([method.name, *cells])
    return [table]


def pose_bins_of(known: Results, test: str) -> dict | None:
    """Give edges and counts of the bins of a test set; they are shared."""
    tests = (run['tests'].get(test) for run in known.runs)
    return next((found['pose_bins'] for found in tests if found), None)


def pose_errors(known: Results, method: str, test: str) -> np.ndarray | None:
    """Average a method's NME in each bin of the pose over its seeds.

    Returns:
        np.ndarray | None: (num_bins,), fractions, NaN for empty bins; None
        without a run.
    """
    results = known.tests_of(method, test)
    if not results:
        return None
    bins = [result['pose_bins']['NME'] for result in results]
    return np.array(bins, dtype=float).mean(axis=0)


def axis_table(suite: Suite, known: Results, name: str, figure: str) -> Table:
    """Make the table of a figure along an axis."""
    axis = suite.axes[name]
    table = Table(f'{figure} by {axis.label}', ['method', *axis.tests])
    for method in suite.methods:
        cells = [
            mean_and_spread(
                [r[figure] for r in known.tests_of(method.name, test)], 2
            )
            for test in axis.tests.values()
        ]
        table.rows.append([method.name, *cells])
    return table


def cost_table(suite: Suite, known: Results) -> Table:
    """Make the table of costs, and of the learning rates in use."""
    head = ['method', 'kind', 'parameters, M', 'MACs, M', 'step, ms']
    head += ['1 image, ms', '32 images, ms', '1 image, network alone, ms']
    head += ['learning rate', 'training, s']
    table = Table('What they cost', head)
    for method in suite.methods:
        runs = known.of(method.name)
        # Runs of before costs were measured side by side have some of them.
        costs = known.costs.get(method.name) or (runs[0] if runs else {})
        cells = [
            _number(costs, 'parameters', 2, 1e-6),
            _number(costs, 'macs', 1, 1e-6),
            _number(costs, 'step_ms', 0),
            _number(costs, 'latency_ms', 2),
            _number(costs, 'latency_batch32_ms', 1),
            _number(costs, 'network_ms', 2),
        ]
        rates = {
            f'{value:g}'
            for run in runs
            for name, value in run.get('options', {}).items()
            if name.endswith('.lr')
        }
        seconds = [r['train_seconds'] for r in runs if r.get('train_seconds')]
        cells.append(', '.join(sorted(rates)))
        cells.append(f'{np.mean(seconds):.0f}' if seconds else '')
        kind = method.kind + (', pooled' if method.pooled else '')
        table.rows.append([method.name, kind, *cells])
    return table


def search_table(suite: Suite, known: Results) -> Table:
    """Make the table of the search for learning rates."""
    search = suite.search
    medians = any(run.get('median') is not None for run in known.search)
    figure = 'NME (median, where known)' if medians else 'NME'
    table = Table(
        f'Learning rates: {figure} on {search.test}, seed {search.seed}',
        ['group', 'method', *(f'{value:g}' for value in search.values)],
    )
    found = {(run['group'], run['value']): run for run in known.search}
    for group, method in search.groups.items():
        cells = []
        for value in search.values:
            run = found.get((group, value))
            nme = run['NME'] if run else None
            if run is None:
                cells.append('')
            else:
                text = 'diverged' if nme is None else f'{100 * nme:.2f}'
                if run.get('median') is not None:
                    text += f' ({100 * run["median"]:.2f})'
                cells.append(text)
        table.rows.append([group, method, *cells])
    return table


def _number(values: dict, name: str, digits: int, scale: float = 1.0) -> str:
    """Write a figure, or nothing."""
    value = values.get(name)
    return '' if value is None else f'{scale * value:.{digits}f}'
