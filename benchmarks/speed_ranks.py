"""The sampler and the graph hook with 10 million samples and 64 processes.

One process after the other is simulated on this machine: it is told its rank
and the number of processes, and given the bins of its samples (9, as full as a
normal distribution makes them). Reading and pose analysis, which the first
process does for all, are measured for each face in the part "faces". Time and
the peak of memory are of one process; MMEngine's DefaultSampler is the
baseline.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from typing import Any
from unittest import mock

from mmpose_scgcn.datasets.samplers import (
    PoseBalancedSampler,
    pose_balanced_sampler,
)

import numpy as np
from mmengine.dataset import DefaultSampler, sampler
from speed_measure import in_child, peak_growth
from speed_rows import Row

BINS = 9


class Samples:
    """A data set that is nothing but its length."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __len__(self) -> int:
        """Count the samples."""
        return self.number


def draw_bins(number: int) -> np.ndarray:
    """Draw poses, and sort them into bins from three deviations to three."""
    pose = np.random.default_rng(0).standard_normal(number, np.float32)
    edges = np.linspace(-3, 3, BINS + 1, dtype=np.float32)[1:-1]
    return np.searchsorted(edges, pose).astype(np.int32)


def _measure(kind: type, number: int, rank: int, world: int) -> dict:
    """Build a sampler as one rank, and list an epoch; give what it took."""
    bins = draw_bins(number)
    module = pose_balanced_sampler if kind is PoseBalancedSampler else sampler
    patches = [
        mock.patch.object(module, 'get_dist_info', lambda: (rank, world)),
        mock.patch.object(
            pose_balanced_sampler, '_shared_bins', lambda *_: bins
        ),
        mock.patch.object(pose_balanced_sampler, 'print_log'),
    ]
    found: dict[str, Any] = {}

    def run() -> None:
        start = time.perf_counter()
        made = kind(Samples(number), seed=0)
        begun = time.perf_counter()
        indices = np.fromiter(iter(made), np.int64)
        found['start'] = begun - start
        found['epoch'] = time.perf_counter() - begun
        found['indices'] = indices

    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        found['memory'] = peak_growth(run)
    return found


def as_rank(kind: type, number: int, rank: int, world: int) -> dict:
    """Measure one rank in a process of its own."""
    return in_child(partial(_measure, kind, number, rank, world))


def check_shards(found: list[np.ndarray], number: int) -> None:
    """Check that shards are of a length, and hold every sample.

    Raises:
        ValueError: They do not.
    """
    if any(len(a) != len(b) for a, b in pairwise(found)):
        raise ValueError('shards differ in length')
    if len(np.unique(np.concatenate(found))) != number:
        raise ValueError('a sample is in no shard')


def rows(number: int = 10**7, world: int = 64) -> Iterator[Row]:
    """Give the rows of the speed benchmark."""
    for count in (1, 8, world):
        ours = as_rank(PoseBalancedSampler, number, count - 1, count)
        plain = as_rank(DefaultSampler, number, count - 1, count)
        text = f'{number:,} samples, rank {count - 1} of {count}'
        for name, unit, factor in (
            ('epoch', 's', 1),
            ('memory', 'MB', 1e-6),
        ):
            yield Row(
                f'PoseBalancedSampler, {text}: {name}',
                *(factor * ours[name], unit, factor * plain[name]),
                'DefaultSampler',
                plot='processes',
                curve='PoseBalancedSampler',
                at=count,
            )
            yield Row(
                f'DefaultSampler, {text}: {name}',
                *(factor * plain[name], unit),
                plot='processes',
                curve='DefaultSampler',
                at=count,
            )
    small = 10**5
    shards = [
        as_rank(PoseBalancedSampler, small, rank, world)['indices']
        for rank in range(world)
    ]
    check_shards(shards, small)
    yield Row(
        f'{world} ranks together, {small:,} samples: samples in no shard',
        *(0, 'samples'),
        goal='value at most 0',
    )
