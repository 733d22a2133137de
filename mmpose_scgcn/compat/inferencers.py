"""Our models and face detectors in MMPose's inferencers.

``MMPoseInferencer('face68')`` looks for names among MMPose's own models, and
needs MMDetection to find faces. Here names that MMPose does not know are
looked for among ours, and where MMDetection is missing, or a detector of ours
is named, :mod:`mmpose_scgcn.detection` finds the faces. What MMPose can do
alone, it does as before.
"""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .hub import PACKAGE, SCHEME
from .import_hooks import after_execution

#: Names of our detectors that mean nothing to MMPose. ``whole_image`` is
#: its own.
DETECTORS = ('auto', 'yunet', 'haar')


class MMDetLike:
    """A face detector of ours that answers as MMDetection's inferencer does.

    Args:
        detect (Callable): From an image (H, W, 3) uint8, BGR, to boxes
            (N, 4), x1, y1, x2, y2 in image px, and scores (N,).
    """

    def __init__(self, detect: Callable) -> None:
        self.detect = detect

    def __call__(self, inputs: str | np.ndarray, **_: Any) -> dict:
        """Find faces.

        Args:
            inputs (str | np.ndarray): A file, or an image (H, W, 3) uint8,
                BGR.
            **_: Options of MMDetection's inferencer. Not used.

        Returns:
            dict: ``predictions``, a list of one sample whose
            ``pred_instances`` have ``bboxes``, ``scores`` and ``labels``, all
            of which are 0.
        """
        from mmpose_scgcn.images import read_image

        import torch
        from mmengine.structures import BaseDataElement, InstanceData

        boxes, scores = self.detect(read_image(inputs))
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        instances = InstanceData(
            bboxes=torch.from_numpy(boxes),
            scores=torch.from_numpy(np.asarray(scores, np.float32)),
            labels=torch.zeros(len(boxes), dtype=torch.int64),
        )
        sample = BaseDataElement()
        sample.set_data(dict(pred_instances=instances))
        return dict(predictions=[sample])


def is_ours(det_model: object) -> bool:
    """Tell whether a detector is one of :mod:`mmpose_scgcn.detection`."""
    if isinstance(det_model, (str, os.PathLike)):
        name = os.fspath(det_model)
        return name in DETECTORS or name.endswith('.onnx')
    return callable(det_model)


def find_model(model: str) -> tuple | None:
    """Find a model of ours by its name or an alias.

    Args:
        model (str): In any case.

    Returns:
        tuple[Config, str] | None: Its config and the address of its weights,
        or None if there is no such model. The address of a model without
        published weights names no file: weights of one's own go in its place.
    """
    from mmengine.config import Config
    from mmengine.infer import BaseInferencer

    folder = BaseInferencer._get_repo_or_mim_dir(PACKAGE)
    for record in BaseInferencer._get_models_from_metafile(folder):
        aliases = record.get('Alias', [])
        names = [aliases] if isinstance(aliases, str) else aliases
        if model.lower() in {n.lower() for n in (record['Name'], *names)}:
            weights = record.get('Weights', SCHEME + record['Name'])
            if isinstance(weights, list):
                weights = weights[0]
            return Config.fromfile(Path(folder, record['Config'])), weights
    return None


def _find_our_models(infer: ModuleType) -> None:
    """Let ``mmengine.infer.infer`` find our models beside MMPose's."""
    from mmengine.registry import init_default_scope

    inferencer = infer.BaseInferencer
    load = inferencer._load_model_from_metafile

    @functools.wraps(load)
    def _load_model_from_metafile(self: Any, model: str) -> Any:
        if self.scope == PACKAGE:
            found = find_model(model)
            if found is None:
                raise ValueError(f'Cannot find model: {model} in {PACKAGE}')
            # A bare name in our configs is MMPose's.
            init_default_scope('mmpose')
            return found
        try:
            return load(self, model)
        except ValueError:
            found = find_model(model) if self.scope == 'mmpose' else None
            if found is None:
                raise
            return found

    inferencer._load_model_from_metafile = _load_model_from_metafile


def _is_face(dataset_type: str) -> bool:
    """Tell whether MMPose takes a data set for one of faces."""
    from mmpose.registry import DATASETS

    found = DATASETS.get(dataset_type)
    return found is not None and '.face.' in f'{found.__module__}.'


def _find_our_detectors(module: ModuleType) -> None:
    """Let ``base_mmpose_inferencer`` use our face detectors."""
    inferencer = module.BaseMMPoseInferencer
    init = inferencer._init_detector

    @functools.wraps(init)
    def _init_detector(
        self: Any,
        det_model: Any = None,
        det_weights: Any = None,
        det_cat_ids: Any = None,
        device: Any = None,
    ) -> Any:
        missing = det_model is None and not module.has_mmdet
        if is_ours(det_model) or (missing and _is_face(self.cfg.dataset_type)):
            from mmpose_scgcn.detection import build_detector

            self.detector = MMDetLike(build_detector(det_model or 'auto'))
            self.det_cat_ids = (0,)
            return
        init(self, det_model, det_weights, det_cat_ids, device)

    inferencer._init_detector = _init_detector


def enable() -> None:
    """Watch for the inferencers of MMEngine and MMPose (idempotent)."""
    after_execution('mmengine.infer.infer', _find_our_models)
    after_execution(
        'mmpose.apis.inferencers.base_mmpose_inferencer', _find_our_detectors
    )
