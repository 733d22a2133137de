"""Structure-coherent face alignment for MMPose 1.x.

Importing the package makes MMPose importable without compiled operators,
mmdet or torchvision, and makes MMEngine's checkpoints load without running
code from them (:mod:`mmpose_scgcn.compat`), as soon as MMEngine is imported.
It imports neither of them: what is needed to use a model
(:mod:`mmpose_scgcn.apis`) is imported when it is asked for, and an exported
model (:mod:`mmpose_scgcn.runtime`) needs none of them.
"""

from typing import TYPE_CHECKING, Any

from .compat import enable_with_host
from .version import __version__

if TYPE_CHECKING:
    from .apis import FaceInferencer, list_models, load_model

enable_with_host()

_FROM_APIS = ('FaceInferencer', 'list_models', 'load_model')

__all__ = ['FaceInferencer', '__version__', 'list_models', 'load_model']


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in _FROM_APIS:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from . import apis

    return getattr(apis, name)


def __dir__() -> list[str]:
    """List what there is."""
    return __all__
