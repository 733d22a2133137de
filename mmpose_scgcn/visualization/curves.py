"""Training curves from MMEngine's own logs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmpose_scgcn.files import read_text, replace_file

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
    lines = read_text(logs[-1]).splitlines()
    return [json.loads(line) for line in lines]


def plot_curves(
    runs: Mapping[str, str | Path],
    keys: Sequence[str],
    path: str | Path,
) -> None:
    """Plot logged values of several runs over epochs, a panel per value.

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
            epochs, values = _series(read_scalars(work_dir), key)
            if values:
                axes.plot(epochs, values, marker='.', label=name)
        axes.set_title(key)
        axes.set_xlabel('epoch')
        axes.set_yscale('log')
        axes.grid(alpha=0.3, which='both')
        if axes.has_data():
            axes.legend()
    with replace_file(path) as partial:
        figure.savefig(partial, dpi=120)


def _series(rows: list[dict], key: str) -> tuple[list[float], list[float]]:
    """Pick the epochs and values at which something was logged.

    Training rows count iterations in ``step`` and have ``epoch``; validation
    rows count epochs in ``step``.
    """
    training = [row for row in rows if 'epoch' in row]
    per_epoch = max(
        (row['step'] / row['epoch'] for row in training), default=1.0
    )
    chosen = [row for row in rows if key in row]
    epochs = [
        row['step'] / (per_epoch if 'epoch' in row else 1) for row in chosen
    ]
    return epochs, [row[key] for row in chosen]
