from mmpose_scgcn.evaluation.functional import (
    face_faults,
    face_nme,
    face_normalizers,
    keypoint_errors,
    pooled_nme,
)

import numpy as np
import pytest
from mmpose.evaluation.functional import keypoint_nme


@pytest.fixture
def faces():
    """Twenty noisy faces: gt, pred (20, 68, 2), visible (20, 68)."""
    rng = np.random.default_rng(1)
    gt = rng.uniform(0, 200, size=(20, 68, 2))
    pred = gt + rng.normal(0, 5, size=gt.shape)
    return gt, pred, rng.uniform(size=(20, 68)) > 0.3


def test_keypoint_errors_closed_form():
    pred = np.array([[[3.0, 4.0], [1.0, 1.0]]])
    gt = np.array([[[0.0, 0.0], [1.0, 3.0]]])
    assert keypoint_errors(pred, gt).tolist() == [[5.0, 2.0]]


def test_keypoint_errors_tell_prediction_from_ground_truth():
    finite, bad = [0.0, 0.0], [np.nan, 0.0]
    pred = np.array([[bad, finite, bad, [np.inf, 0.0]]])
    gt = np.array([[finite, bad, bad, finite]])
    expected = [[np.inf, np.nan, np.nan, np.inf]]
    np.testing.assert_array_equal(keypoint_errors(pred, gt), expected)


def test_keypoint_errors_refuse_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match='must have the same shape'):
        keypoint_errors(np.zeros((1, 5, 2)), np.zeros((3, 5, 2)))


def test_face_nme_of_three_hand_made_faces():
    errors = np.array([[1.0, 3.0], [4.0, 100.0], [0.0, 0.0]])
    visible = np.array([[True, True], [True, False], [True, True]])
    nme = face_nme(errors, visible, np.array([10.0, 20.0, 5.0]))
    assert nme.tolist() == [0.2, 0.2, 0.0]


def test_face_nme_equals_a_naive_loop(faces):
    gt, pred, visible = faces
    normalizers = np.linspace(10, 50, len(gt))
    expected = []
    for n in range(len(gt)):
        distances = [
            ((gt[n, k] - pred[n, k]) ** 2).sum() ** 0.5
            for k in range(gt.shape[1])
            if visible[n, k]
        ]
        expected.append(sum(distances) / len(distances) / normalizers[n])
    nme = face_nme(keypoint_errors(pred, gt), visible, normalizers)
    np.testing.assert_allclose(nme, expected, rtol=1e-12)


def test_face_nme_without_an_answer_is_nan_and_never_zero():
    errors = np.array([[0.0], [0.0], [0.0], [0.0], [np.nan], [np.inf]])
    mask = np.array([[False], [True], [True], [True], [True], [True]])
    normalizers = np.array([1.0, 0.0, np.nan, np.inf, 1.0, 1.0])
    nme = face_nme(errors, mask, normalizers)
    np.testing.assert_array_equal(nme, [np.nan] * 5 + [np.inf])


def test_face_nme_ignores_what_is_predicted_for_invisible_keypoints():
    errors = np.array([[1.0, np.inf], [1.0, np.nan]])
    mask = np.array([[True, False], [True, False]])
    assert face_nme(errors, mask, np.array([2.0, 2.0])).tolist() == [0.5] * 2


def test_face_nme_is_invariant_under_similarity_transforms(faces):
    gt, pred, visible = faces
    visible[:, [36, 45]] = True
    angle, scale, shift = 0.7, 3.3, np.array([40.0, -9.0])
    rotation = np.array(
        [
            [np.cos(angle), -np.sin(angle)],
            [np.sin(angle), np.cos(angle)],
        ]
    )

    def inter_ocular_nme(gt, pred):
        groups, boxes = ((36,), (45,)), np.zeros((len(gt), 4))
        normalizers = face_normalizers(groups, gt, visible, boxes)
        return face_nme(keypoint_errors(pred, gt), visible, normalizers)

    moved = [scale * points @ rotation.T + shift for points in (gt, pred)]
    np.testing.assert_allclose(
        inter_ocular_nme(*moved), inter_ocular_nme(gt, pred), rtol=1e-10
    )


def test_pooled_nme_equals_mmpose(faces):
    gt, pred, visible = faces
    normalizers = np.linspace(10, 50, len(gt))
    expected = keypoint_nme(
        pred, gt, visible, np.tile(normalizers[:, None], (1, 2))
    )
    errors = keypoint_errors(pred, gt)
    pooled = pooled_nme(errors, visible, normalizers)
    assert pooled == pytest.approx(expected, rel=1e-6)
    assert pooled != pytest.approx(
        face_nme(errors, visible, normalizers).mean(), rel=1e-4
    )


def test_pooled_nme_refuses_zero_normalizers():
    message = '^normalisers must be positive and finite$'
    with pytest.raises(ValueError, match=message):
        pooled_nme(np.ones((2, 1)), np.ones((2, 1), bool), np.array([1.0, 0]))


def test_face_faults_name_the_reason():
    gt = np.zeros((5, 2, 2))
    gt[1, 0] = np.nan
    gt[2, 1] = np.nan  # not visible: harmless
    visible = np.ones((5, 2), dtype=bool)
    visible[2, 1] = False
    visible[3] = False
    faults = face_faults(gt, visible, np.array([1.0, 1.0, 1.0, 1.0, 0.0]))
    assert faults.tolist() == [
        '',
        'ground truth not finite',
        '',
        'no visible keypoint',
        'normaliser zero, not finite or not annotated',
    ]
