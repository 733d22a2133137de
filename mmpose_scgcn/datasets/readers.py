"""Keypoints of annotations, read and checked."""

from collections.abc import Mapping

import numpy as np


def read_points(info: Mapping) -> tuple[np.ndarray, np.ndarray]:
    """Read keypoints (n, K, 2) and visibility (n, K) from data info.

    In single precision if the data set has them so, as those of MMPose do.
    """
    keypoints = np.asarray(info['keypoints'])[..., :2]
    kind = np.result_type(keypoints.dtype, np.float32)
    keypoints = keypoints.astype(kind, copy=False)
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
