"""The report of a benchmark, from its results alone."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from mmpose_scgcn.files import replace_file, write_text

from matplotlib.figure import Figure

from .plots import plot_axis, plot_ced, plot_pose
from .results import Results
from .suite import Suite
from .tables import MARK, STILL_FALLING, make_tables, not_run


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
    write_text(table, make_report(suite, known))
    plots = report_plots(suite, known, folder)
    for path, plot in plots.items():
        with replace_file(path) as partial:
            plot().savefig(partial, dpi=110)
    return [table, *plots]


def report_plots(
    suite: Suite, known: Results, folder: str | Path
) -> dict[Path, Callable[[], Figure]]:
    """List the plots of a report, and what draws them.

    There are none for tests without results.
    """
    done = {test for run in known.runs for test in run.tests}
    plots: dict[str, Callable[[], Figure]] = {}
    for test in suite.undisturbed:
        if test in done:
            plots[f'ced_{test}'] = partial(plot_ced, suite, known, test)
            plots[f'pose_{test}'] = partial(plot_pose, suite, known, test)
    for name, axis in suite.axes.items():
        if done >= set(axis.tests.values()):
            plots[name] = partial(plot_axis, suite, known, name)
    return {
        Path(folder, f'{suite.name}_{name}.png'): plot
        for name, plot in plots.items()
    }


def make_report(suite: Suite, known: Results) -> str:
    """Make the tables, as Markdown."""
    lines = [f'# {suite.title}', '']
    for remark in describe(suite, known):
        lines += [remark, '']
    for table in make_tables(suite, known):
        lines += table.markdown()
    return '\n'.join(lines)


def describe(suite: Suite, known: Results) -> list[str]:
    """Say how the tables are to be read."""
    path = Path(suite.path)
    command = f'python -m mmpose_scgcn benchmark {path.name}'
    if path.parent.name == 'benchmarks':  # of a clone
        command = f'python tools/benchmark.py benchmarks/{path.name}'
    lines = [
        f'`{command}`; percent, '
        'mean and standard deviation over seeds where there are several. '
        'Blank: not run, or not tested with every seed.'
    ]
    tests = [test for run in known.runs for test in run.tests.values()]
    if any(test.missed is not None for test in tests):
        lines.append(
            'Where faces can be missed, NME, median and mean offset are over '
            'those that were found; in FR and AUC a missed face has failed.'
        )
    if any(len(run.val_curve) >= 5 for run in known.runs):
        lines.append(
            f'{MARK}: not converged; the last fifth of the training still '
            'lowered the error on the validation set by more than '
            f'{100 * STILL_FALLING:.0f} %.'
        )
    for precision in ('bfloat16', 'float16'):
        if runs := _trained_in(precision, suite, known):
            lines.append(f'Trained in {precision}: {"; ".join(runs)}.')
    if waiting := not_run(suite, known):
        lines.append(f'Not run yet: {"; ".join(waiting)}.')
    return lines


def _trained_in(precision: str, suite: Suite, known: Results) -> list[str]:
    """List rows that were trained in a number format, with their seeds."""
    rows = []
    for method in suite.methods:
        runs = known.of(method.name)
        seeds = [str(r.seed) for r in runs if r.precision == precision]
        if seeds:
            several = ' ' if len(seeds) == 1 else 's '
            rows.append(f'{method.name} (seed{several}{", ".join(seeds)})')
    return rows
