"""Faces as MMPose hands them to a metric, turned into plain records."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor


def read_face(sample: Mapping, field: str = 'keypoints') -> dict:
    """Take out of a data sample what the metric needs.

    Args:
        sample (Mapping): ``PoseDataSample.to_dict()`` of one face after
            prediction, with ``id``, ``gt_instances`` and ``pred_instances``.
        field (str): Which keypoints of ``pred_instances`` are the
            prediction. Defaults to ``'keypoints'``.

    Returns:
        dict: ``key`` (data set name and annotation id), ``id``, ``img_path``,
        ``pred`` and ``gt`` (K, D) in image px, ``visible`` (K,) boolean, and
        ``box`` (4,), the data set's own box in image px as x1, y1, x2, y2,
        before any padding (NaN where there is none).

    Raises:
        KeyError: A sample without annotation id, or without that field.
        ValueError: A sample that does not hold exactly one face.
    """
    if 'id' not in sample:
        raise KeyError(
            "data samples have no 'id'; keep it in meta_keys of PackPoseInputs"
        )
    gt, pred = sample['gt_instances'], sample['pred_instances']
    if field not in pred:
        raise KeyError(
            f'predictions have no {field!r}; they have {sorted(pred.keys())}'
        )
    counts = [np.size(sample['id']), len(gt['keypoints'])]
    counts.append(len(pred[field]))
    if counts != [1, 1, 1]:
        raise ValueError(
            'expected one id, face and prediction per data sample (data_mode '
            f'topdown), got {counts} for id {sample["id"]!r}'
        )
    face_id = np.asarray(sample['id']).item()
    visible = _array(gt['keypoints_visible'])
    visible = visible[..., 0] if visible.ndim == 3 else visible
    return dict(
        key=(str(sample.get('dataset_name', '')), face_id),
        id=face_id,
        img_path=str(sample.get('img_path', '')),
        pred=_array(pred[field])[0],
        gt=_array(gt['keypoints'])[0],
        visible=visible[0] > 0,
        box=_array(gt.get('bboxes', np.full((1, 4), np.nan)))[0],
    )


def unique_faces(faces: Sequence[dict]) -> list[dict]:
    """Keep each face once, in the order of its id.

    Distributed sampling repeats faces to fill the last batch; the order makes
    every sum, to the last bit, independent of the number of processes.

    Args:
        faces (Sequence[dict]): Records of :func:`read_face`.

    Returns:
        list[dict]: One record per face.

    Raises:
        ValueError: No faces, or one id on two faces that differ.
    """
    unique: dict[tuple, dict] = {}
    for face in faces:
        first = unique.setdefault(face['key'], face)
        same = np.array_equal(first['gt'], face['gt'], equal_nan=True)
        if not same or first['img_path'] != face['img_path']:
            raise ValueError(
                f'annotation id {face["id"]!r} is shared by different faces, '
                f'in {first["img_path"]!r} and {face["img_path"]!r}'
            )
    if not unique:
        raise ValueError('no faces to evaluate')
    keys = sorted(
        unique, key=lambda key: (key[0], isinstance(key[1], str), key[1])
    )
    return [unique[key] for key in keys]


def stack_faces(faces: Sequence[dict], name: str) -> np.ndarray:
    """Stack one entry of all faces, (N, ...).

    Raises:
        ValueError: Faces with different numbers of keypoints.
    """
    shapes = {face[name].shape for face in faces}
    if len(shapes) > 1:
        raise ValueError(f'faces differ in the shape of {name!r}: {shapes}')
    return np.stack([face[name] for face in faces])


def _array(value: np.ndarray | Tensor) -> np.ndarray:
    """Give an array on the CPU."""
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy()
    return np.asarray(value)
