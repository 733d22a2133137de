"""Tables from the results of a benchmark."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .results import (
    Accuracy,
    Cost,
    PoseBins,
    Results,
    RunRecord,
    TrialRecord,
    trial_key,
)
from .suite import Method, Search, Suite

#: Columns of the tables: figure and number of digits of its percentage.
COLUMNS = {'NME': 2, 'median': 2, 'FR@0.08': 2, 'FR@0.10': 2, 'AUC@0.10': 1}
#: Of the mean offset, in results that have it.
BIAS = {'bias_x': 'mean offset x', 'bias_y': 'mean offset y'}
#: Of the costs: attribute, unit and number of digits.
COSTS = {
    'parameters, M': ('parameters', 1e6, 2),
    'MACs, M': ('macs', 1e6, 1),
    'step, ms': ('step_ms', 1, 0),
    '1 image, ms': ('latency_ms', 1, 2),
    '32 images, ms': ('latency_batch32_ms', 1, 1),
    '1 image, network alone, ms': ('network_ms', 1, 2),
}
#: A training has not converged if the last fifth of it still lowered the
#: error on the validation set by more than this share.
STILL_FALLING = 0.03
MARK = '†'

#: By column: test set, figure, and the subset if not all is meant.
Wanted = Mapping[str, tuple[str, ...]]


@dataclass
class Table:
    """A table: its title, the names of its columns, and its cells."""

    title: str
    head: list[str]
    rows: list[list[str]]

    def markdown(self) -> list[str]:
        """Write it as lines of Markdown."""
        lines = map(row, (self.head, ['---'] * len(self.head), *self.rows))
        return [f'## {self.title}', '', *lines, '']


def row(cells: Sequence[str]) -> str:
    """Write a row of a Markdown table."""
    return f'| {" | ".join(c.replace("|", "&#124;") for c in cells)} |'


def make_tables(suite: Suite, known: Results) -> list[Table]:
    """Make all tables of a benchmark.

    The suite's summary, errors on each undisturbed test set, by subset, by
    pose, along the axes, then costs and the search for learning rates. Rows
    that have not been run are left out, and tables without rows.
    """
    waiting = not_run(suite, known)
    methods = [m for m in suite.methods if m.name not in waiting]
    suite = replace(suite, methods=tuple(methods))
    tables = [summary_table(suite, known)] if suite.summary else []
    for test in suite.undisturbed:
        tables += _tables_of_test(suite, known, test)
    for axis in suite.axes.values():
        for figure in ('NME', 'FR@0.10'):
            wanted = {value: (t, figure) for value, t in axis.tests.items()}
            title = f'{figure} by {axis.label}'
            tables.append(_figure_table(title, suite, known, wanted))
    tables.append(_cost_table(suite, known))
    if suite.search is not None:
        tables.append(_search_table(suite.search, known))
    return [table for table in tables if table.rows]


def not_run(suite: Suite, known: Results) -> list[str]:
    """List the rows without a result, for no other reason than that."""
    return [
        method.name
        for method in suite.methods
        if not known.of(method.name) and not state(method, known)
    ]


def summary_table(suite: Suite, known: Results) -> Table:
    """Make the table that a README shows."""
    rows = [
        {
            **_names(method, known),
            **_figures(method, known, suite.summary),
            'parameters, M': _cost(method, known, 'parameters', 1e6, 2),
            '1 image, ms': _cost(method, known, 'latency_ms', 1, 1),
        }
        for method in suite.methods
    ]
    return _table('Summary', rows)


def _tables_of_test(
    suite: Suite, known: Results, test: str
) -> Iterator[Table]:
    """Make the tables of a test set: errors, by subset and by pose."""
    wanted: Wanted = {figure: (test, figure) for figure in COLUMNS}
    biases = {name: (test, figure) for figure, name in BIAS.items()}
    rows = [
        {**_names(m, known), **_figures(m, known, {**wanted, **biases})}
        for m in suite.methods
    ]
    if any(a.missed is not None for a in _tests(known, test)):
        rows = [
            {**row, 'missed': _missed(method, known, test)}
            for method, row in zip(suite.methods, rows, strict=True)
        ]
    yield _table(test, rows)
    present = {name for a in _tests(known, test) for name in a.subsets}
    subsets = suite.tests[test].get('subsets') or ()
    wanted = {s: (test, 'NME', s) for s in subsets if s in present}
    if wanted:
        yield _figure_table(f'{test}: NME by subset', suite, known, wanted)
    if bins := pose_bins_of(known, test):
        yield _pose_table(suite, known, test, bins)


def _figure_table(
    title: str, suite: Suite, known: Results, wanted: Wanted
) -> Table:
    """Make a table of nothing but figures."""
    rows = [
        {'method': method.name, **_figures(method, known, wanted)}
        for method in suite.methods
    ]
    return _table(title, rows)


def _table(title: str, rows: Sequence[Mapping[str, str]]) -> Table:
    """Make a table of rows that have the same columns, by name."""
    head = list(rows[0]) if rows else []
    return Table(title, head, [list(row.values()) for row in rows])


def _names(method: Method, known: Results) -> dict[str, str]:
    """Name a row, with a mark if a training had not converged."""
    falling = any(map(still_falling, known.of(method.name)))
    name = f'{method.name} {MARK}' if falling else method.name
    return {'method': name, 'seeds': state(method, known)}


def state(method: Method, known: Results) -> str:
    """Tell which seeds of a row are there, and what failed."""
    runs = known.of(method.name)
    words = [str(run.seed) for run in runs] if method.trained else []
    words += [
        f'{failure.seed} failed: {failure.error}'
        for failure in known.failed
        if failure.method == method.name
    ]
    if method.absent and not runs:
        words.append(f'absent: {method.absent}')
    return ', '.join(words)


def still_falling(run: RunRecord) -> bool:
    """Tell whether a training was stopped before it had converged."""
    curve = run.val_curve
    last = len(curve) // 5
    if not last:  # too few validations to tell
        return False
    before, after = min(curve[:-last]), min(curve[-last:])
    return after < (1 - STILL_FALLING) * before


def _figures(method: Method, known: Results, wanted: Wanted) -> dict[str, str]:
    """Write figures of a method; nothing where it has none."""
    cells = {}
    for name, (test, figure, *subsets) in wanted.items():
        found = known.tests_of(method.name, test)
        for subset in subsets:
            found = [a.subsets[subset] for a in found if subset in a.subsets]
        values = [a.figures[figure] for a in found if figure in a.figures]
        cells[name] = mean_and_spread(values, COLUMNS.get(figure, 2))
    return cells


def _missed(method: Method, known: Results, test: str) -> str:
    """Write how many of the faces a method did not find."""
    found = known.tests_of(method.name, test)
    counts = [
        f'{a.missed} of {a.faces}' for a in found if a.missed is not None
    ]
    return ', '.join(counts)


def mean_and_spread(values: Sequence[float], digits: int) -> str:
    """Write fractions in percent: their mean, and of several the deviation."""
    if not values:
        return ''
    text = f'{100 * np.mean(values):.{digits}f}'
    if len(values) > 1:
        text += f' ± {100 * np.std(values, ddof=1):.{digits}f}'
    return text


def _tests(known: Results, test: str) -> list[Accuracy]:
    """List what all runs reach in a test."""
    return [run.tests[test] for run in known.runs if test in run.tests]


def _pose_table(
    suite: Suite, known: Results, test: str, bins: PoseBins
) -> Table:
    """Make the table of mean NME by bin of the pose."""
    numbers = map(str, range(1, len(bins.count) + 1))
    rows = [['faces', *map(str, bins.count), '']]
    for method in suite.methods:
        means = pose_errors(known, method.name, test, bins)
        if means is not None:
            means = np.append(means, np.nanmean(means))
            cells = ['' if np.isnan(m) else f'{100 * m:.2f}' for m in means]
            rows.append([method.name, *cells])
    head = ['', *numbers, 'mean of the bins']
    return Table(f'{test}: NME by pose', head, rows)


def pose_bins_of(known: Results, test: str) -> PoseBins | None:
    """Give the bins of a test set, those of most runs.

    Bins come from the faces that a model was trained on, too.
    """
    found = [a.pose.bins for a in _tests(known, test) if a.pose]
    return max(found, key=found.count, default=None)


def pose_errors(
    known: Results, method: str, test: str, bins: PoseBins
) -> np.ndarray | None:
    """Average a method's NME in each bin of the pose over its seeds.

    Args:
        known (Results): All results.
        method (str): Name of the method.
        test (str): Name of the test set.
        bins (PoseBins): Of :func:`pose_bins_of`.

    Returns:
        np.ndarray | None: (num_bins,), fractions, NaN for empty bins; None
        without a run, or with other bins, whose errors are of other faces.
    """
    found = [a.pose for a in known.tests_of(method, test) if a.pose]
    if not found or any(pose.bins != bins for pose in found):
        return None
    return np.array([p.NME for p in found], dtype=float).mean(axis=0)


def _cost_table(suite: Suite, known: Results) -> Table:
    """Make the table of costs, and of the learning rates in use."""
    rows = []
    for method in suite.methods:
        runs = known.of(method.name)
        options = [item for run in runs for item in run.options.items()]
        rates = {v for name, v in options if name.endswith('.lr')}
        texts = {f'{rate:g}' for rate in rates if isinstance(rate, float)}
        times = [run.train_seconds for run in runs if run.train_seconds]
        cells = {
            'method': method.name,
            'kind': method.kind + (', pooled' if method.pooled else ''),
            **{k: _cost(method, known, *what) for k, what in COSTS.items()},
            'learning rate': ', '.join(sorted(texts)),
            'training, s': f'{np.mean(times):.0f}' if times else '',
        }
        rows.append(cells)
    return _table('What they cost', rows)


def _cost(
    method: Method, known: Results, name: str, unit: float, digits: int
) -> str:
    value = getattr(known.costs.get(method.name, Cost()), name)
    return '' if value is None else f'{value / unit:.{digits}f}'


def _search_table(search: Search, known: Results) -> Table:
    """Make the table of the search for learning rates."""
    medians = any(trial.median is not None for trial in known.search)
    figure = 'NME (median, where known)' if medians else 'NME'
    title = f'Learning rates: {figure} on {search.test}, seed {search.seed}'
    found = {trial_key(trial): trial for trial in known.search}
    values = dict.fromkeys(
        value for group in search.groups for value in search.values_of(group)
    )
    rows = [
        {'group': group, 'method': method}
        | {f'{v:g}': _trial_cell(found.get((group, v))) for v in values}
        for group, method in search.groups.items()
    ]
    return _table(title, rows)


def _trial_cell(trial: TrialRecord | None) -> str:
    if trial is None:
        return ''
    text = 'diverged' if trial.NME is None else f'{100 * trial.NME:.2f}'
    if trial.median is not None:
        text += f' ({100 * trial.median:.2f})'
    return text
