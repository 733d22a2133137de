"""The sampler that shows rare poses as often as common ones."""

import math
from collections.abc import Iterator, Sized
from typing import Any

from mmpose_scgcn.datasets.poses import dataset_poses
from mmpose_scgcn.processes import on_first
from mmpose_scgcn.registry import DATA_SAMPLERS
from mmpose_scgcn.shapes import balanced_counts, balanced_indices

import numpy as np
import torch
from mmengine.dist import broadcast, get_dist_info, sync_random_seed
from mmengine.logging import print_log
from torch.utils.data import Sampler


@DATA_SAMPLERS.register_module()
class PoseBalancedSampler(Sampler):
    """Repeat samples of rare poses until a histogram of poses is level.

    The pose-based data balancing of "Wing Loss for Robust Facial Landmark
    Localisation with Convolutional Neural Networks" (CVPR 2018): shapes are
    aligned (Procrustes) and projected on a principal component; a histogram
    of that coefficient is levelled by repeating samples. In an epoch each bin
    that is not empty is drawn exactly as often as the fullest: all of its
    samples equally often, and a random choice of them, new in each epoch,
    once more. Every sample appears, and all epochs are of the same length.

    The pose is read from the annotations; no image is opened. A sample
    without a usable shape (fewer than three visible keypoints, all in one
    place, or no single instance) is drawn once. Repeated samples differ by
    the random augmentation of the pipeline, so it needs one.

    Note:
        The authors' code repeats a bin round(fullest / own) times, which
        leaves it level only roughly, and folds left and right
        (``use_abs=True``). It takes the second component on 19-point AFLW,
        whose shapes it may reflect to align them; aligned as here, the
        leading component is the turn for these points too.

    Shards are those of MMEngine's ``DefaultSampler``: rank r of w takes every
    w-th of the epoch's list from position r. The order depends on ``seed``
    and epoch only.

    Args:
        dataset (Sized): An MMPose data set, wrapped or not.
        num_bins (int): Bins of equal width. Defaults to 9.
        shuffle (bool): Whether to shuffle. Otherwise samples come in the
            order of the data set, repeats one after another. Defaults to
            True.
        seed (int, optional): Seed, the same on all ranks. Defaults to a
            random one that the ranks agree on.
        round_up (bool): Whether to repeat the first samples of the list until
            all shards are of equal length. Defaults to True.
        component (int): Which principal component is the pose, 0 the leading
            one. Defaults to 0.
        use_abs (bool): Whether left and right count as the same pose.
            Defaults to False.
        max_repeats (int, optional): No sample is drawn more often in an
            epoch; bins may then fall short. Defaults to no limit.

    Raises:
        ValueError: Fewer samples than bins, shapes that are all the same,
            coordinates that are not finite, different numbers of keypoints,
            or an argument out of its range.

    Example:
        >>> train_dataloader = dict(
        ...     sampler=dict(type='mmpose_scgcn.PoseBalancedSampler'),
        ... )
    """

    def __init__(
        self,
        dataset: Sized,
        num_bins: int = 9,
        shuffle: bool = True,
        seed: int | None = None,
        round_up: bool = True,
        component: int = 0,
        use_abs: bool = False,
        max_repeats: int | None = None,
    ) -> None:
        self.rank, self.world_size = get_dist_info()
        self.dataset = dataset
        self.shuffle = shuffle
        self.seed = sync_random_seed() if seed is None else seed
        self.round_up = round_up
        self.epoch = 0
        #: The bin of each index, -1 without a shape.
        self.bins = _shared_bins(dataset, num_bins, component, use_abs)
        self.counts = np.bincount(self.bins[self.bins >= 0], None, num_bins)
        self.draws = balanced_counts(self.counts, max_repeats)
        total = int(self.draws.sum() + (self.bins < 0).sum())
        if round_up:
            self.num_samples = math.ceil(total / self.world_size)
            self.total_size = self.num_samples * self.world_size
        else:
            self.num_samples = len(range(self.rank, total, self.world_size))
            self.total_size = total
        self._log(max_repeats)

    def __iter__(self) -> Iterator[int]:
        """Iterate over this rank's share of the epoch."""
        generator = torch.Generator()
        generator.manual_seed(self.seed + self.epoch)

        def permute(size: int) -> np.ndarray:
            return torch.randperm(size, generator=generator).numpy()

        indices = balanced_indices(self.bins, self.draws, permute)
        if self.shuffle:
            indices = indices[permute(len(indices))]
        indices = np.resize(indices, self.total_size)  # repeats from the front
        return iter(indices[self.rank :: self.world_size].tolist())

    def __len__(self) -> int:
        """Count the samples of this rank."""
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch; MMEngine's loops do so.

        Args:
            epoch (int): From 0.
        """
        self.epoch = epoch

    def _log(self, max_repeats: int | None) -> None:
        before, after = self.counts, self.draws
        lines = [
            f'PoseBalancedSampler: {len(self.bins)} samples in '
            f'{len(before)} bins of the pose coefficient, '
            f'{after.sum()} draws an epoch over all ranks',
            f'  samples: {" ".join(map(str, before))}',
            f'  draws:   {" ".join(map(str, after))}',
        ]
        unusable = int((self.bins < 0).sum())
        if unusable:
            lines.append(f'  and {unusable} without a usable shape, once each')
        short = np.flatnonzero((after < after.max()) & (before > 0))
        if short.size:
            lines.append(
                f'  bins {short.tolist()} fall short: '
                f'max_repeats={max_repeats}'
            )
        print_log('\n'.join(lines), logger='current')


def _shared_bins(dataset: Sized, *args: Any) -> np.ndarray:
    """Sort samples into bins (N,), int32, on the first process for all.

    Another processor may round another way, and every rank needs the same
    list. None but the first reads the annotations, or has their shapes in
    memory.

    Raises:
        ValueError: On every process, as
            :func:`~mmpose_scgcn.datasets.poses.dataset_poses`.
    """
    bins = np.empty(len(dataset), np.int32)

    def sort() -> None:
        bins[:] = dataset_poses(dataset, *args).bins

    on_first(sort)
    broadcast(torch.from_numpy(bins), src=0)  # in place
    return bins
