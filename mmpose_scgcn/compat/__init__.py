"""All that copes with the host: MMPose, MMEngine and what they ask for.

* :mod:`.stand_ins`: the three optional names MMPose imports eagerly.
* :mod:`.checkpoints`: loading and resuming without running code.
* :mod:`.saving`: checkpoints that are written whole or not at all.
* :mod:`.hub`: our configs and weights under MMEngine's names for them.
* :mod:`.config_text`: the text of a config is formatted once.
* :mod:`.inferencers`: our models and detectors in MMPose's inferencers.
* :mod:`.import_hooks`: how these act on modules nobody has imported yet.
"""

from importlib.util import find_spec
from types import ModuleType

from . import import_hooks, quiet, stand_ins
from .faults import INSTALL


def require(*modules: str) -> None:
    """Check that parts of the host are installed, without importing them.

    Args:
        *modules (str): Names among the keys of :data:`INSTALL`.

    Raises:
        ImportError: Names every missing part and the one line that installs
            them all.
    """
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        line = ' && '.join(INSTALL[name] for name in missing)
        raise ImportError(
            f'mmpose_scgcn needs {", ".join(missing)}, which is not '
            f'installed here. Install with: {line}'
        )


def enable_with_host() -> None:
    """Put all mends in place once the host is imported (idempotent).

    Those that need MMEngine wait until it is imported, so that importing
    this package imports neither MMEngine nor PyTorch. They are in place
    before anything can be loaded: MMPose imports MMEngine first, and so does
    whatever reads checkpoints with MMEngine.
    """
    quiet.enable()  # before the first import of the host
    stand_ins.enable()
    import_hooks.after_execution('mmengine', _enable_all)


def _enable_all(mmengine: ModuleType) -> None:
    """Put in place the mends of MMEngine."""
    if find_spec('torch') is not None:  # else MMEngine itself says so
        enable()


def enable() -> None:
    """Put all mends in place now (idempotent).

    Raises:
        ImportError: PyTorch or MMEngine is missing.
    """
    require('torch', 'mmengine')
    from . import checkpoints, config_text, hub, inferencers, saving

    quiet.enable()
    stand_ins.enable()
    checkpoints.enable()
    saving.enable()
    config_text.enable()
    hub.enable()
    inferencers.enable()


__all__ = ['INSTALL', 'enable', 'enable_with_host', 'require']
