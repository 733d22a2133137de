"""Repeating samples of rare bins until all bins are level."""

from collections.abc import Callable
from numbers import Integral

import numpy as np


def balanced_counts(
    counts: np.ndarray, max_repeats: int | None = None
) -> np.ndarray:
    """Say how often each bin is drawn in an epoch.

    Args:
        counts (np.ndarray): Samples of each bin (num_bins,).
        max_repeats (int, optional): No sample is drawn more often. Defaults
            to no limit.

    Returns:
        np.ndarray: Draws (num_bins,): the fullest bin's count, less where
        ``max_repeats`` forbids, 0 for an empty bin.

    Raises:
        ValueError: ``max_repeats`` that is no whole number or below 1.
    """
    if max_repeats is not None and not (
        isinstance(max_repeats, Integral) and max_repeats >= 1
    ):
        raise ValueError(
            f'max_repeats must be an integer of at least 1, got {max_repeats}'
        )
    fullest = counts.max()
    limit = fullest if max_repeats is None else max_repeats
    return np.minimum(counts * limit, fullest)


def balanced_indices(
    bins: np.ndarray,
    draws: np.ndarray,
    permute: Callable[[int], np.ndarray],
) -> np.ndarray:
    """List the samples of one epoch.

    Every sample of a bin is listed as often as it fits into the bin's draws,
    and a random choice of them, without replacement, once more.

    Args:
        bins (np.ndarray): The bin of each sample (N,); negative for samples
            outside of all bins, which are listed once.
        draws (np.ndarray): Of each bin, as :func:`balanced_counts` says.
        permute (Callable): Gives a random permutation of n numbers.

    Returns:
        np.ndarray: Sample numbers, rising, each at least once; int32 where
        they fit into it.
    """
    kind = np.int32 if len(bins) <= np.iinfo(np.int32).max else np.int64
    chosen = [np.flatnonzero(bins < 0).astype(kind)]
    for number, wanted in enumerate(draws):
        members = np.flatnonzero(bins == number).astype(kind)
        if not members.size:
            continue
        repeats, rest = divmod(int(wanted), members.size)
        chosen.append(np.tile(members, repeats))
        if rest:
            chosen.append(members[permute(members.size)[:rest]])
    listed = np.concatenate(chosen)
    listed.sort()
    return listed
