"""Tables from the results of a benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .results import (
    Accuracy,
    Cost,
    PoseBins,
    Results,
    RunRecord,
    TrialRecord,
)
from .suite import Method, Search, Suite

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
        tables.append(search_table(suite.search, known))
    return tables


def summary_table(suite: Suite, known: Results) -> Table:
    """Make the table that a README shows."""
    costs = ['parameters, M', '1 image, ms']
    table = Table('Summary', ['method', 'seeds', *suite.summary, *costs])
    for method in suite.methods:
        cells = [
            figure_cell(known, method, test, figure, COLUMNS.get(figure, 2))
            for test, figure in suite.summary.values()
        ]
        cost = known.costs.get(method.name, Cost())
        cells.append(_number(cost.parameters, 2, 1e-6))
        cells.append(_number(cost.latency_ms, 1))
        table.rows.append([label(method, known), state(method, known), *cells])
    return table


def error_table(suite: Suite, known: Results, test: str) -> Table:
    """Make the table of a test set."""
    table = Table(test, ['method', 'seeds', *COLUMNS, *BIAS.values()])
    figures = {**COLUMNS, **dict.fromkeys(BIAS, 2)}
    for method in suite.methods:
        cells = [
            figure_cell(known, method, test, figure, digits)
            for figure, digits in figures.items()
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
        words = [str(run.seed) for run in known.of(method.name)]
    words += [
        f'{failure.seed} failed: {failure.error}'
        for failure in known.failed
        if failure.method == method.name
    ]
    if method.absent and not known.of(method.name):
        words.append(f'absent: {method.checkpoint}')
    return ', '.join(words)


def still_falling(run: RunRecord) -> bool:
    """Tell whether a training was stopped before it had converged."""
    curve = run.val_curve
    last = len(curve) // 5
    if not last:  # too few validations to tell
        return False
    before, after = min(curve[:-last]), min(curve[-last:])
    return after < (1 - STILL_FALLING) * before


def figure_cell(
    known: Results, method: Method, test: str, figure: str, digits: int = 2
) -> str:
    """Write a method's figure in a test; nothing where it has none."""
    found = [a.figures for a in known.tests_of(method.name, test)]
    return mean_and_spread([f[figure] for f in found if figure in f], digits)


def mean_and_spread(values: Sequence[float], digits: int) -> str:
    """Write the mean, and for several values the standard deviation.

    Args:
        values (Sequence[float]): Fractions.
        digits (int): Digits of the percentages.

    Returns:
        str: Percent; nothing for no values.
    """
    if not values:
        return ''
    text = f'{100 * np.mean(values):.{digits}f}'
    if len(values) > 1:
        text += f' ± {100 * np.std(values, ddof=1):.{digits}f}'
    return text


def _tests(known: Results, test: str) -> list[Accuracy]:
    """List what all runs reach in a test."""
    return [run.tests[test] for run in known.runs if test in run.tests]


def _subset_table(suite: Suite, known: Results, test: str) -> list[Table]:
    """Make the table of the subsets of a test set, if it has any."""
    present = {name for a in _tests(known, test) for name in a.subsets}
    names = [n for n in suite.tests[test].get('subsets') or () if n in present]
    table = Table(f'{test}: NME by subset', ['method', *names])
    for method in suite.methods:
        found = [a.subsets for a in known.tests_of(method.name, test)]
        errors = [
            [s[name].figures['NME'] for s in found if name in s]
            for name in names
        ]
        cells = [mean_and_spread(values, 2) for values in errors]
        table.rows.append([method.name, *cells])
    return [table] if names else []


def _pose_table(suite: Suite, known: Results, test: str) -> list[Table]:
    """Make the table of mean NME by bin of the pose."""
    bins = pose_bins_of(known, test)
    if bins is None:
        return []
    numbers = map(str, range(1, len(bins.count) + 1))
    head = ['', *numbers, 'mean of the bins']
    table = Table(f'{test}: NME by pose', head)
    table.rows.append(['faces', *map(str, bins.count), ''])
    for method in suite.methods:
        means = pose_errors(known, method.name, test)
        if means is not None:
            means = np.append(means, np.nanmean(means))
            cells = ['' if np.isnan(m) else f'{100 * m:.2f}' for m in means]
            table.rows.append([method.name, *cells])
    return [table]


def pose_bins_of(known: Results, test: str) -> PoseBins | None:
    """Give the bins of a test set, those of the first run."""
    return next((a.pose.bins for a in _tests(known, test) if a.pose), None)


def pose_errors(known: Results, method: str, test: str) -> np.ndarray | None:
    """Average a method's NME in each bin of the pose over its seeds.

    Returns:
        np.ndarray | None: (num_bins,), fractions, NaN for empty bins; None
        without a run.
    """
    found = [a.pose.NME for a in known.tests_of(method, test) if a.pose]
    return np.array(found, dtype=float).mean(axis=0) if found else None


def axis_table(suite: Suite, known: Results, name: str, figure: str) -> Table:
    """Make the table of a figure along an axis."""
    axis = suite.axes[name]
    table = Table(f'{figure} by {axis.label}', ['method', *axis.tests])
    for method in suite.methods:
        cells = [
            figure_cell(known, method, test, figure)
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
        cost, runs = (
            known.costs.get(method.name, Cost()),
            known.of(method.name),
        )
        rates = {
            f'{value:g}'
            for run in runs
            for name, value in run.options.items()
            if name.endswith('.lr') and isinstance(value, float)
        }
        seconds = [run.train_seconds for run in runs if run.train_seconds]
        table.rows.append(
            [
                method.name,
                method.kind + (', pooled' if method.pooled else ''),
                _number(cost.parameters, 2, 1e-6),
                _number(cost.macs, 1, 1e-6),
                _number(cost.step_ms, 0),
                _number(cost.latency_ms, 2),
                _number(cost.latency_batch32_ms, 1),
                _number(cost.network_ms, 2),
                ', '.join(sorted(rates)),
                f'{np.mean(seconds):.0f}' if seconds else '',
            ]
        )
    return table


def search_table(search: Search, known: Results) -> Table:
    """Make the table of the search for learning rates."""
    medians = any(trial.median is not None for trial in known.search)
    figure = 'NME (median, where known)' if medians else 'NME'
    table = Table(
        f'Learning rates: {figure} on {search.test}, seed {search.seed}',
        ['group', 'method', *(f'{value:g}' for value in search.values)],
    )
    found = {(trial.group, trial.value): trial for trial in known.search}
    for group, method in search.groups.items():
        trials = [found.get((group, value)) for value in search.values]
        table.rows.append([group, method, *map(_trial_cell, trials)])
    return table


def _trial_cell(trial: TrialRecord | None) -> str:
    """Write the errors of a learning rate."""
    if trial is None:
        return ''
    text = 'diverged' if trial.NME is None else f'{100 * trial.NME:.2f}'
    if trial.median is not None:
        text += f' ({100 * trial.median:.2f})'
    return text


def _number(value: float | None, digits: int, scale: float = 1.0) -> str:
    """Write a figure, or nothing."""
    return '' if value is None else f'{scale * value:.{digits}f}'
