"""The shape that each index of a data set stands for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from .readers import check_points, read_points
from .wrappers import draws_at_random, samples_of


def shapes_by_index(
    dataset: Any, track: Callable[[Iterable], Iterable] = iter
) -> tuple[np.ndarray, np.ndarray]:
    """Read the shape that each index of a data set stands for.

    Wrappers are looked into as in :func:`~.shape_sets.collect_shapes`; an
    annotation that several indices share is read once.

    Args:
        dataset (BaseDataset): The data set, top-down: an index is one
            instance.
        track (Callable): Wraps the iteration, for a progress bar.

    Returns:
        tuple[np.ndarray, np.ndarray]: Keypoints (N, K, 2), image px, of the
        data set's precision, and a boolean (N, K) telling which are visible:
        none of an index without annotated keypoints, or with those of several
        instances.

    Raises:
        ValueError: Visible coordinates that are not finite, different numbers
            of keypoints (the message names annotation and image), no
            keypoints at all, or a wrapper whose indices have no fixed sample.
    """
    samples = samples_of(dataset)
    if len(samples) != len(dataset) or draws_at_random(dataset):
        raise ValueError(
            f'{type(dataset).__name__} of length {len(dataset)} over '
            f'{len(samples)} annotations does not say which index is which '
            'annotation (sample_ratio_factor draws at random); repeat or '
            'split its members instead'
        )
    unique = list(dict.fromkeys(samples))
    records = (_single(sample.read()) for sample in track(unique))
    keypoints, visible = _stack(records, len(unique))
    if len(unique) == len(samples):
        return keypoints, visible
    row = {sample: i for i, sample in enumerate(unique)}
    index = [row[sample] for sample in samples]
    return keypoints[index], visible[index]


def _stack(
    records: Iterable[dict | None], number: int
) -> tuple[np.ndarray, np.ndarray]:
    """Stack records as they come; where there is none, nothing is visible."""
    keypoints, visible = np.empty(0), np.empty(0)
    for i, record in enumerate(records):
        if record is None:
            continue
        points = record['keypoints']
        if not keypoints.size:
            keypoints = np.zeros((number, *points.shape), points.dtype)
            visible = np.zeros((number, len(points)), bool)
        check_points(record, keypoints.shape[1])
        keypoints[i], visible[i] = points, record['visible']
    if not keypoints.size:
        raise ValueError(
            f'none of the {number} samples has the keypoints of one '
            "instance (bottom-up sets need data_mode='topdown')"
        )
    return keypoints, visible


def _single(info: Mapping) -> dict | None:
    """Read the only instance of a sample, if it has one with keypoints."""
    if info.get('keypoints') is None or len(info['keypoints']) != 1:
        return None
    (keypoints,), (visible,) = read_points(info)
    return dict(
        keypoints=keypoints,
        visible=visible,
        id=info.get('id'),
        file=info.get('img_path'),
    )
