"""What ``tools/draw_predictions.py --norm`` takes."""

import argparse
import runpy

import pytest


@pytest.fixture(scope='module')
def tool(root):
    return runpy.run_path(str(root / 'tools/draw_predictions.py'))


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('inter_ocular', 'inter_ocular'),
        ('36-45', ((36,), (45,))),
        ('((36, 39), (42, 45))', ((36, 39), (42, 45))),
    ],
)
def test_normalisers(tool, text, expected):
    assert tool['norm'](text) == expected


@pytest.mark.parametrize('text', ['(36', '((36,), (x,))', '[36'])
def test_what_is_no_normaliser(tool, text):
    with pytest.raises(argparse.ArgumentTypeError, match='expected two keyp'):
        tool['norm'](text)


def test_keypoints_that_are_not_there_are_told(tool):
    tool['check_norm'](((2,), (11,)), 12)
    tool['check_norm']('box_size', 12)
    with pytest.raises(ValueError, match='from 0 to 11, got 99'):
        tool['check_norm'](((2,), (99,)), 12)
