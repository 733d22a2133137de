"""From a name, a file or a folder to a model, by what is needed for it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmpose_scgcn.compat import require

if TYPE_CHECKING:
    from mmpose_scgcn.apis.face_predictor import FacePredictor

    from mmengine.config import Config


def load_model(
    model: 'str | os.PathLike | Config',
    checkpoint: str | os.PathLike | None = None,
    device: Any = None,
    detector: Any = 'auto',
    precision: str | None = None,
) -> 'FacePredictor':
    """Load a model that finds keypoints.

    Args:
        model (str | os.PathLike | Config): A name of :func:`list_models`; a
            published file (``tools/publish_model.py``); a folder that
            ``tools/export.py`` wrote, which needs neither PyTorch nor MMPose;
            or a config, by path or, if it is one of ours, by name.
        checkpoint (str | os.PathLike, optional): The weights of a config.
            Defaults to None: the model brings its own.
        device (str | torch.device, optional): Defaults to None: the GPU if
            there is one; for an exported folder the CPU.
        detector (str | Path | Callable | FaceDetector): What finds the
            faces, see :func:`mmpose_scgcn.detection.build_detector`. It is
            made when it is first needed. Defaults to ``auto``.
        precision (str, optional): ``float32`` or ``int8``, of an exported
            folder. Defaults to None: ``float32``.

    Returns:
        FacePredictor: Called with an image, it gives faces.

    Raises:
        FileNotFoundError: No such model, config or checkpoint.
        ValueError: A file that is no config, a config without checkpoint, a
            checkpoint that is damaged or does not fit, a device that is not
            there, or a folder that holds no exported model.
        ImportError: What the model needs is not installed.
        pickle.UnpicklingError: A checkpoint that is none, or that could run
            code.

    Example:
        >>> from mmpose_scgcn import load_model
        >>> model = load_model('face68')
        >>> model.num_keypoints
        68
    """
    folder = None
    if isinstance(model, (str, os.PathLike)) and os.path.isdir(model):
        folder = _folder(model, checkpoint)
    elif isinstance(model, (str, os.PathLike)):
        _refuse_onnx(Path(model))
    if folder is not None:
        from mmpose_scgcn.runtime import load_exported

        return load_exported(folder, device, detector, precision)
    if precision not in (None, 'float32'):
        raise ValueError(
            f'precision {precision!r} is one of exported folders '
            f'(tools/export.py --int8), and {model} is none'
        )
    require('torch', 'mmengine', 'mmcv', 'mmpose')
    from .loading import load_checkpoint

    return load_checkpoint(model, checkpoint, device, detector)


def _folder(
    model: str | os.PathLike, checkpoint: str | os.PathLike | None
) -> Path | None:
    """Give an exported folder; None for a folder that is called as a config.

    Raises:
        ValueError: A checkpoint is given with it.
    """
    from mmpose_scgcn.runtime import SETTINGS, exported_folder

    folder = exported_folder(model)
    if folder is None or checkpoint is None:
        return folder
    if (folder / SETTINGS).is_file():
        raise ValueError(
            f'{folder} is an exported folder, which brings its weights; for '
            f'{checkpoint} give the config that it belongs to'
        )
    return None


def _refuse_onnx(model: Path) -> None:
    """Say what to give instead of one file of an exported model.

    Raises:
        ValueError: It is an ONNX file.
    """
    if model.suffix.lower() != '.onnx' or not model.is_file():
        return
    from mmpose_scgcn.runtime import SETTINGS

    if (model.parent / SETTINGS).is_file():
        raise ValueError(
            f'{model} is one file of an exported model; give its folder: '
            f'{model.parent}'
        )
    raise ValueError(
        f'{model} is an ONNX file alone; expected the folder that '
        f'tools/export.py wrote, with the {SETTINGS} that says how faces '
        'are cut out'
    )
