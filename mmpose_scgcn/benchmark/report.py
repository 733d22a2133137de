"""The report of a benchmark, from its results alone."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from .plots import plot_axis, plot_ced, plot_pose
from .results import Results
from .suite import Suite
from .tables import MARK, STILL_FALLING, make_tables

Plot = Callable[[Suite, Results, str], Figure]


def write_report(
    suite: Suite, known: Results, folder: str | Path
) -> list[Path]:
    """Write the tables and the plots.

    Returns:
        list[Path]: The files: ``<suite>.md``, and if there are results
        ``<suite>_ced_<test>.png``, ``<suite>_pose_<test>.png`` and
        ``<suite>_<axis>.png``.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / f'{suite.name}.md'
    table.write_text(make_report(suite, known), encoding='utf-8')
    files = [table]
    for path, (plot, name) in report_plots(suite, known, folder).items():
        plot(suite, known, name).savefig(path, dpi=110)
        files.append(path)
    return files


def report_plots(
    suite: Suite, known: Results, folder: str | Path
) -> dict[Path, tuple[Plot, str]]:
    """List the plots of a report.

    Returns:
        dict: For each file the function that draws it and what of; nothing
        for tests without results.
    """
    done = {test for run in known.runs for test in run.tests}
    plots: dict[str, tuple[Plot, str]] = {}
    for test in suite.undisturbed:
        if test in done:
            plots[f'ced_{test}'] = plot_ced, test
            plots[f'pose_{test}'] = plot_pose, test
    for name, axis in suite.axes.items():
        if done >= set(axis.tests.values()):
            plots[name] = plot_axis, name
    return {
        Path(folder) / f'{suite.name}_{name}.png': plot
        for name, plot in plots.items()
    }


def make_report(suite: Suite, known: Results) -> str:
    """Make the tables.

    Returns:
        str: Markdown.
    """
    lines = [f'# {suite.title}', '', *describe(suite, known), '']
    for table in make_tables(suite, known):
        lines += table.markdown()
    return '\n'.join(lines)


def describe(suite: Suite, known: Results) -> list[str]:
    """Say how the tables are to be read."""
    lines = [
        f'`python tools/benchmark.py benchmarks/{suite.name}.py`; percent, '
        'mean and standard deviation over seeds where there are several. '
        'Blank: not run, or not tested with every seed.'
    ]
    if any(len(run.val_curve) >= 5 for run in known.runs):
        lines.append(
            f'{MARK}: not converged; the last fifth of the training still '
            'lowered the error on the validation set by more than '
            f'{100 * STILL_FALLING:.0f} %.'
        )
    return lines
