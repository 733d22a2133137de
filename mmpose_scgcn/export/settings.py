"""The content of ``model.json``, but for files and measurements."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import mmpose_scgcn
from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.datasets.settings import prediction_setting, type_name
from mmpose_scgcn.detection import LANDMARK_BOX, read_mapping
from mmpose_scgcn.models.pose_estimators import AdaptedEstimator
from mmpose_scgcn.runtime import FORMAT

import numpy as np
import torch
from mmengine.model import BaseModel

from .graphs import ImageGraph, SimCCGraph
from .needed import NEEDED

#: Steps of a pipeline that leave a picture without annotations as it is.
_IDLE = frozenset(
    (
        *('LoadImage', 'LoadFaceImage', 'ShiftKeypointOrigin'),
        *('MapAnnotatedBox', 'GenerateTarget', 'PackPoseInputs'),
    )
)

#: Detectors whose boxes a program without this package may have.
_DETECTORS = ('yunet', 'haar')


def describe(model: FaceModel, graph: ImageGraph) -> dict[str, Any]:
    """Describe a model for programs without PyTorch.

    Args:
        model (FaceModel): The model.
        graph (ImageGraph): What is exported of it.

    Returns:
        dict: The content of ``model.json``, but for ``files`` and
        ``parity``.

    Raises:
        ValueError: Its pipeline or its preprocessing cannot be repeated
            there.
    """
    pipeline = _read_pipeline(model)
    width, height = pipeline['size']
    if (width, height) != graph.size:
        raise ValueError(
            f'the pipeline makes crops of {width} x {height} px, and the '
            f'model expects {graph.size[0]} x {graph.size[1]}'
        )
    network = model.model
    return dict(
        format=FORMAT,
        name=model.name,
        input=dict(
            width=width,
            height=height,
            **_read_preprocessor(network.data_preprocessor),
            standardize=pipeline['standardize'],
        ),
        decoder=_decoder(graph),
        box=dict(
            kind=LANDMARK_BOX,
            padding=pipeline['padding'],
            aspect=width / height,
            udp=pipeline['udp'],
            detectors=_mappings(),
        ),
        flip_test=_flip_test(network, width),
        keypoints=_keypoints(model),
        graph=_graph(model),
        licence=model.licence,
        source=_source(model),
        versions=dict(
            mmpose_scgcn=mmpose_scgcn.__version__,
            torch=torch.__version__,
            # Not of distributions: onnxruntime comes under several names.
            **{name: import_module(name).__version__ for name in NEEDED},
        ),
    )


def _read_pipeline(model: FaceModel) -> dict[str, Any]:
    """Read the size and the padding of crops from the test pipeline.

    Raises:
        ValueError: A step that is not known here.
    """
    found: dict[str, Any] = dict(standardize=False)
    for step in prediction_setting(model.cfg)['pipeline']:
        kind = type_name(step)
        if kind == 'GetBBoxCenterScale':
            found['padding'] = float(step.get('padding', 1.25))
        elif kind == 'TopdownAffine':
            found['size'] = tuple(int(side) for side in step['input_size'])
            found['udp'] = bool(step.get('use_udp', False))
        elif kind == 'StandardizeImage':
            found['standardize'] = True
        elif kind not in _IDLE:
            raise ValueError(
                f'the test pipeline has a step {step["type"]}, which an '
                'exported model cannot repeat'
            )
    for name, kind in dict(
        padding='GetBBoxCenterScale', size='TopdownAffine'
    ).items():
        if name not in found:
            raise ValueError(f'the test pipeline has no {kind}')
    return found


def _read_preprocessor(preprocessor: Any) -> dict[str, Any]:
    """Read the order of the channels, their means and their deviations.

    Raises:
        ValueError: Crops are padded.
    """
    mean, std = [0.0] * 3, [1.0] * 3
    if getattr(preprocessor, '_enable_normalize', False):
        mean = preprocessor.mean.flatten().tolist()
        std = preprocessor.std.flatten().tolist()
    if getattr(preprocessor, 'pad_size_divisor', 1) != 1:
        raise ValueError(
            'data_preprocessor.pad_size_divisor: expected 1, got '
            f'{preprocessor.pad_size_divisor}; padded crops are not exported'
        )
    turned = getattr(preprocessor, '_channel_conversion', False)
    return dict(
        channels='RGB' if turned else 'BGR',
        mean=_plain(mean),
        std=_plain(std),
    )


def _plain(values: Sequence[float]) -> list[float]:
    """Write numbers of float32 as short as they can be read again."""
    return [float(str(np.float32(value))) for value in values]


def _decoder(graph: ImageGraph) -> dict[str, Any]:
    """Say how the outputs are read."""
    if isinstance(graph, SimCCGraph):
        ratio = float(graph.model.head.decoder.simcc_split_ratio)
        return dict(type='simcc', split_ratio=ratio)
    return dict(type='regression')


def _mappings() -> dict[str, dict]:
    """Give what makes boxes about the keypoints of detectors' boxes."""
    return {kind: vars(read_mapping(kind)) for kind in _DETECTORS}


def _flip_test(network: BaseModel, width: int) -> dict[str, Any]:
    """Say how predictions of mirrored crops are averaged in."""
    indices = network.dataset_meta['flip_indices']
    if isinstance(network, AdaptedEstimator):
        indices = network.flip_indices
    settings = network.test_cfg or {}
    shift = settings.get('shift_coords', True)
    return dict(
        enabled=bool(settings.get('flip_test', False)),
        indices=[int(index) for index in indices],
        mirror_x=width - 1 if shift else width,
    )


def _keypoints(model: FaceModel) -> dict[str, Any]:
    """Describe the keypoints."""
    meta = model.model.dataset_meta
    return dict(
        names=model.keypoint_names,
        flip_indices=[int(index) for index in meta['flip_indices']],
        skeleton=[list(pair) for pair in model.links],
        dataset=meta.get('dataset_name'),
    )


def _graph(model: FaceModel) -> dict[str, list]:
    """Give the graph: rows of keypoints, each with itself first."""
    graph = model.graph
    return dict(neighbours=[] if graph is None else graph.tolist())


def _source(model: FaceModel) -> dict[str, Any]:
    """Say what was exported."""
    names = ('config_name', 'commit', 'command', 'seed', 'epoch', 'published')
    known: Mapping = model.settings
    facts = {name: known[name] for name in names if name in known}
    if 'config_name' not in facts and model.cfg.filename:
        facts['config_name'] = str(model.cfg.filename).rpartition('/')[-1]
    return facts
