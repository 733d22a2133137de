"""From a model of PyTorch to a folder that needs none.

``tools/export.py`` is the command line; :mod:`mmpose_scgcn.runtime` predicts
from such a folder.
"""

from importlib import import_module
from typing import Any

_EXPORTS = {
    'Options': 'options',
    'export_model': 'write',
    'graph_of': 'graphs',
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in _EXPORTS:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(f'.{_EXPORTS[name]}', __name__), name)


def __dir__() -> list[str]:
    """List what there is."""
    return __all__
