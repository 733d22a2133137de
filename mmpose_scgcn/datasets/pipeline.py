"""What a data set's pipeline makes of a sample before it is packed."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .wrappers import member_at, members_of, own_transforms


def run_pipeline(dataset: Any, index: int) -> dict:
    """Run the transforms of a data set up to ``PackPoseInputs``.

    All wrappers are looked into (:mod:`.wrappers`). ``CombinedDataset``, the
    only one with a pipeline, runs those of its members itself.

    Args:
        dataset (BaseDataset): A top-down data set.
        index (int): Of the sample.

    Returns:
        dict: MMPose's results, with ``img`` and ``transformed_keypoints``.

    Raises:
        ValueError: A transform dropped the sample, or failed on what it
            expects of it.
    """
    member = dataset
    while not hasattr(member, 'pipeline'):
        member, index = member_at(member, index)
    results = member.get_data_info(index)
    for transform in own_transforms(member):
        if type(transform).__name__.startswith('Pack'):
            break
        file = results.get('img_path')
        try:
            results = transform(results)
        except (IndexError, KeyError) as error:
            raise ValueError(
                f'{type(transform).__name__} fails on sample {index} '
                f'({file}): {type(error).__name__}: {error}'
            ) from error
        if results is None:
            raise ValueError(
                f'{type(transform).__name__} dropped sample {index} ({file})'
            )
    return results


def pipelines_of(dataset: Any) -> list[list]:
    """List the transforms that the samples of a data set go through.

    All wrappers are looked into (:mod:`.wrappers`), and so are transforms
    that hold others.

    Args:
        dataset (BaseDataset): A data set.

    Returns:
        list[list]: The transforms in their order, for each of its members.
    """
    own = list(flat_transforms(own_transforms(dataset)))
    members = members_of(dataset)
    if not members:
        return [own]
    return [first + own for m in members for first in pipelines_of(m)]


def crop_of(dataset: Any) -> tuple[float, float]:
    """Read from the pipeline how boxes become crops.

    Args:
        dataset (BaseDataset): A top-down data set; of several members the
            first counts.

    Returns:
        tuple[float, float]: Crop size over box size, and width over height
        of the network input. 1.25 and 1 where the pipeline does not crop.
    """
    padding, (width, height) = 1.25, (1, 1)
    for transform in pipelines_of(dataset)[0]:
        kinds = {kind.__name__ for kind in type(transform).__mro__}
        if 'GetBBoxCenterScale' in kinds:
            padding = transform.padding
        if 'TopdownAffine' in kinds:
            width, height = transform.input_size
    return float(padding), width / height


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


def flat_transforms(transforms: Iterable) -> Iterator:
    """Walk through transforms and those inside them."""
    for transform in transforms:
        if isinstance(transform, (list, tuple)):
            yield from flat_transforms(transform)
            continue
        yield transform
        inner = getattr(transform, 'transforms', ())
        yield from flat_transforms(getattr(inner, 'transforms', inner))
