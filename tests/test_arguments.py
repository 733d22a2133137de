"""Types of command line arguments."""

from argparse import ArgumentTypeError

from mmpose_scgcn import arguments

import pytest


@pytest.mark.parametrize(
    ('kind', 'text', 'value'),
    [
        ('positive_int', '1', 1),
        ('positive_int', ' 12 ', 12),
        ('natural_int', '0', 0),
        ('score', '0', 0.0),
        ('score', '1', 1.0),
        ('fraction', '1', 1.0),
        ('fraction', '1e-3', 0.001),
        ('positive_float', '2.5', 2.5),
        ('length_px', '1000', 1000.0),
        ('picture_file', 'faces.png', 'faces.png'),
        ('picture_file', 'new/faces.jpg', 'new/faces.jpg'),
    ],
)
def test_what_is_read(kind, text, value):
    read = getattr(arguments, kind)(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ('kind', 'text', 'expected'),
    [
        ('positive_int', '0', 'whole number of at least 1'),
        ('positive_int', '-1', 'whole number of at least 1'),
        ('positive_int', '1.0', 'whole number of at least 1'),
        ('positive_int', 'two', 'whole number of at least 1'),
        ('positive_int', '', 'whole number of at least 1'),
        ('natural_int', '-1', 'whole number of at least 0'),
        ('score', '1.01', 'from 0 to 1'),
        ('score', '-0.1', 'from 0 to 1'),
        ('score', 'nan', 'from 0 to 1'),
        ('score', 'much', 'from 0 to 1'),
        ('fraction', '0', 'above 0, at most 1'),
        ('fraction', '1.5', 'above 0, at most 1'),
        ('positive_float', '0', 'above 0'),
        ('positive_float', 'inf', 'above 0'),
        ('positive_float', 'nan', 'above 0'),
        ('length_px', '0', 'above 0, at most 1000'),
        ('length_px', '1001', 'above 0, at most 1000'),
        ('picture_file', 'faces.txt', 'must be a picture'),
        ('picture_file', 'faces', 'must be a picture'),
    ],
)
def test_what_is_refused(kind, text, expected):
    with pytest.raises(ArgumentTypeError) as error:
        getattr(arguments, kind)(text)
    assert expected in str(error.value)
    assert text in str(error.value)
