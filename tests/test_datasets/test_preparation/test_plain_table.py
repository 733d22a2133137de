"""Tables without names: what is told to be no x, y, x, y, ..."""

from pathlib import Path

from mmpose_scgcn.datasets.preparation.columns import plain_columns
from mmpose_scgcn.datasets.preparation.plain_table import check_plain

import numpy as np
import pytest

FACE = np.array(
    [
        *([30, 40], [43, 40], [54, 41], [66, 40]),
        *([48, 54], [37, 66], [57, 66], [47, 77]),
    ]
)


def check(values):
    """Look at (N, 2K) numbers of a table."""
    numbers = np.column_stack([np.full(len(values), np.nan), values])
    check_plain(numbers, plain_columns(numbers.shape[1]), Path('t.csv'))


def faces(keypoints=range(8), count=20):
    points = FACE[list(keypoints)]
    return points + np.random.default_rng(0).normal(
        0, 1, (count, *points.shape)
    )


def apart(points):
    """All x before all y."""
    return points.transpose(0, 2, 1).reshape(len(points), -1)


@pytest.mark.parametrize('keypoints', [range(8), (0, 1, 2, 7, 5)], ids=len)
def test_all_x_before_all_y(keypoints):
    points = faces(keypoints)
    check(points.reshape(20, -1))
    with pytest.raises(ValueError) as error:
        check(apart(points))
    assert str(error.value) == (
        't.csv: expected columns name, x0, y0, x1, y1, ..., but all x seem '
        'to stand before all y: give the table a header, such as '
        'name,x0,x1,...,y0,y1,... (or name,x0,y0,... if it is right)'
    )


def test_four_keypoints_say_nothing():
    check(apart(faces((0, 1, 2, 7))))


def test_keypoints_that_are_not_annotated_say_nothing():
    values = apart(faces())
    values[:, 5] = np.nan
    values[:3] = np.nan
    with pytest.raises(ValueError, match='all x seem to stand before'):
        check(values)


def test_keypoints_on_a_diagonal_say_nothing():
    row = np.array([30, 43, 54, 66, 48, 37, 57, 47, 61, 39, 52, 44])
    check(np.repeat(row, 2)[None])


def depths(share, beside=0.0, value=-5.0):
    """x, y, z of two keypoints, z negative in some of 100 rows."""
    values = np.random.default_rng(0).uniform(40, 80, (100, 6))
    values[: round(100 * share), 2::3] = -9
    values[: round(100 * beside), 0] = value
    return values


@pytest.mark.parametrize(
    'values',
    [
        depths(0.3),
        depths(0.3, beside=0.03),
        depths(0.3, beside=0.5, value=0.0),
        depths(0.3, beside=0.5, value=0.5),
    ],
    ids=['clear', 'one x is outside', 'x at the edge', 'x near the edge'],
)
def test_depths_are_told(values):
    with pytest.raises(ValueError) as error:
        check(values)
    assert str(error.value) == (
        't.csv: expected columns name, x0, y0, x1, y1, ..., but every third '
        'number is negative again and again, as depths (z) are: give the '
        'table a header, such as name,x0,y0,z0,x1,y1,z1,...'
    )


@pytest.mark.parametrize(
    'values',
    [depths(0.1), depths(0.3, beside=0.3)],
    ids=['seldom', 'others too'],
)
def test_negative_numbers_alone_are_no_depths(values):
    check(values)


@pytest.mark.parametrize('value', [-2.0, 0.5, 2.0])
def test_a_column_of_flags_is_told(value):
    values = faces().reshape(20, -1)
    values[:, 5] = value
    with pytest.raises(ValueError, match='but column 7 has values of -2 to 2'):
        check(values)


@pytest.mark.parametrize('value', [-2.5, 2.5, np.nan])
def test_other_columns_are_coordinates(value):
    values = faces().reshape(20, -1)
    values[:, 5] = value
    check(values)


@pytest.mark.parametrize(('pixel', 'told'), [(9.9, False), (10.0, True)])
def test_faces_of_few_pixels_may_have_any_numbers(pixel, told):
    values = np.full((20, 16), pixel)
    values[:, 5] = 1.0
    if not told:
        check(values)
        return
    with pytest.raises(ValueError, match='column 7'):
        check(values)


def test_a_keypoint_that_is_never_annotated_is_no_flag():
    values = faces().reshape(20, -1)
    values[:, 4:6] = 0
    check(values)
    check(np.full((3, 16), np.nan))


def test_the_first_five_columns_of_flags_are_named():
    values = faces().reshape(20, -1)
    values[:, 1:13:2] = 1.0
    with pytest.raises(ValueError) as error:
        check(values)
    assert str(error.value) == (
        't.csv: expected coordinates in every column after the name, but '
        'column 3, 5, 7, 9, 11 has values of -2 to 2 only, as flags, '
        'confidences, scales and depths (z) have: give the table a header'
    )
