from mmpose_scgcn.synthetic.face import make_face
from mmpose_scgcn.synthetic.lines import divide_evenly

import numpy as np
import pytest

# Upper edge of a brow, the bridge of the nose.
# A bend between two points shortens the chord over it, in brows alone.
EVEN = [
    (range(33, 38), 0.06),
    (range(42, 47), 0.06),
    (range(51, 55), 0.01),
]


def shares(points, line):
    """Where the points between the ends lie, part of the line's length."""
    steps = np.linalg.norm(np.diff(points[list(line)], axis=0), axis=1)
    return np.cumsum(steps)[:-1] / steps.sum()


def test_ends_stay_and_distances_become_equal():
    line = np.array([[0, 0], [1, 0], [4, 0], [4, 5.0]])
    even = divide_evenly(line)
    np.testing.assert_allclose(even, [[0, 0], [3, 0], [4, 2], [4, 5]])


def test_points_in_one_place_stay_there():
    line = np.full((4, 2), 3.0)
    np.testing.assert_array_equal(divide_evenly(line), line)


@pytest.mark.parametrize(('line', 'most'), EVEN)
def test_lines_of_drawn_faces_are_divided_evenly(line, most):
    even = np.arange(1, len(line) - 1) / (len(line) - 1)
    for index in range(12):
        points = make_face(3, index, size=64).keypoints
        np.testing.assert_allclose(shares(points, line), even, atol=most)


def test_bridges_of_real_noses_are_divided_in_thirds(scgcn_data):
    """Which is why the drawn ones are."""
    with np.load(
        scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    ) as file:
        shapes = file['keypoints'].astype(float)
    found = np.array([shares(points, range(51, 55)) for points in shapes])
    np.testing.assert_allclose(found.mean(0), [1 / 3, 2 / 3], atol=0.015)
    assert (found.std(0) < 0.025).all()
