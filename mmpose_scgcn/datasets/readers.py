"""Annotations by index, through all wrappers of a data set."""

from collections.abc import Callable, Mapping

import numpy as np


def readers_of(dataset) -> list[Callable[[], dict]]:
    """List a reader for each index of a data set under any wrapper.

    Args:
        dataset (BaseDataset): The data set, wrapped or not.

    Returns:
        list[Callable]: Each gives MMPose's data info, keypoints converted as
        a combined set does it. Indices that stand for the same annotation
        have the same reader.
    """
    if hasattr(dataset, 'datasets'):
        return [r for member in dataset.datasets for r in readers_of(member)]
    if hasattr(dataset, 'dataset'):
        readers = readers_of(dataset.dataset)
        for name in ('indices', 'repeat_indices'):
            if hasattr(dataset, name):
                return [readers[i] for i in getattr(dataset, name)]
        return readers * getattr(dataset, 'times', 1)
    if hasattr(dataset, 'full_init'):
        dataset.full_init()
    convert = _converter(dataset)
    return [
        lambda i=index: convert(dataset.get_data_info(i))
        for index in range(len(dataset))
    ]


def _converter(dataset) -> Callable[[dict], dict]:
    """Find the transform that maps a member's keypoints to the common ones."""
    transforms = getattr(getattr(dataset, 'pipeline', None), 'transforms', [])
    for transform in transforms:
        if type(transform).__name__ == 'KeypointConverter':
            return transform.transform
    return lambda info: info


def resamples(dataset) -> bool:
    """Tell whether an index means a sample drawn at random."""
    members = list(getattr(dataset, 'datasets', []))
    if hasattr(dataset, 'dataset'):
        members.append(dataset.dataset)
    lens = getattr(dataset, '_lens', None)
    drawn = lens != getattr(dataset, '_lens_ori', lens)
    return drawn or any(map(resamples, members))


def read_points(info: Mapping) -> tuple[np.ndarray, np.ndarray]:
    """Read keypoints (n, K, 2) and visibility (n, K) from data info."""
    keypoints = np.asarray(info['keypoints'], dtype=np.float64)[..., :2]
    visible = np.asarray(
        info.get('keypoints_visible', np.ones(keypoints.shape[:2]))
    )
    if visible.ndim == 3:  # MMPose packs visibility with its weight
        visible = visible[..., 0]
    return keypoints, visible > 0


def check_points(record: Mapping, size: int) -> str:
    """Check the keypoints of a record; return what to call it."""
    where = f'annotation {record["id"]} ({record["file"]})'
    if len(record['keypoints']) != size:
        raise ValueError(
            f'{where}: expected {size} keypoints as before, got '
            f'{len(record["keypoints"])}'
        )
    if not np.isfinite(record['keypoints'][record['visible']]).all():
        raise ValueError(f'{where}: visible keypoints hold NaN or inf')
    return where
