"""Faces of whole images, and what a predictor says of them."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from mmpose_scgcn.datasets.settings import type_name
from mmpose_scgcn.evaluation.face_samples import FaceSample

import numpy as np
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.registry import init_default_scope

from .predictor import Predictor

#: Transforms that turn a face of an image into the input of a model.
_TO_INPUT = ('GetBBoxCenterScale', 'TopdownAffine', 'PackPoseInputs')
#: Faces that a method is timed on before the next one has its turn, and how
#: many are predicted first without being timed.
_TURN, _WARM_UP = 20, 2


def open_images(cfg: Config, setting: Mapping) -> BaseDataset:
    """Build a data set of whole images.

    Args:
        cfg (Config): The config that the data set belongs to.
        setting (Mapping): Of the data set; transforms that turn a face into
            the input of a model are left out of its pipeline.

    Returns:
        BaseDataset: The data set, for :func:`predict_faces`.
    """
    from mmpose.registry import DATASETS

    init_default_scope(cfg.get('default_scope', 'mmpose'))
    steps = [s for s in setting['pipeline'] if type_name(s) not in _TO_INPUT]
    return DATASETS.build({**setting, 'pipeline': steps})


def annotated_faces(
    cfg: Config, part: str
) -> Iterator[tuple[np.ndarray, FaceSample]]:
    """Go through images and annotated faces of a config's data set.

    Args:
        cfg (Config): The config; the pipeline is that of its test set.
        part (str): ``train``, ``val`` or ``test``.

    Yields:
        tuple[np.ndarray, FaceSample]: The image (H, W, 3) uint8, BGR, and the
        face, whose prediction is NaN.
    """
    pipeline = cfg.test_dataloader.dataset.pipeline
    setting = {**cfg[f'{part}_dataloader'].dataset, 'pipeline': pipeline}
    yield from _read_faces(open_images(cfg, setting))


def _read_faces(
    dataset: BaseDataset,
) -> Iterator[tuple[np.ndarray, FaceSample]]:
    """Go through a data set of whole images; see :func:`annotated_faces`."""
    for index in range(len(dataset)):
        record = dataset[index]
        gt = np.asarray(record['keypoints'])[0]
        yield (
            record['img'],
            FaceSample(
                id=record['id'],
                dataset=str(dataset.metainfo['dataset_name']),
                img_path=str(record['img_path']),
                pred=np.full_like(gt, np.nan),
                gt=gt,
                visible=np.asarray(record['keypoints_visible'])[0] > 0,
                box=np.asarray(record['bbox'])[0],
            ),
        )


def predict_faces(
    predictor: Predictor, dataset: BaseDataset
) -> list[FaceSample]:
    """Predict the faces of a data set of whole images.

    Returns:
        list[FaceSample]: The faces in order; the prediction of one that was
        missed is NaN.

    Raises:
        ValueError: A prediction has another shape, or is not finite.
    """
    return [
        replace(face, pred=_predict(predictor, image, face))
        for image, face in _read_faces(dataset)
    ]


def _predict(
    predictor: Predictor, image: np.ndarray, face: FaceSample
) -> np.ndarray:
    found = predictor(image, face)
    if found is None:
        return face.pred
    found = np.asarray(found, np.float64)
    if found.shape != face.gt.shape or not np.isfinite(found).all():
        raise ValueError(
            f'{type(predictor).__name__} predicted {found.shape} for '
            f'{face.img_path}; expected finite keypoints {face.gt.shape}, or '
            'None for a missed face'
        )
    return found


def time_predictors(
    predictors: Mapping[str, Predictor],
    faces: Sequence[tuple[np.ndarray, FaceSample]],
) -> dict[str, float]:
    """Time predictors, which take turns, from an image to keypoints.

    Args:
        predictors (Mapping[str, Predictor]): By name, ready to predict.
        faces (Sequence[tuple[np.ndarray, FaceSample]]): Images and faces.

    Returns:
        dict[str, float]: The ms of a face, medians.
    """
    times: dict[str, list[float]] = {name: [] for name in predictors}
    for start in range(0, len(faces), _TURN):
        turn = faces[start : start + _TURN]
        for name, predictor in predictors.items():
            for face in turn[:_WARM_UP]:
                predictor(*face)
            for face in turn:
                begin = time.perf_counter()
                predictor(*face)
                times[name].append(1e3 * (time.perf_counter() - begin))
    return {name: float(np.median(found)) for name, found in times.items()}


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and threads that it starts, on one core.

    Where the system knows of no such thing (it is one of Linux), nothing is
    changed.
    """
    if not hasattr(os, 'sched_setaffinity'):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
