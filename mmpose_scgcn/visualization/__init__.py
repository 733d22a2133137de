"""Pictures of graphs, predictions and training curves.

Nothing is imported before it is asked for: pictures of faces need OpenCV
alone, and all others Matplotlib.
"""

from importlib import import_module
from typing import Any

_EXPORTS = {
    'PREDICTED_COLOR': 'faces',
    'TRUE_COLOR': 'faces',
    'crop_tile': 'faces',
    'draw_comparison': 'faces',
    'draw_points': 'faces',
    'face_grid': 'grid',
    'mean_crop': 'faces',
    'plot_curves': 'curves',
    'plot_graph': 'graph',
    'plot_poses': 'poses',
    'read_scalars': 'curves',
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
