"""Batches whose random numbers depend on their own number alone.

MMEngine seeds each worker process once. What a sample is changed by then
depends on how many workers there are and on what they have read before: with
another number of workers, and after ``--resume``, the change is another. Here
each batch knows its number in the training, and the generators are seeded for
each of its samples.
"""

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset

#: Samplers whose passes have no end, although they have a length.
ENDLESS = {'InfiniteSampler', 'MultiSourceSampler'}


class NumberedBatch(list):
    """Indices of samples, with the number of their batch.

    Args:
        indices (Iterable[int]): The indices.
        number (int): Of the batch, from 0 at the first of the training.
    """

    def __init__(self, indices: Iterable[int], number: int) -> None:
        super().__init__(indices)
        self.number = number

    def __reduce__(self) -> tuple:
        """Travel to a worker process."""
        return type(self), (list(self), self.number)


class NumberedBatches:
    """A batch sampler that numbers what another one gives.

    Attributes:
        start (int): Number of the first batch of the next pass.
        skip (int): How many batches the next pass leaves out, as they have
            been trained; their numbers are counted.

    Args:
        batches (Iterable[list[int]]): The other one, such as PyTorch's
            ``BatchSampler``. Its attributes are found here too.
    """

    def __init__(self, batches: Any) -> None:
        self.batches = batches
        self.start = 0
        self.skip = 0

    def __iter__(self) -> Iterator[NumberedBatch]:
        """Iterate over a pass; the next one goes on with the numbers."""
        skip, self.skip = self.skip, 0
        first = self.start
        for indices in itertools.islice(iter(self.batches), skip, None):
            number = first + skip
            skip += 1
            self.start = number + 1
            yield NumberedBatch(indices, number)

    def __len__(self) -> int:
        """Count the batches of a whole pass."""
        return len(self.batches)

    def __getattr__(self, name: str) -> Any:
        """Give an attribute of the other sampler, such as ``batch_size``."""
        if name == 'batches':  # in a copy that is being made
            raise AttributeError(name)
        return getattr(self.batches, name)


class _Samples(Dataset):
    """A data set that was a plain sequence."""

    def __init__(self, samples: Sequence) -> None:
        self.samples = samples

    def __getitem__(self, index: int) -> Any:
        return self.samples[index]

    def __len__(self) -> int:
        return len(self.samples)


class SeededSamples:
    """Read the samples of a batch, each with random numbers of its own.

    PyTorch calls it as a data set's ``__getitems__``.

    Args:
        dataset (Dataset): The data set.
        key (tuple[int, ...]): What else the numbers depend on: the seed and
            the process.
    """

    def __init__(self, dataset: Any, key: tuple[int, ...]) -> None:
        self.dataset = dataset
        self.key = key

    def __call__(self, batch: NumberedBatch) -> list:
        """Read the samples.

        Args:
            batch (NumberedBatch): Their indices.

        Returns:
            list: What the data set gives for each.
        """
        samples = []
        for place, index in enumerate(batch):
            seed_all(*self.key, batch.number, place)
            samples.append(self.dataset[index])
        return samples


def seed_all(*key: int, devices: bool = False) -> None:
    """Seed the generators of Python, NumPy and PyTorch.

    Args:
        *key (int): Numbers from 0; other numbers give other seeds.
        devices (bool): Whether to seed PyTorch's generators of GPUs too,
            which a worker process must not touch. Defaults to False.
    """
    words = np.random.SeedSequence(key).generate_state(3).tolist()
    random.seed(words[0])
    np.random.seed(words[1])
    if devices:
        torch.manual_seed(words[2])
    else:
        torch.default_generator.manual_seed(words[2])


def number_batches(
    loader: DataLoader, key: tuple[int, ...]
) -> NumberedBatches | None:
    """Make the samples of a loader depend on the numbers of their batches.

    Worker processes that it has started are ended; others start with the next
    pass.

    Args:
        loader (DataLoader): Of training; it is changed.
        key (tuple[int, ...]): See :class:`SeededSamples`.

    Returns:
        NumberedBatches, optional: Its new batch sampler; None for a loader
        that has none, or whose data set has no indices.
    """
    if loader.batch_sampler is None:
        return None
    dataset: Any = loader.dataset
    if isinstance(dataset, IterableDataset):
        return None
    # PyTorch lets nobody set these of a loader that is there already.
    batches = NumberedBatches(loader.batch_sampler)
    vars(loader)['batch_sampler'] = batches
    if not hasattr(dataset, '__dict__'):  # such as a list
        dataset = vars(loader)['dataset'] = _Samples(dataset)
    dataset.__getitems__ = SeededSamples(dataset, key)
    loader._iterator = None
    return batches


def is_endless(sampler: Any) -> bool:
    """Tell whether a pass over a sampler has no end.

    Args:
        sampler (Sampler): Of a loader.

    Returns:
        bool: Whether it has no length, or is one of those of MMEngine and
        MMPose that fill every batch, or derived from one.
    """
    kinds = {kind.__name__ for kind in type(sampler).__mro__}
    return not hasattr(sampler, '__len__') or bool(kinds & ENDLESS)
