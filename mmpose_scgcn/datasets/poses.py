"""The poses of a data set's samples."""

from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass

from mmpose_scgcn.shapes import PoseAxis, has_shape, pose_axis, pose_bins

import numpy as np

from .indexed_shapes import shapes_by_index


@dataclass(frozen=True)
class DatasetPoses:
    """Poses and their bins.

    Args:
        axis (PoseAxis): Of the samples that have a usable shape, in order,
            and the keypoints that any of them shows.
        bins (np.ndarray): The bin of each index of the data set (N,), int64;
            -1 without a usable shape.
        edges (np.ndarray): Of the bins (num_bins + 1,), ascending.
    """

    axis: PoseAxis
    bins: np.ndarray
    edges: np.ndarray


def dataset_poses(
    dataset: Sized,
    num_bins: int = 9,
    component: int = 0,
    use_abs: bool = False,
    track: Callable[[Iterable], Iterable] = iter,
) -> DatasetPoses:
    """Measure the pose of every sample and sort the samples into bins.

    Args:
        dataset (Sized): An MMPose data set, wrapped or not; no image of it is
            opened.
        num_bins (int): Bins of equal width. Defaults to 9.
        component (int): Which principal component is the pose, 0 the leading
            one. Defaults to 0.
        use_abs (bool): Whether left and right count as the same pose.
            Defaults to False.
        track (Callable): Wraps the reading of annotations, for a progress
            bar.

    Returns:
        DatasetPoses: See there.

    Raises:
        ValueError: As :func:`~.indexed_shapes.shapes_by_index`,
            :func:`mmpose_scgcn.shapes.pose_axis` and
            :func:`mmpose_scgcn.shapes.pose_bins`.
    """
    keypoints, visible = shapes_by_index(dataset, track)
    usable = has_shape(keypoints, visible)
    if usable.sum() < max(num_bins, 1):
        raise ValueError(
            f'{num_bins} bins need at least as many samples with a usable '
            f'shape, got {usable.sum()} of {len(usable)}'
        )
    if not usable.all():  # copies are large where data sets are
        keypoints, visible = keypoints[usable], visible[usable]
    seen = visible.any(axis=0)  # combined sets may lack some altogether
    if not seen.all():
        keypoints, visible = keypoints[:, seen], visible[:, seen]
    axis = pose_axis(keypoints, visible, component)
    bins = np.full(len(usable), -1)
    bins[usable], edges = pose_bins(axis.coefficients, num_bins, use_abs)
    return DatasetPoses(axis, bins, edges)
