from mmpose_scgcn.structures import Faces
from mmpose_scgcn.tracking import OneEuroFilter
from mmpose_scgcn.tracking.track import Track, are_believable, join_faces

import numpy as np
import pytest

SIZE = 200, 100  # of the image, px
BOX = np.array([20, 30, 60, 80], np.float32)


def face(box=BOX, score=0.9, keypoints=6):
    """Keypoints along the diagonal of a box."""
    low, high = np.reshape(box, (2, 2))
    points = np.linspace(low, high, keypoints, dtype=np.float32)
    return Faces(
        points[None],
        np.full((1, keypoints), score, np.float32),
        np.float32(box)[None],
        np.ones(1, np.float32),
    )


def is_believable(found, looked_for=BOX, min_score=0.3):
    boxes = np.float32(looked_for)[None]
    return bool(are_believable(found, boxes, SIZE, min_score)[0])


def test_a_face_where_it_was_looked_for_is_believable():
    assert is_believable(face())


@pytest.mark.parametrize(
    ('found', 'looked_for'),
    [
        ([20, 30, 60, 80], [55, 30, 95, 80]),  # jumped
        ([25, 35, 55, 75], [0, 5, 81, 96]),  # shrank
        ([0, 5, 81, 96], [25, 35, 55, 75]),  # grew
        ([20, 30, 23, 80], [20, 30, 23, 80]),  # collapsed
        ([-30, 30, 20, 80], [-30, 30, 20, 80]),  # mostly outside
        ([210, 30, 250, 80], [210, 30, 250, 80]),  # outside
    ],
)
def test_faces_that_are_not_believable(found, looked_for):
    assert not is_believable(face(found), looked_for)


@pytest.mark.parametrize('score', [0.29, np.nan])
def test_a_face_must_score(score):
    assert not is_believable(face(score=score))


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_keypoints_must_be_finite(value):
    broken = face()
    broken.keypoints[0, 2, 1] = value
    assert not is_believable(broken)


def test_a_steady_face_is_expected_where_it_will_be():
    track = Track(0, face(), 1.0, time_s=0.0)
    track.follow(face(BOX + 4), time_s=0.1)
    np.testing.assert_allclose(track.expected_box(0.15), BOX + 6, rtol=1e-6)


@pytest.mark.parametrize(('period', 'better'), [(12, True), (5, False)])
def test_expecting_motion_pays_for_slow_sways(period, better):
    """The limit is six frames for one sway."""
    track = Track(0, face(), 1.0, time_s=0.0)
    expected, last = [], []
    for frame in range(1, 10 * period):
        box = BOX + 20 * np.sin(2 * np.pi * frame / period)
        expected.append(np.square(track.expected_box(frame) - box).mean())
        last.append(np.square(track.box - box).mean())
        track.follow(face(box), time_s=frame)
    assert (np.mean(expected) < np.mean(last)) == better


def test_a_face_that_was_found_again_is_not_expected_to_move():
    track = Track(0, face(), 1.0, time_s=0.0)
    track.follow(face(BOX + 4), time_s=0.1)
    track.lost, track.doubt = True, 2
    track.find(face(BOX), time_s=0.3)
    assert (track.lost, track.doubt) == (False, 0)
    np.testing.assert_array_equal(track.expected_box(0.4), BOX)


def test_joining_keeps_what_a_face_has_and_what_all_share():
    first, second = face(), face(BOX + 7)
    extra = dict(neighbors=np.zeros((6, 3), int), links=((0, 1),))
    parts = [
        Faces(
            one.keypoints,
            one.scores,
            one.boxes,
            one.box_scores,
            edges=np.full((1, 6, 3), number, np.float32),
            **extra,
        )
        for number, one in enumerate((first, second))
    ]
    joined = join_faces(parts)
    assert len(joined) == 2
    np.testing.assert_array_equal(joined.keypoints[1], second.keypoints[0])
    np.testing.assert_array_equal(joined.edges[:, 0, 0], [0, 1])
    assert joined.neighbors is extra['neighbors']
    assert joined.links == ((0, 1),)
    assert joined.ids is None


def test_an_adapted_face_of_one_keypoint_is_smoothed():
    """Its size is that of the box that the model finds."""
    track = Track(0, one_point(), 0.9, 0.0, smooth=OneEuroFilter())
    first = track.report().keypoints
    track.follow(one_point(2.0), 0.04)
    second = track.report().keypoints
    assert first.tolist() == [[[40, 50]]]
    assert 40 < second[0, 0, 0] < 42


def one_point(right=0.0):
    return Faces(
        np.float32([[[40 + right, 50]]]),
        np.ones((1, 1), np.float32),
        BOX[None],
        np.ones(1, np.float32),
        source_boxes=BOX[None] + right * np.float32([1, 0, 1, 0]),
    )
