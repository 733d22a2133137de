"""One face with an occluder at several places."""

from mmpose_scgcn.analysis.face import (
    CoveredFace,
    change_summary,
    cover_image,
)

import numpy as np
import pytest

NEIGHBORS = np.array([[0, 1], [1, 0], [2, 1]])
BEFORE = np.array([[0.5, 0.5], [0.9, 0.1], [0.6, 0.4]])


def make_face(**changes):
    """Three keypoints, the second one covered at the first of two places."""
    image = np.full((80, 100, 3), 200, np.uint8)
    after = np.repeat(BEFORE[None], 2, axis=0)
    after[0, [0, 2], 1] -= 0.05, 0.1
    fields = dict(
        image=image,
        keypoints=np.array([[30.0, 20.0], [70.0, 20.0], [70.0, 60.0]]),
        neighbors=NEIGHBORS,
        before=BEFORE,
        covers=[image] * 2,
        rectangles=np.array([[60, 10, 80, 30], [0, 0, 9, 9]]),
        after=after,
    )
    return CoveredFace(**{**fields, **changes})


def test_the_means_of_edges_out_of_covered_keypoints():
    change = np.array([[0.0, -2.0], [0.0, 1.0], [0.0, -4.0]])
    covered = np.array([False, True, False])
    assert change_summary(change, NEIGHBORS, covered) == (-3.0, 1.0, 2)
    leaving, others, count = change_summary(change, NEIGHBORS, covered & False)
    assert np.isnan(leaving) and count == 0
    assert others == pytest.approx(-5 / 3)


def test_which_keypoints_are_covered_and_what_changes():
    face = make_face()
    assert face.covered.tolist() == [[False, True, False], [False] * 3]
    np.testing.assert_allclose(face.changes[0, :, 1], [-5, 0, -10])
    assert not face.changes[1].any()


def test_it_is_said_in_how_many_places_they_lose():
    told = make_face().describe()
    assert told.startswith('1 of 2 places cover keypoints; in 1 of them')
    away = np.zeros((2, 4), int)
    assert make_face(rectangles=away).describe() == (
        'The occluder covers no keypoint'
    )


def test_lengths_that_differ_are_refused():
    for change in (
        dict(covers=[]),
        dict(rectangles=np.zeros((3, 4), int)),
        dict(covers=[], rectangles=[], after=np.zeros((0, 3, 2))),
    ):
        with pytest.raises(ValueError, match=r'as many .* got \d, \d and \d'):
            make_face(**change)


def test_a_rectangle_is_painted_on_a_copy():
    image = np.full((9, 9, 3), 200, np.uint8)
    covered = cover_image(image, np.array([1, 2, 4, 8]))
    assert (image == 200).all()
    assert (covered[2:8, 1:4] == 128).all()
    assert (covered != 200).all(-1).sum() == 6 * 3
