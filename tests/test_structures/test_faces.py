import re

from mmpose_scgcn.structures import Faces

import numpy as np
import pytest


def make_faces(count=3, points=5, **fields):
    rng = np.random.default_rng(0)
    return Faces(
        **{
            **dict(
                keypoints=rng.uniform(0, 50, (count, points, 2)),
                scores=rng.uniform(0, 1, (count, points)),
                boxes=rng.uniform(0, 50, (count, 4)),
                box_scores=rng.uniform(0, 1, count),
            ),
            **fields,
        }
    )


@pytest.fixture
def faces():
    return make_faces(
        ids=np.array([7, 8, 9]),
        image=np.zeros((4, 4, 3), np.uint8),
        edges=np.random.default_rng(1).uniform(0, 1, (3, 5, 2)),
        neighbors=np.array([[i, (i + 1) % 5] for i in range(5)]),
        links=((0, 1),),
    )


PER_FACE = ('keypoints', 'scores', 'boxes', 'box_scores', 'ids', 'edges')


@pytest.mark.parametrize(
    ('index', 'rows'),
    [
        (1, [1]),
        (-1, [2]),
        (np.int64(0), [0]),
        (slice(1, None), [1, 2]),
        (slice(None, None, -1), [2, 1, 0]),
        ([2, 0], [2, 0]),
        ([], []),
        ([False, True, False], [1]),
        (np.array([True, False, True]), [0, 2]),
    ],
)
def test_chosen_faces_keep_what_is_theirs(faces, index, rows):
    rows = np.array(rows, int)
    chosen = faces[index]
    for name in PER_FACE:
        np.testing.assert_array_equal(
            getattr(chosen, name), getattr(faces, name)[rows]
        )
    for name in ('image', 'neighbors', 'links'):
        assert getattr(chosen, name) is getattr(faces, name)


def test_what_is_not_there_stays_away():
    chosen = make_faces()[1:]
    assert chosen.ids is chosen.edges is chosen.image is None


def test_faces_are_walked_through_one_by_one(faces):
    assert [face.ids.tolist() for face in faces] == [[7], [8], [9]]
    with pytest.raises(IndexError):
        faces[3]


def test_no_faces_have_the_shapes_of_some():
    image = np.zeros((4, 4, 3), np.uint8)
    empty = Faces.empty(5, image)
    some = make_faces()
    assert (len(empty), len(some)) == (0, 3)
    for name in ('keypoints', 'scores', 'boxes', 'box_scores'):
        assert getattr(empty, name).shape == (
            0,
            *getattr(some, name).shape[1:],
        )
    assert empty.image is image
    assert repr(empty) == 'Faces(0 faces, 5 keypoints)'


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        (dict(keypoints=np.zeros((3, 5))), 'expected (N, K, 2), got (3, 5)'),
        (dict(keypoints=np.zeros((3, 5, 3))), 'got (3, 5, 3)'),
        (dict(scores=np.zeros((3, 4))), 'scores: expected (3, 5) for 3 faces'),
        (dict(boxes=np.zeros((2, 4))), 'boxes: expected (3, 4)'),
        (dict(box_scores=np.zeros((3, 1))), 'box_scores: expected (3,)'),
        (dict(ids=np.zeros(2)), 'ids: expected (3,)'),
        (dict(edges=np.zeros((3, 5, 2))), 'edges: expected neighbors'),
        (
            dict(edges=np.zeros((3, 4, 2)), neighbors=np.zeros((5, 2))),
            'edges: expected (3, 5, 2)',
        ),
        (
            dict(edges=np.zeros((3, 5, 2)), neighbors=np.zeros((5, 4))),
            'neighbors: expected (5, 2)',
        ),
    ],
)
def test_arrays_that_do_not_fit_together(fields, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make_faces(**fields)


def test_drawing_needs_the_image():
    with pytest.raises(ValueError, match='without an image'):
        make_faces().draw()
