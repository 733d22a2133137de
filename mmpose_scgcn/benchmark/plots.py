"""Plots from the results of a benchmark."""

from collections.abc import Iterator
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .results import CED_ERRORS, Results
from .suite import Method, Suite
from .tables import pose_bins_of, pose_errors

_STYLES = ('-', '--', '-.', ':')


def plot_ced(suite: Suite, known: Results, test: str) -> Figure:
    """Plot the CED of every method, the mean over its seeds."""
    figure, axes = _figure()
    for method, style in _curves(suite, known):
        results = known.tests_of(method.name, test)
        if results:
            ced = np.mean([np.divide(r.ced, r.faces) for r in results], axis=0)
            axes.plot(100 * CED_ERRORS, 100 * ced, **style)
    axes.set(
        title=test,
        xlabel='NME of a face, %',
        ylabel='faces with at most that error, %',
        ylim=(0, 100),
        xlim=(0, 100 * CED_ERRORS[-1]),
    )
    return _finish(figure)


def plot_pose(suite: Suite, known: Results, test: str) -> Figure:
    """Plot every method's error over the bins of the pose, and the counts."""
    figure, axes = _figure()
    bins = pose_bins_of(known, test)
    if bins is None:
        return figure
    edges = np.array(bins.edges)
    centers = (edges[1:] + edges[:-1]) / 2
    other = axes.twinx()
    other.bar(centers, bins.count, np.diff(edges), color='0.9')
    other.set_ylabel('faces')
    axes.set_zorder(1)
    axes.patch.set_visible(False)
    for method, style in _curves(suite, known):
        means = pose_errors(known, method.name, test, bins)
        if means is not None:
            axes.plot(centers, 100 * means, marker='.', **style)
    axes.set(title=test, xlabel='pose coefficient', ylabel='NME, %')
    return _finish(figure)


def plot_axis(suite: Suite, known: Results, name: str) -> Figure:
    """Plot every method's error along an axis."""
    figure, axes = _figure()
    axis = suite.axes[name]
    for method, style in _curves(suite, known):
        means = {
            float(value): np.mean([100 * r.figures['NME'] for r in results])
            for value, test in axis.tests.items()
            if (results := known.tests_of(method.name, test))
        }
        if means:
            axes.plot([*means], [*means.values()], marker='.', **style)
    axes.set(
        xlabel=axis.label,
        xticks=[float(value) for value in axis.tests],
        ylabel='NME, %',
        ylim=(0, None),
    )
    return _finish(figure)


def _figure() -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8.5, 5.5), layout='constrained')
    return figure, figure.subplots()


def _curves(suite: Suite, known: Results) -> Iterator[tuple[Method, dict]]:
    """Go through the methods that have a curve, ours as thicker ones."""
    styles = zip(cycle(_STYLES), cycle(f'C{i}' for i in range(10)))
    for method in suite.methods:
        if method.curve and known.of(method.name):
            line, color = next(styles)
            width = 2.2 if method.ours else 1.1
            style = dict(linestyle=line, linewidth=width, color=color)
            yield method, dict(style, label=method.name)


def _finish(figure: Figure) -> Figure:
    """Add grid and legend."""
    figure.axes[0].grid(alpha=0.3)
    if figure.axes[0].lines:  # handles long enough to tell the styles
        figure.legend(loc='outside right upper', fontsize=8, handlelength=4.5)
    return figure
