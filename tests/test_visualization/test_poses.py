from mmpose_scgcn.shapes import PoseAxis
from mmpose_scgcn.visualization import plot_poses

import cv2
import numpy as np
import pytest

AXIS = PoseAxis(
    coefficients=np.array([-0.5, 0.0, 0.5]),
    mean=np.array([[-0.5, -0.5], [0.5, -0.5], [0.0, 0.5]]),
    direction=np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]),
    share=0.5,
)
EDGES = np.array([-0.5, 0.0, 0.5])
COUNTS = np.array([1, 3])
COLORS = dict(left=(200, 40, 40), right=(40, 200, 40))
BAR_BEFORE, BAR_AFTER = (0x97, 0x6F, 0x2A), (0x3C, 0x88, 0xE0)


def draw(path, faces, after=(3, 3)):
    plot_poses(AXIS, EDGES, COUNTS, np.array(after), faces, path, 'title')
    return cv2.imread(str(path)).astype(int)


def where(picture, bgr):
    return np.nonzero(np.abs(picture - bgr).max(axis=-1) < 8)


def tile(bgr):
    return np.full((16, 16, 3), bgr, dtype=np.uint8)


def test_faces_stand_in_the_column_of_their_bin(tmp_path):
    left, right = COLORS.values()
    faces = [[tile(left)], [tile(right), tile(right)]]
    picture = draw(tmp_path / 'poses.png', faces)
    (y_left, x_left), (y_right, x_right) = (
        where(picture, color) for color in (left, right)
    )
    assert x_left.max() <= x_right.min()
    assert y_left.min() == pytest.approx(y_right.min(), abs=2)
    # Two faces below each other in the right column, one in the left.
    assert len(x_right) == pytest.approx(2 * len(x_left), rel=0.05)


def test_bars_are_as_high_as_their_counts(tmp_path):
    picture = draw(tmp_path / 'poses.png', [[], []], after=(3, 2))
    before, after = (where(picture, c) for c in (BAR_BEFORE, BAR_AFTER))
    areas = [len(before[0]) / 4, len(after[0]) / 5]
    # The same area per sample, but for the squares of the legend.
    assert areas[0] == pytest.approx(areas[1], rel=0.1)


def test_a_set_without_examples_is_drawn_too(tmp_path):
    draw(tmp_path / 'poses.png', [[], []])
    assert (tmp_path / 'poses.png').stat().st_size > 5000
