"""Stand-ins for the three optional names that MMPose imports eagerly.

``import mmpose.models`` and ``import mmpose.visualization`` fail without
compiled mmcv operators, mmdet and torchvision, for the sake of EDPose, RTMO
and one SimCC drawing. Here an ``import`` statement *in exactly those files of
MMPose* that fails is given a stand-in. Nothing enters ``sys.modules``, so
everyone else who asks (``find_spec``, MMEngine, the ``try: import mmdet`` of
other files) gets the true answer.
"""

import builtins
from collections.abc import Callable, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

from .import_hooks import before_execution

_MMCV = (
    'mmcv with compiled operators: pip uninstall -y mmcv-lite && '
    'pip install --no-build-isolation mmcv==2.1.0'
)
_MMDET = 'mmdet: pip install mmdet==3.3.0'
_TORCHVISION = 'torchvision: pip install torchvision'

# Module that is asked for -> names wanted from it -> what to install.
WANTED = {
    'mmcv.ops': {'MultiScaleDeformableAttention': _MMCV},
    'mmdet.utils': {'ConfigType': _MMDET, 'reduce_mean': _MMDET},
    'torchvision.transforms': {'ToPILImage': _TORCHVISION},
}

# The files of MMPose 1.3 that ask -> the module they ask for.
ASKED_BY = {
    'mmpose.models.heads.hybrid_heads.rtmo_head': 'mmdet.utils',
    'mmpose.models.heads.transformer_heads.edpose_head': 'mmcv.ops',
    'mmpose.models.heads.transformer_heads.transformers'
    '.deformable_detr_layers': 'mmcv.ops',
    'mmpose.visualization.simcc_vis': 'torchvision.transforms',
}

# Modules stood in for -> why the real one could not be imported.
active: dict[str, str] = {}


def make_stand_in(module: str, name: str) -> type:
    """Make a class that can be named, but not called.

    Args:
        module (str): A key of :data:`WANTED`.
        name (str): A name wanted from that module.

    Returns:
        type: Good for annotations and ``isinstance``; calling it raises an
        :class:`ImportError` that says what to install.
    """

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
        why = active.get(module, 'not imported')
        raise ImportError(
            f'{module}.{name} cannot be used here ({why}). '
            f'It needs {WANTED[module][name]}'
        )

    return type(name, (), {'__new__': __new__, '__module__': __name__})


def _import_or_stand_in(module: str) -> Callable:
    """Make an ``__import__`` that cannot fail for the names of one module."""
    names = WANTED[module]

    def import_(
        name: str,
        globals: Any = None,
        locals: Any = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        try:
            return builtins.__import__(name, globals, locals, fromlist, level)
        except Exception as error:  # a broken binary raises other things too
            if name != module or not names.keys() >= set(fromlist or ('',)):
                raise
            active[module] = f'{type(error).__name__}: {error}'
            return SimpleNamespace(
                **{wanted: make_stand_in(module, wanted) for wanted in names}
            )

    return import_


def _replace_import(module: ModuleType) -> None:
    """Give a module its own ``import`` statement before it is executed."""
    import_ = _import_or_stand_in(ASKED_BY[module.__name__])
    vars(module)['__builtins__'] = {**vars(builtins), '__import__': import_}


def enable() -> None:
    """Watch for the files of :data:`ASKED_BY` (idempotent)."""
    for asking in ASKED_BY:
        before_execution(asking, _replace_import)
