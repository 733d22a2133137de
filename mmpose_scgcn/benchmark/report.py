"""Tables and plots from the results of a benchmark."""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .suite import Suite

#: Columns of the table: figure and number of digits of its percentage.
COLUMNS = {'NME': 2, 'median': 2, 'FR@0.08': 2, 'FR@0.10': 2, 'AUC@0.10': 1}
_STYLES = ('-', '--', '-.', ':')


def write_report(
    suite: Suite, runs: Sequence[dict], folder: str | Path
) -> list[Path]:
    """Write the table, the CED plots and the plots of error against pose.

    Args:
        suite (Suite): The benchmark.
        runs (Sequence[dict]): Its results, as far as there are any.
        folder (str | Path): Folder for the files.

    Returns:
        list[Path]: The files.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / f'{suite.name}.md'
    table.write_text(make_report(suite, runs), encoding='utf-8')
    files = [table]
    for test in suite.tests if runs else ():
        for kind, plot in (('ced', plot_ced), ('pose', plot_pose)):
            path = folder / f'{suite.name}_{kind}_{test}.png'
            plot(suite, runs, test).savefig(path, dpi=110)
            files.append(path)
    return files


def make_report(suite: Suite, runs: Sequence[dict]) -> str:
    """Make the tables, one for each test set.

    Args:
        suite (Suite): The benchmark.
        runs (Sequence[dict]): Its results; cells of missing ones are blank.

    Returns:
        str: Markdown.
    """
    lines = [
        f'# {suite.title}',
        '',
        f'`python tools/benchmark.py benchmarks/{suite.name}.py`; percent, '
        'mean and standard deviation over seeds where there are several. '
        'Blank: not run.',
        '',
    ]
    for test in suite.tests:
        head = ['method', 'seeds', *COLUMNS]
        lines += [f'## {test}', '', _row(head), _row(['---'] * len(head))]
        for method in suite.methods:
            done = results_of(runs, method.name)
            cells = [
                mean_and_spread([r['tests'][test][name] for r in done], digits)
                for name, digits in COLUMNS.items()
            ]
            seeds = ', '.join(str(r['seed']) for r in done)
            lines.append(_row([method.name, seeds, *cells]))
        lines += ['', *_pose_table(suite, runs, test), '']
    return '\n'.join(lines)


def _pose_table(suite: Suite, runs: Sequence[dict], test: str) -> list[str]:
    """Make the table of mean NME by bin of the pose."""
    bins = next((r['tests'][test]['pose_bins'] for r in runs), None)
    if bins is None:
        return []
    count = len(bins['count'])
    head = ['NME by pose', *map(str, range(1, count + 1))]
    lines = [_row(head), _row(['---'] * len(head))]
    lines.append(_row(['faces', *map(str, bins['count'])]))
    for method in suite.methods:
        means = pose_errors(runs, method.name, test)
        if means is not None:
            cells = ['' if np.isnan(m) else f'{100 * m:.2f}' for m in means]
            lines.append(_row([method.name, *cells]))
    return lines


def results_of(runs: Sequence[dict], method: str) -> list[dict]:
    """List the runs of a method by seed."""
    done = [run for run in runs if run['method'] == method]
    return sorted(done, key=lambda run: run['seed'])


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


def pose_errors(
    runs: Sequence[dict], method: str, test: str
) -> np.ndarray | None:
    """Average a method's NME in each bin of the pose over its seeds.

    Returns:
        np.ndarray | None: (num_bins,), fractions, NaN for empty bins; None
        without a run.
    """
    done = results_of(runs, method)
    if not done:
        return None
    bins = [run['tests'][test]['pose_bins']['NME'] for run in done]
    return np.array(bins, dtype=float).mean(axis=0)


def plot_ced(suite: Suite, runs: Sequence[dict], test: str) -> Figure:
    """Plot the CED of every method, the mean over its seeds."""
    figure = Figure(figsize=(7.5, 5.5), layout='constrained')
    axes = figure.subplots()
    for method, style in zip(suite.methods, cycle(_STYLES)):
        done = results_of(runs, method.name)
        if done:
            ced = np.mean([r['tests'][test]['ced'] for r in done], axis=0)
            errors = np.linspace(0, 15, len(ced))
            axes.plot(errors, 100 * ced, style, label=method.name)
    axes.set(
        title=test,
        xlabel='NME of a face, %',
        ylabel='faces with at most that error, %',
        ylim=(0, 100),
        xlim=(0, 15),
    )
    axes.grid(alpha=0.3)
    figure.legend(loc='outside right upper')
    return figure


def plot_pose(suite: Suite, runs: Sequence[dict], test: str) -> Figure:
    """Plot every method's error over the bins of the pose, and the counts."""
    figure = Figure(figsize=(7.5, 5.5), layout='constrained')
    axes = figure.subplots()
    bins = runs[0]['tests'][test]['pose_bins']
    edges = np.array(bins['edges'])
    centers = (edges[1:] + edges[:-1]) / 2
    other = axes.twinx()
    other.bar(centers, bins['count'], np.diff(edges), color='0.9')
    other.set_ylabel('faces')
    axes.set_zorder(1)
    axes.patch.set_visible(False)
    for method, style in zip(suite.methods, cycle(_STYLES)):
        means = pose_errors(runs, method.name, test)
        if means is not None:
            axes.plot(
                centers, 100 * means, style, marker='.', label=method.name
            )
    axes.set(title=test, xlabel='pose coefficient', ylabel='NME, %')
    axes.grid(alpha=0.3)
    figure.legend(loc='outside right upper')
    return figure


def _row(cells: Sequence[str]) -> str:
    """Write a row of a Markdown table."""
    return f'| {" | ".join(cells)} |'
