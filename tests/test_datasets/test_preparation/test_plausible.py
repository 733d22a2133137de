from dataclasses import replace

from mmpose_scgcn.datasets.preparation import Source
from mmpose_scgcn.datasets.preparation.plausible import find_implausible
from mmpose_scgcn.datasets.preparation.records import Face

import numpy as np
import pytest

SHAPE = np.array([[30.0, 40], [60, 41], [45, 60], [38, 75], [52, 74]])
SIZE = (100, 100)


def face_of(points, box=None, number=0):
    flags = np.ones(len(points), dtype=int)
    return Face(f'{number}.png', points, flags, 'row 1', '', box=box)


def find(*faces, origin=0, expected=None):
    faces = [replace(f, file=f'{i}.png') for i, f in enumerate(faces)]
    source = Source('faces', dict(test=faces), origin=origin)
    source.expected = expected or {}
    sizes = {face.file: SIZE for face in faces}
    return find_implausible(source, sizes)


def kinds(problems):
    return [problem.kind for problem in problems]


def test_a_face_that_is_right():
    assert find(face_of(SHAPE, (25, 30, 65, 80))) == []
    # Outside of the image, as in official files, but near the face.
    assert find(face_of(SHAPE + 45)) == []


def test_one_face_of_a_pixel():
    (problem,) = find(face_of(SHAPE), face_of(SHAPE / 50 + 40))
    assert problem.kind == 'face smaller than 4 px'
    assert problem.text == '1.png (row 1): 0.7 px'
    assert problem.serious


def test_a_face_beside_its_image():
    (problem,) = find(face_of(SHAPE + 200))
    assert problem.kind == 'no keypoint inside the image'


@pytest.mark.parametrize('value', ([-999, 20], [-300, -250], [4000, 4000]))
def test_a_keypoint_far_away(value):
    points = SHAPE.copy()
    points[2] = value
    (problem,) = find(face_of(points), face_of(SHAPE))
    assert problem.kind == 'keypoint outside the image and far from its face'
    assert f'({value[0]}, {value[1]})' in problem.text
    assert ('--missing=negative' in problem.text) == (value[0] < 0)


@pytest.mark.parametrize(
    ('box', 'kind'),
    (
        ((70, 0, 99, 30), 'given box that does not hold the keypoints'),
        ((30, 40, 10, 20), 'given box without an area'),  # x, y, w, h
        ((30, 40, 35, 45), 'given box that does not hold the keypoints'),
    ),
)
def test_a_box_that_is_not_the_faces(box, kind):
    (problem,) = find(face_of(SHAPE, box))
    assert problem.kind == kind
    assert problem.serious


def test_boxes_whose_corners_are_called_sizes():
    corners = face_of(SHAPE, (28, 38, 28 + 64, 38 + 80))
    (problem,) = find(*3 * [corners])
    assert problem.kind.startswith('given boxes whose width and height seem')
    assert problem.text.startswith('3 of 3 boxes reach out of their image')
    # Large faces may reach out of their images, others are elsewhere.
    large, right = (10, 20, 90, 110), (55, 20, 105, 110)
    beside = SHAPE + np.array([30, 0])
    faces = [face_of(SHAPE, large), face_of(beside, right)]
    assert find(*3 * faces) == []


def test_official_sets_are_told_but_not_stopped():
    (problem,) = find(face_of(SHAPE, (70, 0, 99, 30)), expected=dict(test=1))
    assert not problem.serious


def clipped(low, high):
    """Faces kept inside images, some with a keypoint on each edge."""
    edges = np.array([[low, 50], [high, 20], [40, high], [30, low], [60, 60]])
    return [face_of(SHAPE), *[face_of(edges + 0.0) for _ in range(3)]]


@pytest.mark.parametrize(
    ('low', 'high', 'origin', 'other'),
    ((0, 99, 0, None), (1, 100, 0, 1), (0, 99, 1, 0), (1, 100, 1, None)),
)
def test_what_pixels_count_from(low, high, origin, other):
    faces = clipped(low, high)
    faces = [replace(f, keypoints=f.keypoints - origin) for f in faces]
    problems = find(*faces, origin=origin)
    if other is None:
        assert problems == []
    else:
        assert f'say --origin {other}' in problems[0].text


def test_faces_that_go_beyond_their_image_tell_no_origin():
    beyond = face_of(SHAPE + np.array([45, 0]))
    assert find(*clipped(1, 100), beyond) == []


def test_all_x_before_all_y_is_a_diagonal():
    angle = np.linspace(0, np.pi, 30)
    x, y = 50 + 30 * np.cos(angle), 20 + 40 * np.sin(angle)
    misread = np.concatenate([x, y]).reshape(-1, 2)
    assert kinds(find(face_of(misread))) == [
        'keypoints that lie on a diagonal line'
    ]
    assert find(face_of(np.stack([x, y], axis=1))) == []
