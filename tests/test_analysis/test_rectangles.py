from mmpose_scgcn.analysis import (
    draw_rectangle,
    grid_rectangles,
    points_inside,
)

import numpy as np
import pytest


@pytest.mark.parametrize('area', [0.05, 0.2, 0.9, 1.0])
def test_a_random_rectangle_has_its_area_and_is_inside(area):
    rng = np.random.default_rng(0)
    found = np.array(
        [draw_rectangle((200, 100), area, rng) for _ in range(99)]
    )
    assert found.min() >= 0
    assert (found <= (200, 100, 200, 100)).all()
    sides = found[:, 2:] - found[:, :2]
    np.testing.assert_allclose(
        sides.prod(axis=1) / 20000, area, atol=0.015, rtol=0
    )
    if area == 0.05:
        assert np.ptp(sides[:, 0]) > 40 and np.ptp(found[:, 0]) > 100


def test_a_rectangle_covers_the_pixels_that_are_painted():
    image = np.zeros((20, 20), bool)
    left, top, right, bottom = rectangle = np.array([3, 5, 9, 12])
    image[top:bottom, left:right] = True
    points = np.stack(np.meshgrid(range(20), range(20)), axis=-1)
    np.testing.assert_array_equal(points_inside(points, rectangle), image)
    assert not points_inside(np.array([np.nan, 6.0]), rectangle)


def test_the_places_of_a_grid():
    found = grid_rectangles((10, 20, 49, 99), 2, 0.5, (100, 200))
    assert found.tolist() == [
        [10, 20, 31, 61],
        [30, 20, 50, 61],
        [10, 60, 31, 100],
        [30, 60, 50, 100],
    ]


def test_a_grid_reaches_the_outermost_keypoints():
    box = np.array([10.4, 20.7, 49.6, 98.2])
    places = grid_rectangles(box, 3, 0.3, (100, 200))
    assert points_inside(box[:2], places[0])
    assert points_inside(box[2:], places[-1])


def test_a_single_place_is_the_middle_and_ends_at_the_image():
    found = grid_rectangles((-10, 0, 29, 40), 1, 1.0, (20, 30))
    assert found.tolist() == [[0, 0, 20, 30]]
    middle = grid_rectangles((10, 20, 50, 100), 1, 0.5, (100, 200))
    assert middle.tolist() == [[20, 40, 41, 81]]


def test_values_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r'area: .* got 0'):
        draw_rectangle((5, 5), 0, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r'got 0 and 0\.5'):
        grid_rectangles((0, 0, 5, 5), 0, 0.5, (9, 9))
