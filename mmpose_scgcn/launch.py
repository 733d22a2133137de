"""What ``tools/train.py`` and ``tools/test.py`` share: config to runner."""

import argparse
import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from mmengine.config import Config, DictAction
from mmengine.registry import RUNNERS
from mmengine.runner import Runner

_PACKAGE = Path(__file__).resolve().parent
LAUNCHERS = ('none', 'pytorch', 'slurm', 'mpi')


def shipped_configs() -> Path:
    """Give the folder of our configs: the source tree's, or the wheel's.

    Raises:
        FileNotFoundError: The package was installed without its configs.
    """
    for folder in (_PACKAGE.parent / 'configs', _PACKAGE / '.mim/configs'):
        if (folder / '_base_' / 'default_runtime.py').is_file():
            return folder
    raise FileNotFoundError(
        f'No configs beside or inside {_PACKAGE}: install mmpose_scgcn from '
        'its wheel, or in editable mode from its source tree'
    )


def find_config(name: str) -> Path:
    """Find a config by path, or one of ours by its file name.

    Args:
        name (str): A path, or the name of a shipped config with or without
            folders and ``.py``.

    Returns:
        pathlib.Path: An existing file.

    Raises:
        FileNotFoundError: There is none; the closest names are listed.
    """
    if Path(name).is_file():
        return Path(name)
    shipped = {path.stem: path for path in shipped_configs().rglob('*.py')}
    stem = Path(name).name.removesuffix('.py')
    if stem in shipped:
        return shipped[stem]
    close = difflib.get_close_matches(stem, shipped, n=3, cutoff=0.5)
    hint = f' Did you mean: {", ".join(close)}?' if close else ''
    raise FileNotFoundError(
        f'{name} is neither a file nor the name of a config of mmpose_scgcn '
        f'(they are in {shipped_configs()}).{hint}'
    )


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add the option that overrides settings of a config."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        default={},
        metavar='KEY=VALUE',
        help='override settings of the config, e.g. train_cfg.max_epochs=2',
    )


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that training and testing have in common."""
    add_config_options(parser)
    parser.add_argument(
        '--work-dir', help='folder for logs (default: work_dirs/CONFIG)'
    )
    parser.add_argument('--launcher', choices=LAUNCHERS, default='none')
    parser.add_argument(
        '--local_rank', '--local-rank', type=int, default=0, metavar='N'
    )


def read_config(name: str, options: dict) -> Config:
    """Read a config by path or name and override settings.

    Args:
        name (str): See :func:`find_config`.
        options (dict): Values by dotted key.

    Returns:
        mmengine.config.Config: The config.

    Raises:
        FileNotFoundError: There is no such config.
    """
    cfg = Config.fromfile(find_config(name))
    cfg.merge_from_dict(options)
    return cfg


def load_config(args: argparse.Namespace) -> Config:
    """Read the config and apply :func:`add_common_arguments`' options.

    Args:
        args (argparse.Namespace): With ``config`` and the common options.

    Returns:
        mmengine.config.Config: Ready for a runner, but for what the caller
        adds.
    """
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = read_config(args.config, args.cfg_options)
    cfg.launcher = args.launcher
    default_dir = Path('work_dirs') / Path(cfg.filename).stem
    cfg.work_dir = args.work_dir or cfg.get('work_dir', str(default_dir))
    return cfg


def _annotation_files(setting: object) -> Iterator[str]:
    """Walk through a dataset setting, nested ones included."""
    if isinstance(setting, dict):
        ann_file = setting.get('ann_file')
        if isinstance(ann_file, str) and ann_file:
            yield os.path.join(setting.get('data_root') or '', ann_file)
        for value in setting.values():
            yield from _annotation_files(value)
    elif isinstance(setting, (list, tuple)):
        for value in setting:
            yield from _annotation_files(value)


def check_annotations(cfg: Config, *dataloaders: str) -> None:
    """Check that the annotation files of some data loaders exist.

    Args:
        cfg (mmengine.config.Config): The whole config.
        *dataloaders (str): Such as ``'train_dataloader'``.

    Raises:
        FileNotFoundError: Names each missing file and the setting for it.
    """
    missing = {
        file: name
        for name in dataloaders
        for file in _annotation_files(cfg.get(name))
        if '://' not in file and not os.path.exists(file)
    }
    if missing:
        lines = [f'  {file} ({name})' for file, name in missing.items()]
        raise FileNotFoundError(
            'Annotation files not found:\n' + '\n'.join(lines) + '\n'
            'Paths are relative to the current folder: link your data as '
            '"data" there, or set data_root with --cfg-options'
        )


def build_runner(cfg: Config) -> Runner:
    """Build MMEngine's runner, or the one that the config names."""
    return RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)
