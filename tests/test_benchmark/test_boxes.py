"""The benchmark of detectors' boxes: what a row is made of."""

import runpy

from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.datasets.transforms import PerturbFace
from mmpose_scgcn.structures.conventions import WFLW_AS_300W

import numpy as np
import pytest


@pytest.fixture(scope='module')
def boxes(root):
    return runpy.run_path(str(root / 'benchmarks/boxes.py'))


@pytest.fixture
def faces():
    """Forty faces whose eye corners are 100 px apart, errors of 1 to 40 px."""
    rng = np.random.default_rng(0)
    truth = rng.uniform(0, 200, (40, 68, 2))
    truth[:, 36], truth[:, 45] = (50, 100), (150, 100)
    errors = rng.permutation(40) + 1.0
    found = truth + [1, 0] * errors[:, None, None]
    return truth, found, errors


def judge(boxes, truth, found, scores):
    return boxes['judge'](found, scores, annotated(boxes, truth))


def annotated(boxes, truth):
    count = len(truth)
    around = np.tile(np.float32([0, 0, 200, 100]), (count, 1))
    visible = np.ones(truth.shape[:2], bool)
    ids = list(range(5, count + 5))
    return boxes['Faces']([''] * count, truth, visible, around, ids)


def test_shifted_boxes_are_those_of_the_suites(boxes, faces):
    faces = annotated(boxes, faces[0])
    shifted = boxes['find_boxes']('shifted-10', faces)
    steps = shifted - faces.boxes
    np.testing.assert_allclose(steps[:, :2], steps[:, 2:], atol=1e-4)
    lengths = np.linalg.norm(steps[:, :2], axis=1)
    np.testing.assert_allclose(lengths, 20, rtol=1e-5)
    face = dict(
        id=7,
        img=np.zeros((9, 9, 3), np.uint8),
        keypoints=faces.keypoints[2:3],
        bbox=faces.boxes[2:3],
    )
    same = PerturbFace(shift=0.1, occlusion=0.3)(face)['bbox']
    np.testing.assert_allclose(shifted[2:3], same)
    assert boxes['find_boxes']('annotation', faces) is faces.boxes


def test_a_missed_face_has_failed_but_has_no_error(boxes, faces):
    truth, found, errors = faces
    found[errors <= 4] = np.nan
    scores = np.ones((40, 68))
    row = judge(boxes, truth, found, scores)
    assert row['missed'] == 4 and row['faces'] == 40
    assert row['NME'] == pytest.approx(errors[errors > 4].mean())
    assert row['FR@0.10'] == pytest.approx(100 * (30 + 4) / 40)


def test_scores_that_know_the_errors_rank_at_best(boxes, faces):
    truth, found, errors = faces
    scores = np.tile(-errors[:, None], (1, 68))
    row = judge(boxes, truth, found, scores)
    assert row['low_scores'] == pytest.approx(row['low_scores_at_best'])
    assert row['low_scores'] == pytest.approx(
        38.5 / errors[errors < 37].mean()
    )
    wrong = judge(boxes, truth, found, -scores)
    assert wrong['low_scores'] < 1


def test_the_98_points_give_the_68_as_in_training(root):
    cfg = read_config(
        str(root / 'benchmarks/configs/synthetic_cnn6_64x64.py'), {}
    )
    (converter,) = [
        step
        for step in cfg.train_dataloader.dataset.pipeline
        if step['type'] == 'KeypointConverter'
    ]
    mapping = [(source, k) for k, source in enumerate(WFLW_AS_300W)]
    assert [tuple(pair) for pair in converter['mapping']] == mapping
