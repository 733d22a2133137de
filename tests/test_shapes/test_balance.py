from mmpose_scgcn.shapes import balanced_counts, balanced_indices

import numpy as np
import pytest

BINS = np.array([0, 2, 2, 0, 2, 0, -1, 2, 0, 3, 2, -1])  # counts 4, 0, 5, 1


def reverse(size):
    return np.arange(size)[::-1]


def test_bins_are_filled_to_the_fullest():
    counts = np.array([4, 0, 5, 1])
    assert balanced_counts(counts).tolist() == [5, 0, 5, 5]


@pytest.mark.parametrize(
    ('limit', 'draws'),
    [(1, [4, 0, 5, 1]), (3, [5, 0, 5, 3]), (5, [5, 0, 5, 5])],
)
def test_a_limit_per_sample(limit, draws):
    counts = np.array([4, 0, 5, 1])
    assert balanced_counts(counts, limit).tolist() == draws


def test_a_limit_below_one_would_drop_samples():
    with pytest.raises(ValueError, match='at least 1, got 0'):
        balanced_counts(np.array([1]), 0)


def test_the_list_written_out():
    """Bin 0 misses one draw: sample 8, its last, comes twice."""
    indices = balanced_indices(BINS, np.array([5, 0, 5, 5]), reverse)
    assert indices.tolist() == [
        *[0, 1, 2, 3, 4, 5, 6, 7, 8, 8],
        *[9, 9, 9, 9, 9, 10, 11],
    ]


def test_a_list_takes_no_more_memory_than_it_needs():
    indices = balanced_indices(BINS, np.array([5, 0, 5, 5]), reverse)
    assert indices.dtype == np.int32


def test_the_rest_is_chosen_without_replacement():
    draws = np.array([7, 0, 7, 7])
    rng = np.random.default_rng(0)
    for _ in range(50):
        indices = balanced_indices(BINS, draws, rng.permutation)
        times = np.bincount(indices, None, len(BINS))
        for number, (low, high) in {0: (1, 2), 2: (1, 2), 3: (7, 7)}.items():
            assert times[number == BINS].sum() == 7
            assert times[number == BINS].min() >= low
            assert times[number == BINS].max() <= high
        assert (times[BINS < 0] == 1).all()
