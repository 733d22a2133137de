"""Measure a checkpoint: ``python tools/test.py CONFIG CHECKPOINT``."""

import argparse
import gc
import json
import math
import sys
from collections.abc import Mapping
from numbers import Real
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from mmpose_scgcn.arguments import positive_float
from mmpose_scgcn.config_options import add_common_arguments
from mmpose_scgcn.evaluation.functional import lies_to_one_side
from mmpose_scgcn.files import read_json, write_text
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmengine.config import Config
    from mmengine.runner import Runner

PICKLES = ('.pkl', '.pickle')


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Measure a checkpoint.')
    add = parser.add_argument
    text = 'path or name of a config (mim wants the name with .py)'
    add('config', help=text)
    add('checkpoint', help='path or address of the weights')
    add(
        '--out',
        metavar='FILE',
        help='write the metrics here (.json), or all predictions (.pkl)',
    )
    add('--dump', metavar='FILE', help='write all predictions here (.pkl)')
    text = 'write a picture of each prediction here (draw_predictions draws '
    add('--show-dir', metavar='FOLDER', help=text + 'the worst faces)')
    text = 'show the predictions in a window'
    add('--show', action='store_true', help=text)
    text = 'seconds that a window stays (default: 1)'
    add('--wait-time', type=positive_float, default=1, metavar='S', help=text)
    # Options of MMPose's tool that we do otherwise.
    add('--badcase', action='store_true', help=argparse.SUPPRESS)
    add('--interval', help=argparse.SUPPRESS)
    add_common_arguments(parser)
    args = parser.parse_args(argv)
    _check(parser, args)
    return args


def _check(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Refuse files of other kinds, and what another tool does."""
    if args.out and not args.out.endswith((*PICKLES, '.json')):
        parser.error(
            '--out must end in .pkl or .pickle (predictions) or .json '
            f'(metrics), got {args.out}'
        )
    if args.dump and not args.dump.endswith(PICKLES):
        parser.error(f'--dump must end in .pkl or .pickle, got {args.dump}')
    if args.badcase:
        parser.error(
            '--badcase of MMPose is not offered; draw the worst faces with '
            'python -m mmpose_scgcn draw_predictions CONFIG CHECKPOINT '
            '--select worst'
        )
    if args.interval:
        parser.error(
            '--interval of MMPose has no effect in a test: its hook draws all '
            'faces; draw some with python -m mmpose_scgcn '
            'draw_predictions CONFIG CHECKPOINT --num N'
        )


def keep_predictions(cfg: 'Config', out_file: str) -> None:
    """Add MMEngine's dump of all predictions to the evaluators."""
    from mmpose_scgcn.datasets.settings import type_name

    evaluator = cfg.test_evaluator
    if isinstance(evaluator, dict) and 'metrics' in evaluator:
        sys.exit(
            f'{out_file}: predictions cannot be kept with '
            f'{type_name(evaluator)}, each of whose metrics has a data set '
            'of its own; test with a list of metrics as test_evaluator'
        )
    metrics = evaluator if isinstance(evaluator, list) else [evaluator]
    dump = dict(
        type='mmengine.DumpResults',
        out_file_path=out_file,
        collect_device='gpu',  # needs neither a GPU nor a shared folder
    )
    cfg.test_evaluator = [*metrics, dump]


def show_predictions(cfg: 'Config', args: argparse.Namespace) -> None:
    """Switch on MMPose's hook that draws predictions."""
    hook = dict(type='PoseVisualizationHook', enable=True, show=args.show)
    # MMPose puts a folder that is relative into itself, batch after batch.
    folder = args.show_dir and str(Path(args.show_dir).resolve())
    hook.update(out_dir=folder, wait_time=args.wait_time)
    cfg.default_hooks = {**cfg.get('default_hooks', {}), 'visualization': hook}


def check_earlier_metrics(file: Path) -> None:
    """Check that metrics would replace nothing but earlier ones.

    Raises:
        ValueError: The file is there, and something else.
    """
    if file.suffix != '.json' or not file.exists():
        return
    try:
        content = read_json(file)
    except ValueError:
        content = None
    values = list(content.values()) if isinstance(content, dict) else []
    numbers = any(map(_is_number, values))
    # Metrics of users may have lists of numbers, and texts.
    others = [v for v in values if isinstance(v, (list, dict))]
    if not numbers or not all(map(_is_numbers, others)):
        raise ValueError(
            f'--out: {file} is no file of metrics, which would replace it; '
            'choose another one'
        )


def tell_metrics(metrics: Mapping[str, float], out: str | None) -> None:
    """Keep the metrics, and say what their unit is."""
    if out and out.endswith('.json'):
        from mmpose_scgcn.analysis import without_nan

        plain = {name: _plain(value) for name, value in metrics.items()}
        kept = without_nan(plain)
        write_text(out, json.dumps(kept, indent=2, allow_nan=False) + '\n')
    percent = [
        f'{name} {100 * metrics[name]:.2f} %'
        for name in metrics
        if name.split('@')[0].rpartition('/')[2] in ('NME', 'FR', 'AUC')
        and isinstance(metrics[name], Real)
        and not math.isnan(metrics[name])  # a subset without faces
    ]
    if percent:
        print('Fractions in the log; in percent: ' + ', '.join(percent))


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, Real)  # None: not a number


