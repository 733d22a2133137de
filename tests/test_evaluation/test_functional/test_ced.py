from mmpose_scgcn.evaluation.functional import (
    ced_auc,
    ced_curve,
    check_thresholds,
    failure_rate,
    summarize_nme,
)

import numpy as np
import pytest

# A step function: 1/4 from 0, 3/4 from 0.05, 1 from 0.20.
STEPS = np.array([0.05, 0.0, 0.20, 0.05])


def test_ced_curve_is_right_continuous():
    points = np.array([0.0, 0.049, 0.05, 0.199, 0.20, 1.0])
    expected = [0.25, 0.25, 0.75, 0.75, 1.0, 1.0]
    assert ced_curve(STEPS, points).tolist() == expected


def test_ced_auc_of_a_known_step_function():
    # 1/4 over [0, 0.05] and 3/4 over [0.05, 0.10], divided by 0.10.
    assert ced_auc(STEPS, 0.10) == pytest.approx(0.5)


@pytest.mark.parametrize('threshold', [0.03, 0.10, 0.5])
def test_ced_auc_equals_a_fine_riemann_sum(threshold):
    nme = np.random.default_rng(0).gamma(2.0, 0.03, size=200)
    samples = 200_000
    middles = (np.arange(samples) + 0.5) * threshold / samples
    riemann = ced_curve(nme, middles).mean()
    assert ced_auc(nme, threshold) == pytest.approx(riemann, abs=1e-5)


def test_ced_auc_limits():
    assert ced_auc(np.zeros(3), 0.10) == 1.0
    assert ced_auc(np.full(3, 0.10), 0.10) == 0.0
    assert ced_auc(np.full(3, np.inf), 0.10) == 0.0


def test_failure_rate_is_strictly_above_the_threshold():
    nme = np.array([0.10, np.nextafter(0.10, 1), 0.02, np.inf])
    assert failure_rate(nme, 0.10) == 0.5


@pytest.mark.parametrize('function', [failure_rate, ced_auc])
@pytest.mark.parametrize(
    ('nme', 'message'),
    [
        ([0.01, np.nan], r'^1 of 2 faces have no NME \(NaN\)$'),
        ([], '^needs at least one face$'),
    ],
)
def test_nan_and_nothing_are_refused(function, nme, message):
    with pytest.raises(ValueError, match=message):
        function(np.array(nme), 0.1)


@pytest.mark.parametrize('threshold', [0.0, -0.1, np.nan])
def test_ced_auc_needs_a_positive_threshold(threshold):
    with pytest.raises(ValueError, match='positive'):
        ced_auc(STEPS, threshold)


def test_summary_of_the_step_function():
    summary = summarize_nme(STEPS, (0.04, 0.1), 0.1)
    assert summary == pytest.approx(
        {'NME': 0.075, 'FR@0.04': 0.75, 'FR@0.10': 0.25, 'AUC@0.10': 0.5}
    )


def test_summary_of_no_faces_is_nan():
    summary = summarize_nme(np.array([]), (0.1,), 0.1)
    assert list(summary) == ['NME', 'FR@0.10', 'AUC@0.10']
    assert np.isnan(list(summary.values())).all()


@pytest.mark.parametrize(
    ('fr_thresholds', 'auc_threshold', 'message'),
    [
        ((0.08, 0.08), 0.1, 'must differ'),
        ((0.0,), 0.1, '^thresholds must be positive fractions, such as'),
        ((0.1,), -0.1, 'positive'),
        ((8,), 0.1, 'such as 0.08 for 8 %'),
        ((0.1,), 10, 'such as 0.08 for 8 %'),
        (0.08, 0.1, r'^expected fr_thresholds=\(0.08, 0.10\).* got 0.08 and'),
        ('0.08', 0.1, "got '0.08' and 0.1"),
        ((0.1,), None, 'and None'),
    ],
)
def test_bad_thresholds(fr_thresholds, auc_threshold, message):
    with pytest.raises(ValueError, match=message):
        check_thresholds(fr_thresholds, auc_threshold)


def test_keys_say_the_threshold_that_was_used():
    summary = summarize_nme(np.array([0.05]), (0.1, 0.085, 0.001), 0.075)
    keys = ['NME', 'FR@0.10', 'FR@0.085', 'FR@0.001', 'AUC@0.075']
    assert list(summary) == keys
    check_thresholds((0.081, 0.08), 0.1)
