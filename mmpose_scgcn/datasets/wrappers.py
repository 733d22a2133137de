"""Data sets under the wrappers of MMEngine, MMPose and PyTorch.

``ConcatDataset``, ``RepeatDataset`` and ``ClassBalancedDataset`` of MMEngine,
``CombinedDataset`` of MMPose and ``Subset`` of PyTorch, in any nesting. This
is the only place that knows how each of them numbers its samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mmengine.dataset import BaseDataset
from mmpose.datasets.datasets.base import BaseCocoStyleDataset


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of a data set that wraps no other.

    Args:
        dataset (BaseDataset): The data set.
        index (int): Of the sample there.
    """

    dataset: Any
    index: int

    def read(self) -> dict:
        """Read the annotation of the sample; no image is opened.

        Returns:
            dict: MMPose's data info, its keypoints converted as a combined
            set does it.
        """
        for transform in own_transforms(self.dataset):
            if type(transform).__name__ == 'KeypointConverter':
                info = self.dataset.get_data_info(self.index)
                return transform.transform(info)
        return read_annotation(self.dataset, self.index)


def read_annotation(dataset: Any, index: int) -> dict:
    """Read an annotation, quickly where MMPose's own class does no more.

    MMPose copies flip pairs, skeleton and weights of the data set into each,
    which takes most of the time.

    Args:
        dataset (BaseDataset): A data set that wraps no other.
        index (int): Of the sample there.

    Returns:
        dict: MMPose's data info; it may lack what all samples share.
    """
    if type(dataset).get_data_info is BaseCocoStyleDataset.get_data_info:
        return BaseDataset.get_data_info(dataset, index)
    return dataset.get_data_info(index)


def samples_of(dataset: Any) -> list[Sample]:
    """List the sample that each index of a data set stands for.

    Args:
        dataset (BaseDataset): The data set, wrapped or not.

    Returns:
        list[Sample]: Indices that stand for the same annotation have equal
        samples. For a data set that :func:`draws_at_random` the list has all
        samples that an index may stand for, and another length.
    """
    members = members_of(dataset)
    if not members:
        return [Sample(dataset, index) for index in range(len(dataset))]
    samples = [s for member in members for s in samples_of(member)]
    return [samples[i] for i in _order(dataset, len(samples))]


def members_of(dataset: Any) -> list:
    """List the data sets that a data set wraps.

    Args:
        dataset (BaseDataset): The data set; its annotations are read if they
            are not yet.

    Returns:
        list: One or more, or none for a data set that is no wrapper.
    """
    if hasattr(dataset, 'full_init'):
        dataset.full_init()
    if hasattr(dataset, 'datasets'):
        return list(dataset.datasets)
    return [dataset.dataset] if hasattr(dataset, 'dataset') else []


def member_at(dataset: Any, index: int) -> tuple[Any, int]:
    """Find the member that holds a sample of a wrapper.

    Args:
        dataset (BaseDataset): A wrapper whose members :func:`members_of`
            lists.
        index (int): Of the sample, from 0.

    Returns:
        tuple[BaseDataset, int]: The member and the index there.

    Raises:
        IndexError: The index is out of range.
    """
    members = members_of(dataset)
    index = _order(dataset, sum(map(len, members)))[index]
    for member in members:
        if index < len(member):
            return member, index
        index -= len(member)
    raise IndexError(index)


def draws_at_random(dataset: Any) -> bool:
    """Tell whether an index may stand for another sample each time.

    Args:
        dataset (BaseDataset): The data set, wrapped or not.

    Returns:
        bool: Whether it holds a ``CombinedDataset`` whose
        ``sample_ratio_factor`` changes the number of samples.
    """
    lengths = getattr(dataset, '_lens', None)
    drawn = lengths != getattr(dataset, '_lens_ori', lengths)
    return drawn or any(map(draws_at_random, members_of(dataset)))


def own_transforms(dataset: Any) -> Sequence:
    """List the transforms of a data set's own pipeline, if it has one."""
    return getattr(getattr(dataset, 'pipeline', None), 'transforms', ())


def _order(dataset: Any, count: int) -> Sequence[int]:
    """Number the members' samples as the indices of a wrapper do."""
    for name in ('indices', 'repeat_indices'):
        if hasattr(dataset, name):
            return getattr(dataset, name)
    return list(range(count)) * getattr(dataset, 'times', 1)
