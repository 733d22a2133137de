"""Measure a checkpoint: ``python tools/test.py CONFIG CHECKPOINT``."""

import argparse
import sys
from collections.abc import Mapping
from pickle import UnpicklingError

from mmpose_scgcn.evaluation.functional import lies_to_one_side
from mmpose_scgcn.launch import (
    add_common_arguments,
    build_runner,
    check_annotations,
    check_checkpoint,
    load_config,
)

from mmengine.dist import is_main_process


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Measure a checkpoint.')
    parser.add_argument('config', help='path or name of a config')
    parser.add_argument('checkpoint', help='path or address of the weights')
    parser.add_argument(
        '--out', metavar='FILE', help='keep all predictions here (.pkl)'
    )
    add_common_arguments(parser)
    args = parser.parse_args(argv)
    if args.out and not args.out.endswith(('.pkl', '.pickle')):
        parser.error(f'--out must end in .pkl or .pickle, got {args.out}')
    return args


def keep_predictions(cfg, out_file: str) -> None:
    """Add MMEngine's dump of all predictions to the evaluators."""
    evaluator = cfg.test_evaluator
    metrics = evaluator if isinstance(evaluator, list) else [evaluator]
    dump = dict(type='mmengine.DumpResults', out_file_path=out_file)
    cfg.test_evaluator = [*metrics, dump]


def tell_of_offset(metrics: Mapping[str, float]) -> None:
    """Say so if predictions lie to one side, as conventions make them."""
    if not is_main_process():
        return
    if lies_to_one_side(metrics):
        x = metrics['bias_x']
        side = 'right' if x > 0 else 'left'
        print(
            f'Predictions lie {100 * abs(x):.1f} % of the normaliser to the '
            f'{side} of the annotations on average. "Files that count pixels '
            'from 1" in docs/data_sets.md has the likely reasons.',
            file=sys.stderr,
        )


def main() -> None:
    """Build a runner from the command line and test."""
    args = parse_args()
    try:
        cfg = load_config(args)
        check_annotations(cfg, 'test_dataloader', 'test_evaluator')
        if not cfg.get('test_dataloader'):
            raise ValueError(f'{args.config} has no test_dataloader')
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    cfg.load_from = args.checkpoint
    if args.out:
        keep_predictions(cfg, args.out)
    runner = build_runner(cfg)
    try:
        check_checkpoint(runner.model, args.checkpoint)
    except (FileNotFoundError, ValueError, UnpicklingError) as error:
        sys.exit(str(error))
    tell_of_offset(runner.test())


if __name__ == '__main__':
    main()
