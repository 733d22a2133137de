"""From a name, a config or a checkpoint to a model that predicts."""

import copy
import json
import os
import warnings
from collections.abc import Mapping
from typing import Any

from mmpose_scgcn.models.fit import check_checkpoint

import torch
from mmengine.config import Config, ConfigDict
from mmengine.registry import init_default_scope
from mmengine.runner import CheckpointLoader
from torch import nn

from .embedded_config import check_embedded
from .face_model import FaceModel
from .resolving import resolve_model

#: Key of a published file's ``meta`` under which its settings are.
SETTINGS = 'mmpose_scgcn'


def load_checkpoint(
    model: str | os.PathLike | Config,
    checkpoint: str | os.PathLike | None = None,
    device: str | torch.device | None = None,
    detector: Any = 'auto',
) -> FaceModel:
    """Load a model of PyTorch; see :func:`mmpose_scgcn.load_model`.

    Args:
        model (str | os.PathLike | Config): A name of :func:`list_models`; a
            published file (``tools/publish_model.py``); or a config, by path
            or, if it is one of ours, by name.
        checkpoint (str | os.PathLike, optional): The weights of a config.
            Defaults to None: the model brings its own.
        device (str | torch.device, optional): Defaults to None: the GPU if
            there is one.
        detector (str | Path | Callable | FaceDetector): What finds the
            faces. Defaults to ``auto``.

    Returns:
        FaceModel: Called with an image, it gives faces.
    """
    cfg, weights, name = resolve_model(model, checkpoint)
    settings = {}
    content = CheckpointLoader.load_checkpoint(
        weights, map_location='cpu', logger='silent'
    )
    if cfg is None:
        settings = _settings(content, weights)
        check_embedded(settings['config'], weights)
        if not isinstance(content['meta'].get('dataset_meta'), dict):
            raise ValueError(f'{weights} does not say what its keypoints are')
        cfg = Config(settings['config'])
    network = build_model(cfg, weights, content, device)
    return FaceModel(network, cfg, name, detector=detector, settings=settings)


def build_model(
    cfg: Config,
    checkpoint: str,
    content: dict | None = None,
    device: str | torch.device | None = None,
) -> nn.Module:
    """Build a config's model with the weights of a checkpoint.

    Args:
        cfg (Config): The config.
        checkpoint (str): Path or address.
        content (dict, optional): What it holds. Defaults to None: it is
            read.
        device (str | torch.device, optional): Defaults to None: the GPU if
            there is one.

    Returns:
        nn.Module: The model, ready to predict, with ``cfg`` and
        ``dataset_meta`` as MMPose's ``init_model`` leaves them.

    Raises:
        ValueError: The checkpoint does not fit the model, or there is no
            such device.
    """
    from mmengine.runner.checkpoint import _load_checkpoint_to_model
    from mmpose.registry import MODELS

    if content is None:
        content = CheckpointLoader.load_checkpoint(
            checkpoint, map_location='cpu', logger='silent'
        )
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    settings = copy.deepcopy(ConfigDict(cfg.model))
    _without_pretraining(settings)
    model = MODELS.build(settings)
    check_checkpoint(model, checkpoint, content=content)
    _load_checkpoint_to_model(model, content)
    model.cfg = cfg
    model.dataset_meta = keypoint_meta(cfg, content)
    if device is None:
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
    try:
        model.to(device).eval()
    except (AssertionError, RuntimeError) as error:
        there = torch.cuda.device_count()
        raise ValueError(
            f'device {str(device)!r} cannot be used: expected cpu or one of '
            f'{there} GPUs as cuda or cuda:N ({error})'
        ) from error
    if torch.device(device).type == 'cpu':  # up to 30 % less time
        model.to(memory_format=torch.channels_last)
    return model


def _without_pretraining(settings: dict) -> None:
    """Take out weights that would be fetched and then replaced."""
    for key, value in settings.items():
        if key == 'init_cfg' and is_pretrained(value):
            settings[key] = None
        elif isinstance(value, dict):
            _without_pretraining(value)


def is_pretrained(init_cfg: object) -> bool:
    """Tell whether an ``init_cfg`` names weights to start from."""
    return isinstance(init_cfg, dict) and init_cfg.get('type') == 'Pretrained'


def _settings(content: dict, weights: str) -> dict:
    """Take the settings out of a published file.

    Raises:
        ValueError: It has none.
    """
    text = (content.get('meta') or {}).get(SETTINGS)
    if not isinstance(text, str):
        raise ValueError(
            f'{weights} was not published by tools/publish_model.py and does '
            'not say what model it belongs to; give its config first: '
            'load_model(CONFIG, CHECKPOINT)'
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f'{weights} was not loaded: its settings are no JSON ({error})'
        ) from error


def keypoint_meta(cfg: Config, content: Mapping | None = None) -> dict:
    """Find what is known of the keypoints: in a checkpoint, or a config.

    Args:
        cfg (Config): The config.
        content (Mapping, optional): What the checkpoint holds.

    Returns:
        dict: MMPose's ``dataset_meta``.

    Raises:
        ValueError: Neither says.
    """
    from mmpose.apis.inference import dataset_meta_from_config

    meta = (content or {}).get('meta', {}).get('dataset_meta')
    if meta is None:
        with warnings.catch_warnings():
            # Where MMPose finds its own file about the keypoints.
            warnings.filterwarnings('ignore', 'The metainfo config file')
            metas = (
                dataset_meta_from_config(cfg, dataset_mode=split)
                for split in ('test', 'val', 'train')
            )
            meta = next(filter(None, metas), None)
    if meta is None:
        raise ValueError(
            'neither the checkpoint nor the config says what the keypoints '
            'are: no meta.dataset_meta, and no data set'
        )
    return meta
