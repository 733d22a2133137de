"""CED curves of several runs in one picture."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

from mmpose_scgcn.evaluation.functional.ced import summarize_nme
from mmpose_scgcn.files import replace_file

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure

# Told apart in grey print too.
_STYLES = ('-', '--', '-.', ':')


def run_label(
    name: str,
    nme: np.ndarray,
    fr_thresholds: Sequence[float],
    auc_threshold: float,
) -> str:
    """Describe a run for the legend: name, NME, AUC and FR in percent.

    Args:
        name (str): Of the run.
        nme (np.ndarray): Per-face NME (N,), fractions; ``inf`` allowed.
        fr_thresholds (Sequence[float]): Fractions.
        auc_threshold (float): A fraction.

    Returns:
        str: One line.
    """
    figures = summarize_nme(nme, fr_thresholds, auc_threshold)
    texts = [f'{key} {100 * value:.2f}' for key, value in figures.items()]
    return f'{name} ({len(nme)} faces): {", ".join(texts)} %'


def plot_ced(
    runs: Mapping[str, np.ndarray],
    path: str | Path,
    fr_thresholds: Sequence[float] = (0.10,),
    auc_threshold: float = 0.10,
    max_error: float | None = None,
) -> None:
    """Plot the share of faces below each error, a curve per run.

    Args:
        runs (Mapping[str, np.ndarray]): Per-face NME (N,) by name, fractions;
            ``inf`` counts as a face that is never below.
        path (str | Path): Picture to write (PNG, PDF, SVG).
        fr_thresholds (Sequence[float]): Errors that are marked and whose
            failure rates are in the legend, fractions. Defaults to (0.10,).
        auc_threshold (float): Upper end of the area in the legend, a
            fraction. Defaults to 0.10.
        max_error (float, optional): Right end of the plot, a fraction.
            Defaults to the largest threshold.

    Raises:
        ValueError: NaN or no faces, or a file format that is not known.
    """
    formats = FigureCanvasBase.get_supported_filetypes()
    suffix = Path(path).suffix.lower().lstrip('.')
    if suffix not in formats:
        raise ValueError(
            f'{path}: expected a picture ({", ".join(sorted(formats))})'
        )
    max_error = max_error or max(*fr_thresholds, auc_threshold)
    figure = Figure(figsize=(7.5, 6.5), layout='constrained')
    axes = figure.subplots()
    for (name, nme), style in zip(runs.items(), cycle(_STYLES)):
        label = run_label(name, nme, fr_thresholds, auc_threshold)
        errors, shares = _steps(nme, max_error)
        axes.step(100 * errors, 100 * shares, style, where='post', label=label)
    _decorate(axes, fr_thresholds, max_error)
    figure.legend(*axes.get_legend_handles_labels(), loc='outside lower left')
    with replace_file(path) as partial:
        figure.savefig(partial, dpi=130)


def _steps(nme: np.ndarray, max_error: float) -> tuple[np.ndarray, np.ndarray]:
    """Compute the exact step curve on [0, max_error]."""
    within = np.sort(nme[nme <= max_error])
    shares = np.arange(1, len(within) + 1) / len(nme)
    errors = np.concatenate([[0.0], within, [max_error]])
    last = shares[-1:] if len(shares) else np.zeros(1)
    return errors, np.concatenate([[0.0], shares, last])


def _decorate(
    axes: Axes, thresholds: Sequence[float], max_error: float
) -> None:
    """Name the axes and mark the thresholds."""
    axes.set(
        xlabel='NME of a face, %',
        ylabel='faces with at most that error, %',
        xlim=(0, 100 * max_error),
        ylim=(0, 100),
    )
    axes.grid(alpha=0.3)
    for threshold in thresholds:
        axes.axvline(100 * threshold, color='0.4', linewidth=0.8)
