"""Tabulate and plot errors over the angle of faces and the shift of boxes.

python tools/benchmark.py benchmarks/two_stage.py
python benchmarks/two_stage_robustness.py

The first command trains and tests both networks, or what is missing of it;
the second one reads its results and counts what the networks cost.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import mmpose_scgcn  # noqa: F401  as a user has it
from mmpose_scgcn.benchmark import Suite, load_results, load_suite
from mmpose_scgcn.benchmark.report import mean_and_spread, results_of
from mmpose_scgcn.launch import read_config

import numpy as np
import torch
from matplotlib.figure import Figure
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS
from torch.utils.flop_counter import FlopCounterMode

SUITE = Path(__file__).with_name('two_stage.py')
UNDISTURBED = '300w_common'
#: What is varied: prefix of the tests' names, and its unit.
AXES = {
    'rotation': 'angle of the face, degrees',
    'shift': 'shift of the box, % of its longer side',
}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--results',
        type=Path,
        default=Path('benchmarks/results'),
        help='folder of two_stage.json, and for the files written',
    )
    return parser.parse_args()


def levels_of(suite: Suite, axis: str) -> dict[int, str]:
    """List the tests along an axis by its value, from undisturbed on."""
    levels = {0: UNDISTURBED}
    for name in suite.tests:
        prefix, _, value = name.rpartition('_')
        if prefix == axis:
            levels[int(value)] = name
    return dict(sorted(levels.items()))


def megamacs(config: str) -> float:
    """Count the multiplications of one image through a network.

    Those of convolutions and fully connected layers, without a flip test.

    Args:
        config (str): Path or name of the config.

    Returns:
        float: Millions.
    """
    cfg = read_config(config, {})
    init_default_scope(cfg.default_scope)
    model = MODELS.build(cfg.model).eval()
    if hasattr(model, 'reference'):  # any shape: the cost is the same
        model.reference.fill(_ring(cfg.model.num_keypoints))
    width, height = cfg.codec.input_size
    image = torch.zeros(1, 3, height, width)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(image, None, mode='tensor')
    return counter.get_total_flops() / 2e6


def _ring(count: int) -> dict:
    """Make a graph in which each keypoint has the next one as neighbour."""
    angles = 2 * np.pi * np.arange(count) / count
    shape = 0.5 + 0.4 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return dict(
        num_keypoints=count,
        top_k=1,
        neighbors=[[i, (i + 1) % count] for i in range(count)],
        mean_shape=shape.tolist(),
    )


def make_table(suite: Suite, runs: Sequence[dict], axis: str) -> list[str]:
    """Make a table of NME and FR@0.10 along an axis, Markdown."""
    levels = levels_of(suite, axis)
    head = ['', *map(str, levels)]
    lines = [f'## {AXES[axis].capitalize()}', '', _row(head)]
    lines.append(_row(['---'] * len(head)))
    for figure in ('NME', 'FR@0.10'):
        for method in suite.methods:
            done = results_of(runs, method.name)
            cells = [
                mean_and_spread([run['tests'][t][figure] for run in done], 2)
                for t in levels.values()
            ]
            lines.append(_row([f'{figure}, {method.name}', *cells]))
    return [*lines, '']


def make_report(suite: Suite, runs: Sequence[dict]) -> str:
    """Make the cost and both tables, Markdown."""
    lines = [
        f'# {suite.title}',
        '',
        '300W `test_common`, inter-ocular; percent. The image is turned about '
        'the box, or the box shifted, before the crop.',
        '',
        _row(['', 'million multiplications', 'parameters, M', 'iterations']),
        _row(['---'] * 4),
    ]
    for method in suite.methods:
        cells = [method.name, f'{megamacs(method.config):.1f}', '', '']
        for run in results_of(runs, method.name)[:1]:
            cells[2:] = f'{run["parameters"] / 1e6:.2f}', run['iterations']
        lines.append(_row(cells))
    lines.append('')
    for axis in AXES:
        lines += make_table(suite, runs, axis)
    return '\n'.join(lines)


def plot(suite: Suite, runs: Sequence[dict]) -> Figure:
    """Plot the NME along both axes, a panel each."""
    figure = Figure(figsize=(10, 4), layout='constrained')
    panels = figure.subplots(1, len(AXES), sharey=True)
    for panel, (axis, label) in zip(panels, AXES.items(), strict=True):
        levels = levels_of(suite, axis)
        for method in suite.methods:
            done = results_of(runs, method.name)
            if done:
                nme = [
                    100 * np.mean([run['tests'][t]['NME'] for run in done])
                    for t in levels.values()
                ]
                panel.plot(list(levels), nme, marker='.', label=method.name)
        panel.set(xlabel=label, xticks=list(levels))
        panel.grid(alpha=0.3)
    panels[0].set(ylabel='NME, %', ylim=(0, None))
    panels[0].legend()
    return figure


def main() -> None:
    """Run the command line."""
    results = parse_args().results
    suite = load_suite(SUITE)
    source = results / f'{suite.name}.json'
    runs = load_results(source)
    if not runs:
        sys.exit(
            f'two_stage_robustness: {source} has no results; run python '
            'tools/benchmark.py benchmarks/two_stage.py'
        )
    table = results / 'two_stage_robustness.md'
    table.write_text(make_report(suite, runs), encoding='utf-8')
    plot(suite, runs).savefig(table.with_suffix('.png'), dpi=110)
    print(f'written: {table} and {table.with_suffix(".png")}')


def _row(cells: Sequence) -> str:
    """Write a row of a Markdown table."""
    return f'| {" | ".join(map(str, cells))} |'


if __name__ == '__main__':
    main()
