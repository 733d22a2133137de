"""Training curves from MMEngine's own logs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure


def read_scalars(work_dir: str | Path) -> list[dict]:
    """Read what the runs in a work folder logged.

    Args:
        work_dir (str | Path): Folder given to ``tools/train.py``.

    Returns:
        list[dict]: One dict per logged step, in order, of the newest run.

    Raises:
        FileNotFoundError: No run has logged there.
    """
    logs = sorted(Path(work_dir).glob('*/vis_data/scalars.json'))
    if not logs:
        raise FileNotFoundError(f'{work_dir}: no */vis_data/scalars.json')
    return [json.loads(line) for line in logs[-1].read_text().splitlines()]


def plot_curves(
    runs: Mapping[str, str | Path],
    keys: Sequence[str],
    path: str | Path,
) -> None:
    """Plot logged values of several runs, a panel per value.

    Args:
        runs (Mapping[str, str | Path]): Work folder by name.
        keys (Sequence[str]): Logged values, such as ``loss`` and ``NME``; a
            run without one has no line in its panel.
        path (str | Path): Picture to write.
    """
    figure = Figure(figsize=(5 * len(keys), 4), layout='constrained')
    panels = figure.subplots(1, len(keys), squeeze=False)[0]
    for axes, key in zip(panels, keys, strict=True):
        for name, work_dir in runs.items():
            rows = [r for r in read_scalars(work_dir) if key in r]
            # Validation rows number epochs, training rows have both.
            axes.plot(
                [r.get('epoch', r['step']) for r in rows],
                [r[key] for r in rows],
                marker='.' if len(rows) < 40 else None,
                label=name,
            )
        axes.set_title(key)
        axes.set_xlabel('epoch')
        axes.set_yscale('log')
        axes.grid(alpha=0.3, which='both')
        axes.legend()
    figure.savefig(path, dpi=120)
