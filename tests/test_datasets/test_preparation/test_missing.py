from dataclasses import replace

from mmpose_scgcn.datasets.preparation import Source
from mmpose_scgcn.datasets.preparation.missing import (
    mark_missing,
    parse_missing,
)
from mmpose_scgcn.datasets.preparation.records import Face

import numpy as np
import pytest

SHAPE = np.array([[30.0, 40.0], [60, 41], [45, 60], [46, 75]])


def source_with(value, count=1, origin=0):
    """Twenty faces; one keypoint of the first ``count`` has a value."""
    faces = []
    for number in range(20):
        points = SHAPE + number / 10
        if number < count:
            points[2] = np.array(value) - origin
        flags = np.ones(4, dtype=int)
        faces.append(Face(f'{number}.png', points, flags, '', str(number)))
    return Source('faces', dict(trainval=faces), origin=origin)


def absent(source):
    return sum(int((face.flags == 0).sum()) for face in source.faces)


@pytest.mark.parametrize('origin', (0, 1))
@pytest.mark.parametrize('value', ((0, 0), (-1, -1), (-999, -999)))
def test_values_outside_a_face_are_told(value, origin):
    told = mark_missing(source_with(value, 4, origin), parse_missing('auto'))
    assert absent(told) == 4
    (problem,) = told.problems
    assert f'({value[0]}, {value[0]}) of 4 keypoints' in problem.text
    assert not problem.serious


def test_one_such_keypoint_is_told_but_serious():
    told = mark_missing(source_with((0, 0)), parse_missing('auto'))
    assert absent(told) == 1
    assert told.problems[0].serious
    assert '--missing=none' in told.problems[0].text


@pytest.mark.parametrize(('count', 'expected'), ((2, 0), (3, 3)))
def test_large_values_are_told_if_repeated(count, expected):
    told = mark_missing(
        source_with((9999, 9999), count), parse_missing('auto')
    )
    assert absent(told) == expected


def test_values_that_faces_have_are_keypoints():
    for value in ((45, 45), (50, 50), (0, 45), (-3, -4)):
        told = mark_missing(source_with(value, 5), parse_missing('auto'))
        assert absent(told) == 0
    centred = source_with((0, 0), 5)
    faces = [
        replace(
            face, keypoints=face.keypoints - [45, 55] * (face.keypoints != 0)
        )
        for face in centred.faces
    ]
    source = Source('faces', dict(trainval=faces))
    assert absent(mark_missing(source, parse_missing('auto'))) == 0


@pytest.mark.parametrize(
    ('text', 'expected'),
    (('none', 0), ('0', 0), ('-1', 5), ('0,-1', 5), ('negative', 5)),
)
def test_the_user_says_what_means_missing(text, expected):
    told = mark_missing(source_with((-1, -1), 5), parse_missing(text))
    assert absent(told) == expected
    assert not told.problems


def test_negative_needs_one_coordinate_only():
    told = mark_missing(source_with((-5, 20), 5), parse_missing('negative'))
    assert absent(told) == 5


def test_other_words_are_refused():
    with pytest.raises(ValueError, match=r'auto, none, or values .*some'):
        parse_missing('some')


def test_a_face_in_two_splits_stays_one():
    source = source_with((0, 0), 4)
    splits = dict(a=source.splits['trainval'], b=source.splits['trainval'])
    told = mark_missing(replace(source, splits=splits), parse_missing('0'))
    assert len(told.faces) == 20


def test_a_face_without_any_keypoint_tells_nothing():
    source = source_with((0, 0), 2)
    empty = replace(source.faces[9], keypoints=np.zeros((4, 2)))
    source.splits['trainval'][9] = empty
    told = mark_missing(source, parse_missing('auto'))
    assert absent(told) == 2 + 4
