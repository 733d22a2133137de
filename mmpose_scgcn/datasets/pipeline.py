"""What a data set's pipeline has made of a sample before it is packed."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np


def run_pipeline(dataset, index: int) -> dict:
    """Run the transforms of a data set up to ``PackPoseInputs``.

    ``ConcatDataset``, ``CombinedDataset``, ``RepeatDataset`` and subsets are
    looked into, and their transforms run in their order.

    Args:
        dataset (BaseDataset): A top-down data set.
        index (int): Of the sample.

    Returns:
        dict: MMPose's results, with ``img`` and ``transformed_keypoints``.

    Raises:
        ValueError: A transform dropped the sample.
    """
    member, own = _member(dataset, index)
    if member is not None:
        results = run_pipeline(member, own)
    else:
        results = dataset.get_data_info(index)
    for transform in _transforms(dataset):
        if type(transform).__name__.startswith('Pack'):
            break
        file = results.get('img_path')
        results = transform(results)
        if results is None:
            raise ValueError(
                f'{type(transform).__name__} dropped sample {index} ({file})'
            )
    return results


def _member(dataset, index: int) -> tuple[object | None, int]:
    """Find the wrapped data set of a sample and its index there."""
    if hasattr(dataset, 'datasets'):
        for member in dataset.datasets:
            if index < len(member):
                return member, index
            index -= len(member)
        raise IndexError(index)
    if hasattr(dataset, 'dataset'):
        indices = getattr(dataset, 'indices', None)
        if indices is not None:
            return dataset.dataset, indices[index]
        return dataset.dataset, index % len(dataset.dataset)
    return None, index


def pipelines_of(dataset) -> list[list]:
    """List the transforms that the samples of a data set go through.

    ``ConcatDataset``, ``CombinedDataset``, ``RepeatDataset`` and subsets are
    looked into, and so are transforms that hold others.

    Args:
        dataset (BaseDataset): A data set.

    Returns:
        list[list]: The transforms in their order, for each of its members.
    """
    own = list(_flatten(_transforms(dataset)))
    members = getattr(dataset, 'datasets', None) or []
    if not members and hasattr(dataset, 'dataset'):
        members = [dataset.dataset]
    if not members:
        return [own]
    return [first + own for m in members for first in pipelines_of(m)]


def _flatten(transforms: Iterable) -> Iterator:
    """Walk through transforms and those inside them."""
    for transform in transforms:
        if isinstance(transform, (list, tuple)):
            yield from _flatten(transform)
            continue
        yield transform
        inner = getattr(transform, 'transforms', ())
        yield from _flatten(getattr(inner, 'transforms', inner))


def _transforms(dataset) -> Sequence:
    """List the transforms of a data set's own pipeline."""
    return getattr(getattr(dataset, 'pipeline', None), 'transforms', [])


def crop_transform(results: dict) -> np.ndarray:
    """Find the affine transform from the image to the crop.

    From the keypoints before and after it, so that it holds for every way
    to crop; a flip of the image comes before.

    Args:
        results (dict): Of :func:`run_pipeline`.

    Returns:
        np.ndarray: (2, 3), image px to crop px; NaN if the keypoints are too
        few or on a line.
    """
    before = results['keypoints'][0, :, :2].astype(np.float64)
    after = results['transformed_keypoints'][0, :, :2].astype(np.float64)
    points = np.column_stack([before, np.ones(len(before))])
    matrix, _, rank, _ = np.linalg.lstsq(points, after, rcond=None)
    return matrix.T if rank == 3 else np.full((2, 3), np.nan)
