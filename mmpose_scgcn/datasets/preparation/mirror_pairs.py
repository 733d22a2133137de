"""Which keypoints change places in a mirror, told by shapes or names."""

import re
from collections.abc import Sequence

from mmpose_scgcn.shapes import align_shapes, mean_shape

import numpy as np

_SIDES = {'left': 'right', 'right': 'left', 'l': 'r', 'r': 'l'}


def mirror_distances(keypoints: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Measure how far keypoints lie from the mirror images of others.

    The mean of the aligned shapes is mirrored, x to -x about the middle of
    its extremes, so that as many faces should look left as right.

    Args:
        keypoints (np.ndarray): Shapes (N, K, 2), any common unit.
        visible (np.ndarray): Boolean (N, K).

    Returns:
        np.ndarray: (K, K); entry i, j is the distance between the mirrored
        keypoint i and keypoint j, as a fraction of the mean shape's larger
        extent. Symmetric.
    """
    aligned = align_shapes(keypoints, visible)
    mean = mean_shape(aligned, np.isfinite(aligned).all(axis=-1))
    mean = mean - (mean.max(axis=0) + mean.min(axis=0)) / 2
    offset = (mean * [-1, 1])[:, None] - mean[None]
    return np.linalg.norm(offset, axis=-1) / np.ptp(mean, axis=0).max()


def infer_flip_indices(
    keypoints: np.ndarray, visible: np.ndarray, max_distance: float = 0.1
) -> np.ndarray:
    """Find the partner of each keypoint under a horizontal flip.

    The one-to-one assignment of mirrored keypoints to keypoints with the
    smallest total squared distance, on the mean shape.

    Args:
        keypoints (np.ndarray): Shapes (N, K, 2), any common unit.
        visible (np.ndarray): Boolean (N, K).
        max_distance (float): How far partners may lie apart once mirrored,
            as a fraction of the mean shape's larger extent. Defaults to 0.1.

    Returns:
        np.ndarray: Partner of each keypoint (K,); its own index for those on
        the axis.

    Raises:
        ValueError: Two keypoints, which may be a pair or not. Partners are
            not mutual, or lie too far apart: the shapes are not symmetric
            on average.
    """
    count = keypoints.shape[1]
    if count == 1:
        return np.zeros(1, dtype=int)
    if count == 2:
        raise ValueError('two keypoints are too few to tell flip partners by')
    # Here, not above: `-h` of what prepares data has to be quick.
    from scipy.optimize import linear_sum_assignment

    distance = mirror_distances(keypoints, visible)
    _, partners = linear_sum_assignment(distance**2)
    index = np.arange(len(partners))
    wrong = index[
        (partners[partners] != index)
        | (distance[index, partners] > max_distance)
    ]
    if len(wrong):
        raise ValueError(
            'the mean shape is not symmetric enough to tell flip partners: '
            f'unsure of keypoints {wrong.tolist()}'
        )
    return partners


def named_flip_indices(names: Sequence[str]) -> np.ndarray | None:
    """Find the partner of each keypoint by names with left and right.

    Args:
        names (Sequence[str]): Of the keypoints (K,), such as ``left_eye``,
            ``eyeRight`` or ``mouth_l``.

    Returns:
        np.ndarray, optional: Partner of each keypoint (K,); its own index for
        those whose name has no side. None if no name has one, or one has no
        partner.
    """
    words = [
        tuple(w.lower() for w in re.findall(r'[A-Z]?[a-z]+|[A-Z]+|\d+', name))
        for name in names
    ]
    mirrored = [tuple(_SIDES.get(w, w) for w in ws) for ws in words]
    known = set(words)
    unique = len(known) == len(words)
    if not unique or mirrored == words or not known.issuperset(mirrored):
        return None
    return np.array([words.index(other) for other in mirrored])


def find_flip_indices(
    keypoints: np.ndarray, visible: np.ndarray, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Find the partner of each keypoint by shapes, or else by names.

    Args:
        keypoints (np.ndarray): Shapes (N, K, 2), any common unit.
        visible (np.ndarray): Boolean (N, K).
        names (Sequence[str]): Of the keypoints (K,); empty without names.

    Returns:
        tuple[np.ndarray, np.ndarray | None]: Partner of each keypoint (K,),
        and what the names say, None if they say nothing. These are one array
        where only the names tell.

    Raises:
        ValueError: Neither shapes nor names tell.
    """
    named = named_flip_indices(names)
    try:
        return infer_flip_indices(keypoints, visible), named
    except ValueError as error:
        if named is not None:
            return named, named
        last = keypoints.shape[1] - 1
        example = '0-1' if last == 1 else f'0-{last},1-{last - 1},...'
        raise ValueError(
            f'{error}; give --flip-pairs {example} or none'
        ) from error
