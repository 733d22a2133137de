"""Train a model: ``python tools/train.py CONFIG``."""

import argparse
import gc
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING
from urllib.error import URLError

from mmpose_scgcn.arguments import seed
from mmpose_scgcn.config_options import add_common_arguments
from mmpose_scgcn.terminal import steady_output

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmengine.config import Config
    from mmengine.runner import Runner


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Train a model.')
    text = 'path or name of a config (mim wants the name with .py)'
    parser.add_argument('config', help=text)
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from this file, or from the latest in the work dir',
    )
    parser.add_argument(
        '--resume-with',
        choices=('checkpoint', 'config'),
        help='whose learning rate, schedule and so on --resume goes on with '
        "if they differ (default: the checkpoint's, with a warning)",
    )
    parser.add_argument(
        '--amp',
        action='store_true',
        help='mixed precision: float16 on a GPU, bfloat16 on a CPU that '
        'has units for it',
    )
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help="scale the learning rate from the config's full batch to yours",
    )
    parser.add_argument('--seed', type=seed, help='seed of all that is random')
    add_common_arguments(parser)
    return parser.parse_args(argv)


def apply_training_options(cfg: 'Config', args: argparse.Namespace) -> None:
    """Write the options of training into the config.

    Raises:
        FileNotFoundError: There is no file to resume from.
        ValueError: The config names no batch size to scale from.
    """
    import torch

    if args.resume:
        from mmpose_scgcn.checks import latest_checkpoint

        auto = args.resume == 'auto'
        if not auto:
            check_weights('--resume', args.resume)
        found = latest_checkpoint(cfg.work_dir) if auto else args.resume
        # Else it begins, with the weights of load_from if there are any.
        cfg.resume = bool(found)
        cfg.load_from = found or cfg.get('load_from')
    elif args.resume_with:
        raise ValueError('--resume-with goes with --resume')
    if args.amp and torch.cuda.is_available():
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    elif args.amp:
        use_bfloat16(cfg)
    if args.auto_scale_lr:
        if 'base_batch_size' not in cfg.get('auto_scale_lr', {}):
            raise ValueError(
                '--auto-scale-lr needs auto_scale_lr=dict(base_batch_size=...)'
                ' in the config: the batch its learning rate is meant for'
            )
        cfg.auto_scale_lr.enable = True
    if args.seed is not None:
        cfg.randomness = {**cfg.get('randomness', {}), 'seed': args.seed}


def check_settings(cfg: 'Config') -> None:
    """Check what MMEngine would find out late, or not at all.

    Raises:
        FileNotFoundError: There is no file to start from.
        ValueError: A length of the training that is none.
    """
    lengths = dict(cfg.get('train_cfg') or {})
    if not cfg.get('val_dataloader'):
        lengths.pop('val_interval', None)  # no matter what it is
    for name in ('max_epochs', 'max_iters', 'val_interval'):
        length = lengths.get(name, 1)
        unlimited = length is None and name != 'val_interval'
        if not (unlimited or (isinstance(length, int) and length > 0)):
            raise ValueError(
                f'train_cfg.{name}: expected a whole number of at least 1, '
                f'got {length!r}'
            )
    check_weights('load_from', cfg.get('load_from'))
    for setting, file in pretrained(cfg.get('model'), 'model'):
        check_weights(setting, file)


def check_weights(setting: str, file: str | None) -> None:
    """Check that weights of this machine are there.

    Args:
        setting (str): What names them, for the message.
        file (str, optional): A path, or an address, which is left alone.

    Raises:
        FileNotFoundError: There is no such file.
    """
    if not file or '://' in str(file):
        return
    if not Path(file).expanduser().is_file():  # as MMEngine reads it
        raise FileNotFoundError(f'{setting}: there is no file {file}')


def pretrained(setting: object, name: str) -> Iterator[tuple[str, str]]:
    """Walk through a model for weights that parts of it start from.

    Args:
        setting (object): A part of the config.
        name (str): Its name.

    Yields:
        tuple[str, str]: The full name of a setting, and the file or address.
    """
    if isinstance(setting, dict):
        file = setting.get('checkpoint')
        if setting.get('type') == 'Pretrained' and isinstance(file, str):
            yield f'{name}.checkpoint', file
        for key, value in setting.items():
            yield from pretrained(value, f'{name}.{key}')
    elif isinstance(setting, (list, tuple)):
        for index, value in enumerate(setting):
            yield from pretrained(value, f'{name}.{index}')


