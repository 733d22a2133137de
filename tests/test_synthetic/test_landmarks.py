from dataclasses import replace

from mmpose_scgcn.synthetic.landmarks import chart_landmarks
from mmpose_scgcn.synthetic.parameters import (
    Expression,
    Identity,
    sample_expression,
)
from mmpose_scgcn.synthetic.template import neutral_keypoints

import numpy as np
import pytest

REST, NOBODY = Expression(), Identity()


def test_no_identity_and_no_expression_is_the_template():
    points = chart_landmarks(NOBODY, REST)
    np.testing.assert_allclose(points, neutral_keypoints(), atol=1e-12)


def opening(points, top, bottom):
    return points[bottom, 1] - points[top, 1]


def test_closing_one_eye_leaves_the_other():
    points = chart_landmarks(NOBODY, replace(REST, close_left=1.0))
    rest = chart_landmarks(NOBODY, REST)
    assert opening(points, 62, 66) < 0.2 * opening(rest, 62, 66)
    assert opening(points, 70, 74) == opening(rest, 70, 74)


def test_opening_the_jaw_parts_the_inner_lips():
    points = chart_landmarks(NOBODY, replace(REST, jaw_open=1.0))
    rest = chart_landmarks(NOBODY, REST)
    assert opening(points, 90, 94) > opening(rest, 90, 94) + 0.15


def test_a_smile_widens_the_mouth_and_lifts_its_corners():
    points = chart_landmarks(NOBODY, replace(REST, smile=1.0))
    rest = chart_landmarks(NOBODY, REST)
    assert points[82, 0] > rest[82, 0] + 0.03
    assert points[82, 1] < rest[82, 1] - 0.05


@pytest.mark.parametrize('smile', [-0.5, 0.0, 1.0])
def test_closed_lips_touch(smile):
    points = chart_landmarks(NOBODY, Expression(smile=smile, closed=True))
    np.testing.assert_array_equal(points[[95, 94, 93], 1], points[89:92, 1])
    assert opening(points, 94, 85) > 0.02


def test_many_mouths_are_closed_and_none_with_an_open_jaw():
    rng = np.random.default_rng(0)
    faces = [sample_expression(rng) for _ in range(500)]
    closed = [face for face in faces if face.closed]
    assert 0.4 < len(closed) / len(faces) < 0.55
    assert all(face.jaw_open == 0 for face in closed)


@pytest.mark.parametrize('name', ['eye_distance', 'brow_height', 'lip_upper'])
def test_identity_is_symmetric(name):
    points = chart_landmarks(Identity(**{name: 1.5}), REST)
    rest = neutral_keypoints()
    assert np.abs(points - rest).max() > 0.01
    np.testing.assert_allclose(points[60], points[72] * [-1, 1], atol=1e-12)
    np.testing.assert_allclose(points[77], points[81] * [-1, 1], atol=1e-12)
    np.testing.assert_allclose(points[35], points[44] * [-1, 1], atol=1e-12)


@pytest.mark.parametrize('jaw', [0.0, 1.0])
@pytest.mark.parametrize('lip', [-2.2, 2.2])
def test_lips_never_turn_inside_out(jaw, lip):
    identity = Identity(lip_upper=lip, lip_lower=lip, lip_fullness=lip)
    for smile in (-0.5, 1.0):
        points = chart_landmarks(
            identity, Expression(jaw_open=jaw, smile=smile)
        )
        column = points[[79, 90, 94, 85], 1]
        assert (np.diff(column) > 0).all(), column
