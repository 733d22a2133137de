"""Our configs and weights under the names that MMEngine gives to others'.

Where this package has been imported, these work as they do for MMPose::

    _base_ = ['mmpose_scgcn::face_2d_keypoint/.../NAME.py']
    mmengine.hub.get_config('mmpose_scgcn::face_2d_keypoint/.../NAME.py')
    BaseInferencer.list_models(scope='mmpose_scgcn')
    load_from = 'mmpose_scgcn://NAME-<8 hex digits>.pth'

Note:
    MMEngine reads ``_base_`` before ``custom_imports``, so a config cannot
    import this package for its own ``_base_``: the program that reads it has
    to, as our tools do. MMPose's tools and ``mim train mmpose`` do not, and
    fail there with ``mmengine does not support to load mmpose_scgcn config``;
    they take such a config by ``mim train mmpose_scgcn PATH``. A path in
    ``_base_`` works everywhere.
"""

import functools
from pathlib import Path
from types import ModuleType
from typing import Any

from .import_hooks import after_execution

PACKAGE = 'mmpose_scgcn'
SCHEME = f'{PACKAGE}://'

#: Modules that hold a ``get_installed_path`` of their own.
_ASK_FOR_PATHS = (
    'mmengine.utils.package_utils',
    'mmengine.utils',
    'mmengine.config.config',
    'mmengine.hub.hub',
)


def installed_path() -> str:
    """Find the folder of this package, in an editable install too."""
    return str(Path(__file__).resolve().parent.parent)


def load_from_package(filename: str, map_location: Any = None) -> dict:
    """Load weights that come with this package.

    Args:
        filename (str): ``mmpose_scgcn://`` and the name of the file, or of
            the model.
        map_location (str | torch.device, optional): See :func:`torch.load`.

    Returns:
        dict: The checkpoint.

    Raises:
        FileNotFoundError: This package has no such file.
        ValueError: The file is damaged.
    """
    from mmpose_scgcn.apis.zoo import weights_path

    from mmengine.runner.checkpoint import load_from_local

    path = weights_path(filename.removeprefix(SCHEME))
    return load_from_local(str(path), map_location)


def _register_scheme(checkpoint: ModuleType) -> None:
    """Teach ``mmengine.runner.checkpoint`` our addresses."""
    checkpoint.CheckpointLoader.register_scheme(
        prefixes=SCHEME, loader=load_from_package, force=True
    )


def _find_editable(module: ModuleType) -> None:
    """Let a module's ``get_installed_path`` find this package.

    MMEngine joins the name to the folder of the metadata, which is not where
    an editable install has its sources.
    """
    find = module.get_installed_path
    if getattr(find, 'finds_us', False):
        return

    @functools.wraps(find)
    def get_installed_path(package: str) -> str:
        return installed_path() if package == PACKAGE else find(package)

    vars(get_installed_path)['finds_us'] = True
    vars(module)['get_installed_path'] = get_installed_path


def _keep_the_scope(config: ModuleType) -> None:
    """Let ``mmengine.config.config`` read our configs in MMPose's scope.

    MMEngine notes the package of an external config as the scope of all that
    is in it. Ours are written in MMPose's: a bare ``SoftWingLoss`` is MMPose's
    there, and would become ours.
    """
    find = config.Config._get_cfg_path

    @functools.wraps(find)
    def _get_cfg_path(cfg_path: str, filename: str) -> Any:
        path, scope = find(cfg_path, filename)
        return path, None if scope == PACKAGE else scope

    config.Config._get_cfg_path = staticmethod(_get_cfg_path)


def enable() -> None:
    """Make our configs and weights known to MMEngine (idempotent)."""
    from mmengine.config import utils as config_utils

    config_utils.MODULE2PACKAGE.setdefault(PACKAGE, PACKAGE)
    for name in _ASK_FOR_PATHS:
        after_execution(name, _find_editable)
    after_execution('mmengine.config.config', _keep_the_scope)
    after_execution('mmengine.runner.checkpoint', _register_scheme)
