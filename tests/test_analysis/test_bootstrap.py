from mmpose_scgcn.analysis import percentile_interval, resample_counts

import numpy as np
import pytest
from scipy.stats import bootstrap, norm


def test_each_draw_has_as_many_faces():
    counts = resample_counts(7, 50)
    assert counts.shape == (50, 7)
    np.testing.assert_array_equal(counts.sum(axis=1), 7)
    np.testing.assert_array_equal(counts, resample_counts(7, 50))
    assert (counts != resample_counts(7, 50, seed=1)).any()


def test_the_mean_of_many_faces_has_the_interval_of_a_normal_variable():
    values = np.random.default_rng(0).normal(2.0, 3.0, 400)
    means = resample_counts(400, 20000) @ values / 400
    expected = norm.interval(0.9, values.mean(), values.std() / 20)
    np.testing.assert_allclose(
        percentile_interval(means, 0.9), expected, atol=0.01
    )


def test_a_ratio_has_the_interval_that_scipy_gives():
    rng = np.random.default_rng(1)
    numbers = rng.integers(1, 9, 30)
    sums = numbers * rng.normal(1.0, 0.5, 30)
    counts = resample_counts(30, 20000)
    found = percentile_interval((counts @ sums) / (counts @ numbers))
    expected = bootstrap(
        (sums, numbers),
        lambda a, b, axis: a.sum(axis=axis) / b.sum(axis=axis),
        paired=True,
        n_resamples=20000,
        method='percentile',
        rng=np.random.default_rng(2),
    ).confidence_interval
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_draws_without_a_value_do_not_count():
    values = np.array([np.nan, 1.0, 2.0, 3.0, np.nan])
    assert percentile_interval(values, 1.0) == (1.0, 3.0)
    assert np.isnan(percentile_interval(values[:1])).all()


@pytest.mark.parametrize(('faces', 'resamples'), [(0, 5), (5, 0)])
def test_nothing_to_draw_is_refused(faces, resamples):
    with pytest.raises(ValueError, match='at least one face'):
        resample_counts(faces, resamples)