def _is_numbers(value: Any) -> bool:
    """Tell whether nothing but numbers is in lists and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return all(map(_is_numbers, value))
    return _is_number(value)


def _plain(value: Any) -> Any:
    """Make of a figure of any metric what JSON has: a number or a list."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    to_list = getattr(value, 'tolist', None)  # of NumPy and PyTorch
    if to_list is not None:
        return _plain(to_list())
    return float(value) if isinstance(value, Real) else str(value)


def tell_of_offset(metrics: Mapping[str, float]) -> None:
    """Say so if predictions lie to one side, as conventions make them."""
    if lies_to_one_side(metrics):
        x = metrics['bias_x']
        side = 'right' if x > 0 else 'left'
        print(
            f'Predictions lie {100 * abs(x):.1f} % of the normaliser to the '
            f'{side} of the annotations on average. ' + likely_reason(x),
            file=sys.stderr,
        )


def likely_reason(offset: float) -> str:
    """Say what a mean offset in x may come from.

    Args:
        offset (float): A fraction of the normaliser, above 0 to the right.

    Returns:
        str: Whole sentences.
    """
    chance = 'On a few faces it can be chance.'
    if offset > 0:
        return (
            'With heatmaps or SimCC the likely reason is a flip test with '
            'shift_heatmap=True, which moves them half a pixel of the crop or '
            f'more; with crops and codec of UDP flips agree. {chance}'
        )
    return (
        'The likely reason is that the annotation files count pixels from 1, '
        'so that flips in training move predictions to the left: prepare the '
        "data with --origin 1, or put dict(type='mmpose_scgcn."
        "ShiftKeypointOrigin', origin=1) after what reads the image in all "
        'pipelines. '
        f'{chance}'
    )


def measure(runner: 'Runner') -> dict:
    """Test; say what does not fit."""
    from mmpose_scgcn.checks import CheckError
    from mmpose_scgcn.datasets.unreadable import UnreadableImageError
    from mmpose_scgcn.launch import building_in_words

    try:
        with building_in_words():  # the data set and what measures on it
            return runner.test()
    except CheckError as error:
        sys.exit(str(error))
    except UnreadableImageError as error:
        sys.exit(error.words)


def main() -> None:
    """Build a runner from the command line and test."""
    steady_output()
    args = parse_args()
    from mmpose_scgcn.launch import (
        build_runner,
        building_in_words,
        check_annotations,
        check_not_read,
        load_config,
    )
    from mmpose_scgcn.models.fit import check_checkpoint
    from mmpose_scgcn.processes import leave_processes

    from mmengine.dist import get_world_size, is_main_process

    files = {file for file in (args.out, args.dump) if file}
    try:
        cfg = load_config(args)
        for file in files:
            check_file_writable(Path(file))
            check_not_read(file, cfg)
        if args.out:
            check_earlier_metrics(Path(args.out))
        check_annotations(cfg, 'test_dataloader', 'test_evaluator')
        if not cfg.get('test_dataloader'):
            raise ValueError(f'{args.config} has no test_dataloader')
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    cfg.load_from = args.checkpoint
    for file in files:
        if file.endswith(PICKLES):
            keep_predictions(cfg, file)
    if args.show or args.show_dir:
        if get_world_size() > 1:
            sys.exit(
                '--show and --show-dir: one process draws, and this is one '
                f'of {get_world_size()}; run it without a launcher'
            )
        show_predictions(cfg, args)
    # MMEngine collects garbage for each data set. What was imported is none.
    gc.freeze()
    with building_in_words():
        runner = build_runner(cfg)
    try:
        check_checkpoint(runner.model, args.checkpoint)
    except (OSError, ValueError, UnpicklingError) as error:
        sys.exit(str(error))
    metrics = measure(runner)
    if is_main_process():
        tell_metrics(metrics, args.out)
        tell_of_offset(metrics)
    leave_processes()


if __name__ == '__main__':
    main()
