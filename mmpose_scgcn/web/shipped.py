"""The models of the package, exported once and kept."""

from collections.abc import Callable
from pathlib import Path

from mmpose_scgcn.apis.zoo import list_models, weights_file
from mmpose_scgcn.export import Options
from mmpose_scgcn.runtime import SETTINGS
from mmpose_scgcn.version import __version__

from .browser_runtime import cache_folder

#: How they are exported.
OPTIONS = Options(int8=True)


def export_shipped(tell: Callable[[str], object] = print) -> list[Path]:
    """Find the models of the package as exported folders, or export them.

    Args:
        tell (Callable): Told what is being done, in lines. Defaults to
            ``print``.

    Returns:
        list[pathlib.Path]: A folder for each model, in the user's cache. Its
        name has the hash of the weights, so that other weights are exported
        anew.

    Raises:
        ImportError: One has to be exported, and PyTorch, MMPose or ONNX is
            missing.
        RuntimeError: The export does not compute the same.
    """
    files = {name: weights_file(name) for name in list_models()}
    place = cache_folder() / f'exported-{__version__}'
    folders = {name: place / path.stem for name, path in files.items()}
    for name, folder in folders.items():
        if not (folder / SETTINGS).is_file():
            tell(f'exporting {name} to {folder}, once; this takes a minute')
            _export(name, folder)
    return list(folders.values())


def _export(name: str, folder: Path) -> None:
    try:
        from mmpose_scgcn import load_model
        from mmpose_scgcn.export import export_model

        model = load_model(name, device='cpu')
        export_model(model, folder, OPTIONS, tell=lambda _: None)
    except ImportError as error:
        raise ImportError(
            f'{name} cannot be exported here ({error}); name folders that '
            'tools/export.py wrote'
        ) from error
