"""What a name, a file or a config stands for: a config and weights."""

import os
from pathlib import Path

from mmpose_scgcn.compat.hub import SCHEME
from mmpose_scgcn.config_files import find_config, read_config
from mmpose_scgcn.datasets.settings import prediction_setting

from mmengine.config import Config

from .zoo import (
    check_hash,
    has_hash,
    list_models,
    weights_file,
    weights_path,
)


def resolve_model(
    model: str | os.PathLike | Config, checkpoint: str | os.PathLike | None
) -> tuple[Config | None, str, str]:
    """Find the config, the weights and a name for both.

    Args:
        model (str | os.PathLike | Config): A name of
            :func:`~mmpose_scgcn.list_models`, a published file, or a config
            by path or name.
        checkpoint (str | os.PathLike, optional): The weights of a config.

    Returns:
        tuple[Config | None, str, str]: The config, None where it is in the
        weights; path or address of the weights; a name.

    Raises:
        FileNotFoundError: No such config or checkpoint.
        ValueError: A config without checkpoint, weights with another
            checkpoint, or a damaged file.
    """
    if not isinstance(model, Config):
        own = _bring_own(str(model), checkpoint)
        if own is not None:
            return None, *own
        model = read_model_config(str(model))
    name = Path(model.filename or 'model').stem
    if checkpoint is None:
        raise ValueError(
            f'{name} is a config; load_model needs a checkpoint of it as '
            'well. Models that bring their weights: '
            f'{", ".join(list_models()) or "none here"}'
        )
    return model, str(_own_file(str(checkpoint))), name


def _bring_own(
    model: str, checkpoint: str | os.PathLike | None
) -> tuple[str, str] | None:
    """Find weights that bring their config, and a name; None: a config.

    Raises:
        ValueError: Another checkpoint is given, or the file is damaged.
    """
    if model.endswith('.pth') or model.startswith(SCHEME):
        if checkpoint is not None:
            raise ValueError(
                f'{model} is a file of weights; give the config first and '
                'the checkpoint second'
            )
        file = _own_file(model)
        if '://' not in str(file) and has_hash(Path(file)):
            check_hash(Path(file))
        return str(file), Path(file).stem
    if model not in list_models():
        return None
    if checkpoint is not None:
        raise ValueError(
            f'{model} brings its weights; for {checkpoint} give the config '
            'that it belongs to'
        )
    return str(weights_file(model)), model


def read_model_config(model: str) -> Config:
    """Read a config of a model.

    Args:
        model (str): Its path or name.

    Returns:
        Config: The config.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is none, or not one of a model.
    """
    try:
        path = find_config(model)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'{error} Models with weights: '
            f'{", ".join(list_models()) or "none"}.'
        ) from None
    cfg = read_config(str(path), {})
    if 'model' not in cfg:
        raise ValueError(f'{path} is no config of a model: it has no model')
    try:
        prediction_setting(cfg)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    return cfg


def _own_file(name: str) -> str | Path:
    """Resolve the addresses of files in this package."""
    if name.startswith(SCHEME):
        return weights_path(name.removeprefix(SCHEME))
    if '://' not in name and not Path(name).is_file():
        raise FileNotFoundError(f'no checkpoint {name}')
    return name
