"""Finding and reading configs, of users and of this package."""

import difflib
import sys
import traceback
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmengine.config import Config

_PACKAGE = Path(__file__).resolve().parent

#: What MMEngine's runner and this package read of a config; all other names
#: are variables, which have done their work when the config is read.
_READ = frozenset(
    (
        *('activation_checkpointing', 'auto_scale_lr', 'codec', 'compile'),
        *('custom_hooks', 'custom_imports', 'data_preprocessor'),
        *('default_hooks', 'default_scope', 'efficient_conv_bn_eval'),
        *('env_cfg', 'experiment_name', 'find_unused_parameters'),
        *('launcher', 'load_from', 'log_level', 'log_processor', 'model'),
        *('model_wrapper_cfg', 'optim_wrapper', 'param_scheduler'),
        *('randomness', 'resume', 'runner_type', 'sync_bn', 'visualizer'),
        *('train_cfg', 'val_cfg', 'test_cfg', 'val_pipeline', 'work_dir'),
        *('train_dataloader', 'val_dataloader', 'test_dataloader'),
        *('val_evaluator', 'test_evaluator'),
    )
)


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


def tell_config(name: str) -> None:
    """Say which file a name stands for, on standard error.

    A config of ours that is named is the installed one, even in the folder
    of a clone with a file of the same name.

    Args:
        name (str): Path or name of a config that there is.
    """
    path = find_config(name)
    if path == Path(name):
        return
    print(f'config: {path}', file=sys.stderr)
    others = [
        other
        for other in sorted(Path('configs').rglob(path.name))
        if not other.samefile(path)
    ]
    if others:
        print(
            f'warning: {others[0]} is another file of that name and is not '
            'read; give its path to use it, or install the clone by "pip '
            'install --no-deps -e ."',
            file=sys.stderr,
        )


def read_config(name: str, options: dict) -> 'Config':
    """Read a config by path or name and override settings.

    Args:
        name (str): See :func:`find_config`.
        options (dict): Values by dotted key.

    Returns:
        mmengine.config.Config: The config.

    Raises:
        FileNotFoundError: There is no such config.
        ValueError: It is none, or has not what ``options`` set.
    """
    # Here, not above: `-h` has to be quick.
    from mmengine.config import Config

    path = find_config(name)
    try:
        cfg = Config.fromfile(path)
    except FileNotFoundError:
        raise  # of a base
    except Exception as error:  # a config is a program
        raise ValueError(
            f'{path} cannot be read: {line_of(path, error)}'
            f'{type(error).__name__}: {error}'
        ) from error
    names = list(cfg)
    try:
        cfg.merge_from_dict(options)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f'--cfg-options do not fit {path}: {error}'
        ) from error
    _drop_markers(cfg._cfg_dict)
    _tell_idle(path, names, options)
    return cfg


def _tell_idle(path: Path, names: Collection[str], options: Iterable) -> None:
    """Warn of options that nothing reads.

    Args:
        path (pathlib.Path): The config.
        names (Collection[str]): What it sets itself.
        options (Iterable[str]): Dotted keys.
    """
    for name in sorted({key.split('.')[0] for key in options} - _READ):
        told = f'warning: nothing reads the option {name}: '
        if name in names:
            told += (
                f'it is a variable of {path}, and what was made of it stays '
                'as it is; change that instead, such as '
                'train_dataloader.dataset.pipeline for train_pipeline'
            )
        else:
            near = difflib.get_close_matches(name, [*names, *_READ], 1)
            hint = f'; did you mean {near[0]}?' if near else ''
            told += f'{path} has no such setting{hint}'
        print(told, file=sys.stderr)


def _drop_markers(setting: Any) -> None:
    """Drop each ``_delete_`` that is left.

    MMEngine takes it away where there is something to delete, and leaves it
    as an argument where there is nothing.
    """
    if isinstance(setting, dict):
        setting.pop('_delete_', None)
        for value in setting.values():
            _drop_markers(value)
    elif isinstance(setting, (list, tuple)):
        for value in setting:
            _drop_markers(value)


def line_of(path: Path, error: Exception) -> str:
    """Say in which line of a Python file an error is, if it is in one."""
    if isinstance(error, SyntaxError):
        return f'line {error.lineno}: '
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno for f in frames if Path(f.filename).name == path.name]
    return f'line {lines[-1]}: ' if lines else ''
