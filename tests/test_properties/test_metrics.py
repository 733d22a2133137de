"""What the metric promises for any faces, errors and thresholds."""

import sys
import tempfile
from pathlib import Path

from mmpose_scgcn.evaluation.functional import (
    ced_auc,
    ced_curve,
    face_normalizers,
    failure_rate,
    pooled_nme,
    read_face_results,
    score_faces,
    summarize_scores,
    write_face_results,
)
from tests.test_properties.strategies import SEEDS, arrays, similarities

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

THRESHOLDS = st.floats(1e-3, 1)
#: Errors of faces, some of them no number of a face.
NMES = hnp.arrays(
    np.float64,
    st.integers(1, 30),
    elements=st.floats(0, 2) | st.just(np.inf) | st.just(0.0),
)


@st.composite
def predictions(draw):
    """Predictions and truth (N, K, 2), and what is visible (N, K)."""
    size = draw(st.integers(1, 6)), draw(st.integers(2, 9))
    rng = np.random.default_rng(draw(SEEDS))
    truth = 200 * rng.random((*size, 2))
    error = 10.0 ** draw(st.integers(-6, 3)) * rng.normal(size=(*size, 2))
    visible = rng.random(size) < draw(st.sampled_from([1.0, 0.6]))
    visible[:, :2] = True  # they are what errors are divided by
    found = truth + error
    found[rng.random(size) < draw(st.sampled_from([0.0, 0.1]))] = np.nan
    return found, truth, visible


def scores_of(found, truth, visible):
    boxes = np.zeros((len(truth), 4))
    by = face_normalizers(((0,), (1,)), truth, visible, boxes)
    return score_faces(found, truth, visible, by)


@given(faces=predictions(), move=similarities(reflect=True))
def test_nme_stays_where_images_are_turned_scaled_or_mirrored(faces, move):
    found, truth, visible = faces
    apply, _ = move
    np.testing.assert_allclose(
        scores_of(apply(found), apply(truth), visible).nme,
        scores_of(*faces).nme,
        rtol=1e-5,
        atol=1e-9,
    )


@given(faces=predictions(), factor=st.floats(0.01, 100), seed=SEEDS)
def test_nme_by_its_definition(faces, factor, seed):
    found, truth, visible = faces
    scores = scores_of(*faces)
    error = np.linalg.norm(found - truth, axis=-1)
    distance = np.linalg.norm(truth[:, 0] - truth[:, 1], axis=-1)
    expected = [
        np.where(np.isnan(e[v]), np.inf, e[v]).mean() / d
        for e, v, d in zip(error, visible, distance, strict=True)
    ]
    np.testing.assert_allclose(scores.nme, expected, rtol=1e-9)
    # Errors are of the first degree, and hidden keypoints do not count.
    further = truth + factor * (found - truth)
    np.testing.assert_allclose(
        scores_of(further, truth, visible).nme, factor * scores.nme, rtol=1e-6
    )
    junk = np.where(visible[..., None], found, np.inf)
    np.testing.assert_array_equal(
        scores_of(junk, truth, visible).nme, scores.nme
    )
    perfect = scores_of(truth, truth, visible)
    assert (perfect.nme == 0).all()
    order = np.random.default_rng(seed).permutation(len(truth))
    assert summarize_scores(
        scores.select(order), (0.08,), 0.1
    ) == pytest.approx(summarize_scores(scores, (0.08,), 0.1), nan_ok=True)
    low, high = scores.nme.min(), scores.nme.max()
    pooled = pooled_nme(scores.errors, visible, scores.normalizers)
    assert low * (1 - 1e-9) <= pooled <= high * (1 + 1e-9)


@given(nme=NMES, data=st.data())
def test_ced_fr_and_auc_are_of_one_curve(nme, data):
    small, large = sorted(data.draw(st.tuples(THRESHOLDS, THRESHOLDS)))
    at = np.sort(data.draw(arrays(20, 0, 3)))
    curve = ced_curve(nme, at)
    assert (np.diff(curve) >= 0).all()
    assert curve.min() >= 0 and curve.max() <= 1
    assert ced_curve(nme, np.array([np.inf]))[0] == 1
    for threshold in (small, large):
        assert failure_rate(nme, threshold) == pytest.approx(
            1 - ced_curve(nme, np.array([threshold]))[0]
        )
    # The area under a step function, step by step.
    steps = np.unique([0.0, large, *nme[nme < large]])
    area = (ced_curve(nme, steps[:-1]) * np.diff(steps)).sum() / large
    assert ced_auc(nme, large) == pytest.approx(area, abs=1e-9)
    assert ced_auc(nme, small) <= ced_auc(nme, large) + 1e-12
    assert failure_rate(nme, large) <= failure_rate(nme, small)
    better = np.append(nme, 0.0)
    assert ced_auc(better, small) >= ced_auc(nme, small)
    assert failure_rate(better, small) <= failure_rate(nme, small)


# Python 3.10 writes no tables with zero characters, and says so.
_WITHOUT = '\0' if sys.version_info < (3, 11) else ''
TEXTS = st.text(
    st.characters(exclude_categories=['Cs'], exclude_characters=_WITHOUT),
    max_size=12,
)


@given(data=st.data())
def test_results_of_faces_are_read_as_they_were_written(data):
    count = data.draw(st.integers(0, 4))

    def column(values):
        return data.draw(st.lists(values, min_size=count, max_size=count))

    numbers = st.floats(allow_nan=True, allow_infinity=True)
    columns = dict(
        id=column(TEXTS),
        img_path=column(TEXTS),
        nme=column(numbers),
        normalizer=column(numbers),
        num_visible=column(st.integers(0, 10**6)),
        fault=column(TEXTS),
    )
    columns['subset:hard'] = column(st.booleans())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'faces.csv')
        write_face_results(path, columns)
        found = read_face_results(path)
    assert list(found) == list(columns)
    for name, values in columns.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)
