from mmpose_scgcn.evaluation.functional import (
    masked_nme,
    mean_nme,
    score_faces,
    summarize_scores,
)

import numpy as np
import pytest


def score(pred_x, visible=None, normalizers=None):
    """Score faces whose true keypoints are all at the origin."""
    pred_x = np.asarray(pred_x, dtype=float)
    pred = np.stack([pred_x, np.zeros_like(pred_x)], axis=-1)
    if visible is None:
        visible = np.ones(pred_x.shape, dtype=bool)
    if normalizers is None:
        normalizers = np.full(len(pred_x), 100.0)
    gt = np.zeros_like(pred)
    return score_faces(pred, gt, np.asarray(visible), np.asarray(normalizers))


def test_summary_of_three_hand_made_faces():
    scores = score(
        [[1, 3], [9, 50], [10, 14]],
        visible=[[True, True], [True, False], [True, True]],
    )  # NME 0.02, 0.09, 0.12
    assert summarize_scores(scores, (0.08, 0.10), 0.10) == pytest.approx(
        {
            'NME': 0.23 / 3,
            'FR@0.08': 2 / 3,
            'FR@0.10': 1 / 3,
            'AUC@0.10': (0.8 + 0.1) / 3,
            'NME_pooled': (1 + 3 + 9 + 10 + 14) / 500,
        }
    )


def test_a_nan_prediction_is_counted_and_fails():
    scores = score([[1, 1], [np.nan, 1]])
    assert summarize_scores(scores, (0.10,), 0.10) == pytest.approx(
        {
            'NME': np.inf,
            'FR@0.10': 0.5,
            'AUC@0.10': 0.45,
            'NME_pooled': np.inf,
            'num_nonfinite_predictions': 1,
        }
    )


def test_a_face_that_cannot_be_scored_is_counted_and_left_out():
    scores = score([[2, 2], [0, 0]], normalizers=[100.0, 0.0])
    summary = summarize_scores(scores, (0.10,), 0.10)
    assert summary['num_unscored_faces'] == 1
    assert summary['NME'] == pytest.approx(0.02)
    assert summary['NME_pooled'] == pytest.approx(0.02)


def test_masked_nme_splits_visible_keypoints():
    scores = score(
        [[1, 5, 90], [2, 4, 6]],
        visible=[[True, True, False], [True, True, True]],
    )
    occluded = np.array([[False, True, True], [False, False, False]])
    nme = masked_nme(scores, occluded)
    np.testing.assert_allclose(nme, [0.05, np.nan])
    assert mean_nme(nme) == pytest.approx(0.05)


def test_mean_nme_of_nothing_is_nan_not_zero():
    assert np.isnan(mean_nme(np.array([np.nan])))
