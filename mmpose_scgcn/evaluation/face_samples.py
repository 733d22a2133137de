"""One predicted face of a data set, and its annotation, as a typed sample."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from torch import Tensor

from .annotation_fields import NO_FIELDS, FaceFields


@dataclass(frozen=True, eq=False, slots=True)
class FaceSample:
    """A predicted face beside its ground truth.

    Coordinates are image px. K keypoints have D coordinates each.

    Args:
        id (int | str): Id of the annotation.
        dataset (str): Name of the data set, within which ids are unique.
        img_path (str): The image.
        pred (np.ndarray): Predicted keypoints (K, D).
        gt (np.ndarray): Annotated keypoints (K, D).
        visible (np.ndarray): Boolean (K,): which keypoints are annotated.
        box (np.ndarray): (4,), the data set's own box as x1, y1, x2, y2,
            before any padding; NaN where there is none.
        scores (np.ndarray, optional): (K,), how certain each keypoint is,
            where the head says so.
        fields (FaceFields): What the annotation says besides.
    """

    id: int | str
    dataset: str
    img_path: str
    pred: np.ndarray
    gt: np.ndarray
    visible: np.ndarray
    box: np.ndarray
    scores: np.ndarray | None = None
    fields: FaceFields = NO_FIELDS


def read_face(sample: Mapping, name: str = 'keypoints') -> FaceSample:
    """Take a face out of a data sample of MMPose.

    Args:
        sample (Mapping): ``PoseDataSample.to_dict()`` of one face after
            prediction, with ``id``, ``gt_instances`` and ``pred_instances``.
        name (str): Which keypoints of ``pred_instances`` are the
            prediction. Defaults to ``'keypoints'``.

    Returns:
        FaceSample: The face.

    Raises:
        KeyError: A sample without annotation id, or without these keypoints.
        ValueError: A sample that does not hold exactly one face.
    """
    _check_sample(sample, name)
    gt, pred = sample['gt_instances'], sample['pred_instances']
    visible = _array(gt['keypoints_visible'])
    visible = visible[..., 0] if visible.ndim == 3 else visible
    scores = pred.get('keypoint_scores')
    return FaceSample(
        id=np.asarray(sample['id']).item(),
        dataset=str(sample.get('dataset_name', '')),
        img_path=str(sample.get('img_path', '')),
        # Copies: a view would keep all of the batch.
        pred=_array(pred[name])[0].copy(),
        gt=_array(gt['keypoints'])[0].copy(),
        visible=visible[0] > 0,
        box=_array(gt.get('bboxes', np.full((1, 4), np.nan)))[0].copy(),
        scores=None if scores is None else _array(scores)[0],
    )


def unique_faces(faces: Sequence[FaceSample]) -> list[FaceSample]:
    """Keep each face once, in the order of its id.

    Distributed sampling repeats faces to fill the last batch; the order makes
    every sum, to the last bit, independent of the number of processes. Files
    of a combined set may number their annotations alike: faces that differ,
    on images that differ, are different faces.

    Args:
        faces (Sequence[FaceSample]): The faces.

    Returns:
        list[FaceSample]: Each face once.

    Raises:
        ValueError: No faces, or one id in one file on two of them: on the
            same image, or with the same keypoints on another one beside
            it.
    """
    unique: dict[tuple, FaceSample] = {}
    by_id: dict[tuple, FaceSample] = {}
    for face in faces:
        name = (face.dataset, face.id)
        other = by_id.setdefault(name, face)
        first = unique.setdefault((*name, face.img_path), face)
        if first is face is other:  # nearly always
            continue
        same = np.array_equal(first.gt, face.gt, equal_nan=True)
        if not same or _is_copy(other, face):
            raise ValueError(
                f'annotation id {face.id!r} is shared by different faces, '
                f'in {other.img_path!r} and {face.img_path!r}'
            )
    if not unique:
        raise ValueError('no faces to evaluate')
    keys = sorted(
        unique,
        key=lambda key: (key[0], isinstance(key[1], str), key[1], key[2]),
    )
    return [unique[key] for key in keys]


def _is_copy(first: FaceSample, second: FaceSample) -> bool:
    """Tell whether one annotation came with two images of a folder."""
    one, other = PurePath(first.img_path), PurePath(second.img_path)
    return (
        one.name != other.name
        and one.parent == other.parent
        and np.array_equal(first.gt, second.gt, equal_nan=True)
    )


def check_shapes(
    name: str, arrays: Iterable[np.ndarray | None]
) -> set[tuple[int, ...]]:
    """Check that an array of each face has the same shape.

    Args:
        name (str): What they are, for the message.
        arrays (Iterable[np.ndarray]): One for each face.

    Returns:
        set[tuple[int, ...]]: The shape, if there is a face.

    Raises:
        ValueError: Faces with different numbers of keypoints.
    """
    shapes = {np.asarray(array).shape for array in arrays}
    if len(shapes) > 1:
        raise ValueError(f'faces differ in the shape of {name!r}: {shapes}')
    return shapes


def stack_arrays(name: str, arrays: Sequence[np.ndarray | None]) -> np.ndarray:
    """Stack an array of each face, (N, ...).

    Args:
        name (str): What they are, for the message.
        arrays (Sequence[np.ndarray]): One for each face.

    Returns:
        np.ndarray: All of them.

    Raises:
        ValueError: Faces with different numbers of keypoints.
    """
    known = [np.asarray(array) for array in arrays]
    (shape,) = check_shapes(name, known)
    dtype = np.result_type(*{array.dtype for array in known})
    stacked = np.empty((len(known), *shape), dtype)
    for index, array in enumerate(known):  # five times as fast as np.stack
        stacked[index] = array
    return stacked


def _check_sample(sample: Mapping, name: str) -> None:
    """Check that a data sample is one predicted face."""
    if 'id' not in sample:
        raise KeyError(
            "data samples have no 'id'; keep it in meta_keys of PackPoseInputs"
        )
    gt, pred = sample['gt_instances'], sample['pred_instances']
    if name not in pred:
        raise KeyError(
            f'predictions have no {name!r}; they have {sorted(pred.keys())}'
        )
    counts = [np.size(sample['id']), len(gt['keypoints']), len(pred[name])]
    if counts != [1, 1, 1]:
        raise ValueError(
            'expected one id, face and prediction per data sample (data_mode '
            f'topdown), got {counts} for id {sample["id"]!r}'
        )


def _array(value: np.ndarray | Tensor) -> np.ndarray:
    """Give an array on the CPU."""
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy()
    return np.asarray(value)