def use_bfloat16(cfg: 'Config') -> None:
    """Train channels-last on a CPU, in bfloat16 if that is faster."""
    from mmpose_scgcn.datasets.settings import type_name
    from mmpose_scgcn.engine.optim_wrappers import has_bfloat16_units

    if has_bfloat16_units() is False:
        print(
            '--amp trains channels-last, but in float32: this processor has '
            'no bfloat16 units, and bfloat16 would be slower on it',
            file=sys.stderr,
        )
    else:
        cfg.optim_wrapper.type = 'mmpose_scgcn.BFloat16OptimWrapper'
    hooks = cfg.get('custom_hooks') or []
    layout = dict(type='mmpose_scgcn.ChannelsLastHook')
    if not any(type_name(hook) == 'ChannelsLastHook' for hook in hooks):
        cfg.custom_hooks = [*hooks, layout]


def check_resumption(runner: 'Runner', checkpoint: str | None) -> None:
    """Check what training is to be resumed from.

    Args:
        runner (Runner): About to train.
        checkpoint (str, optional): The file; having none is worth a warning.

    Raises:
        ValueError: The file does not fit the model, or holds weights only.
    """
    from mmpose_scgcn.models.fit import check_checkpoint

    from mmengine.logging import print_log

    if checkpoint:
        check_checkpoint(runner.model, checkpoint, resume=True)
        return
    start = f', from {runner._load_from}' if runner._load_from else ''
    print_log(
        f'--resume: no checkpoint in {runner.work_dir}; training starts at '
        f'the beginning{start}',
        logger='current',
        level=logging.WARNING,
    )


def main() -> None:
    """Build a runner from the command line and train."""
    steady_output()
    args = parse_args()
    from mmpose_scgcn.launch import (
        build_runner,
        building_in_words,
        check_annotations,
        load_config,
    )
    from mmpose_scgcn.processes import leave_processes

    from mmengine.logging import print_log

    try:
        cfg = load_config(args)
        apply_training_options(cfg, args)
        check_settings(cfg)
        check_annotations(
            cfg, 'train_dataloader', 'val_dataloader', 'val_evaluator'
        )
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    # MMEngine collects garbage for each data set. What was imported is none.
    gc.freeze()
    with building_in_words():
        runner = build_runner(cfg, args.resume_with)
    try:
        if args.resume:
            check_resumption(runner, cfg.load_from if cfg.resume else None)
    except (OSError, ValueError, UnpicklingError) as error:
        sys.exit(str(error))
    unit = 'NME, FR and AUC are logged as fractions: 0.05 is 5 %'
    print_log(unit, logger='current')
    train(runner)
    leave_processes()


def train(runner: 'Runner') -> None:
    """Train; say what does not fit, and what to do without a network."""
    from mmpose_scgcn.checks import CheckError
    from mmpose_scgcn.compat.checkpoint_content import CheckpointError
    from mmpose_scgcn.datasets.unreadable import UnreadableImageError
    from mmpose_scgcn.launch import building_in_words

    try:
        with building_in_words():
            runner.train()
    except (CheckError, CheckpointError, UnpicklingError) as error:
        sys.exit(str(error))
    except UnreadableImageError as error:
        sys.exit(error.words)
    except URLError as error:
        sys.exit(_without_network(runner, error))


def _without_network(runner: 'Runner', error: URLError) -> str:
    """Say what to start from instead of what could not be fetched."""
    start = str(runner._load_from or '')
    if '://' in start:
        return (
            f'Weights could not be fetched: {error}. Without a network, '
            f'give a file of this machine instead of load_from={start}, and '
            'of the checkpoint of model.backbone.init_cfg'
        )
    return (
        f'A pretrained backbone could not be fetched: {error}. Without a '
        'network start from scratch, --cfg-options '
        'model.backbone.init_cfg=None, or from a file of yours, '
        'model.backbone.init_cfg.checkpoint=FILE'
    )


if __name__ == '__main__':
    main()
