"""Finding and reading configs, of users and of this package."""

import difflib
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmengine.config import Config

_PACKAGE = Path(__file__).resolve().parent


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
    try:
        cfg.merge_from_dict(options)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f'--cfg-options do not fit {path}: {error}'
        ) from error
    _drop_markers(cfg._cfg_dict)
    return cfg


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
