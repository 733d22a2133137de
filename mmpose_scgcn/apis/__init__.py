"""Using models: from a name and an image to faces with keypoints.

Nothing is imported before it is asked for.
"""

from importlib import import_module
from typing import Any

_EXPORTS = {
    'FaceInferencer': 'inferencer',
    'FaceModel': 'face_model',
    'build_model': 'loading',
    'list_models': 'zoo',
    'load_model': 'opening',
    'predict_dataset': 'dataset',
    'read_image': '.images',
    'weights_path': 'zoo',
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
