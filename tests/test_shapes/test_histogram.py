from mmpose_scgcn.shapes import pose_bins

import numpy as np
import pytest


def test_edges_belong_to_the_bin_above_and_the_last_to_the_last():
    bins, edges = pose_bins(np.array([0.0, 1, 2, 3, 4]), num_bins=4)
    assert bins.tolist() == [0, 1, 2, 3, 3]
    assert edges.tolist() == [0, 1, 2, 3, 4]


def test_folded_bins_start_at_zero():
    values = np.array([-4.0, -1, 0.5, 3])
    bins, edges = pose_bins(values, num_bins=4, use_abs=True)
    assert bins.tolist() == [3, 1, 0, 3]
    assert edges.tolist() == [0, 1, 2, 3, 4]


def test_there_are_nine_bins_if_nothing_else_is_said():
    bins, edges = pose_bins(np.arange(10.0))
    assert bins.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8]
    assert edges.tolist() == list(range(10))


@pytest.mark.parametrize('use_abs', [False, True])
@pytest.mark.parametrize('num_bins', [1, 2, 9, 37])
def test_every_sample_is_in_one_bin_as_numpy_counts(num_bins, use_abs):
    for seed in range(10):
        values = np.random.default_rng(seed).normal(0, 0.2, 500)
        bins, edges = pose_bins(values, num_bins, use_abs)
        shown = np.abs(values) if use_abs else values
        counts, _ = np.histogram(shown, edges)
        assert np.bincount(bins, None, num_bins).tolist() == counts.tolist()
        assert counts.sum() == 500
        np.testing.assert_allclose(np.diff(edges), edges[1] - edges[0])


@pytest.mark.parametrize(
    ('values', 'num_bins', 'message'),
    [
        ([1.0, 2], 3, '3 bins need .* got 2'),
        ([1.0, 2], 0, 'at least 1, got 0'),
        ([1.0, np.nan], 2, '^pose coefficients must be finite, got NaN or '),
        ([1.0, np.inf], 2, 'must be finite, got NaN or inf$'),
        ([2.0, 2], 2, 'all 2 pose coefficients are the same'),
    ],
)
def test_what_cannot_be_binned(values, num_bins, message):
    with pytest.raises(ValueError, match=message):
        pose_bins(np.array(values), num_bins)
