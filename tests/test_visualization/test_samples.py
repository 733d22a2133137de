from mmpose_scgcn.visualization.samples import (
    FIRST_COLOR,
    MIDDLE_COLOR,
    SECOND_COLOR,
    displayable,
    draw_crop,
    keypoint_weights,
)

import numpy as np


def make_results(**changes):
    """A black crop of 40 px, zoomed by 4, shifted by (4, 8) crop px."""
    points = np.array([[[6.0, 2], [26, 2], [16, 22]]])
    results = dict(
        img=np.zeros((40, 40, 3), np.uint8),
        keypoints=points,
        transformed_keypoints=points + np.array([4, 8]),
        keypoints_visible=np.ones((1, 3)),
        flip_indices=[1, 0, 2],
        bbox=np.array([[2.0, 0, 30, 30]]),
    )
    return {**results, **changes}


def color_at(tile, x, y):
    return tuple(tile[y, x].tolist())


def test_keypoints_in_the_colours_of_their_order():
    tile = draw_crop(make_results(), 160)
    assert color_at(tile, 40, 40) == FIRST_COLOR
    assert color_at(tile, 120, 40) == SECOND_COLOR
    assert color_at(tile, 80, 120) == MIDDLE_COLOR


def test_partners_are_joined_and_others_are_not():
    tile = draw_crop(make_results(), 160)
    assert tile[40, 75:85].min() > 40
    tile = draw_crop(make_results(flip_indices=[0, 1, 2]), 160)
    assert tile[40, 75:85].max() == 0


def test_the_box_moves_with_the_crop():
    tile = draw_crop(make_results(), 160)
    for x, y in ((24, 100), (136, 100), (60, 32), (60, 152)):
        assert min(color_at(tile, x, y)) > 200  # its rim is smooth
    assert color_at(tile, 8, 100) == (0, 0, 0)


def test_keypoints_without_weight_are_hollow():
    weights = np.array([[0.0, 1, 1]])
    tile = draw_crop(make_results(keypoint_weights=weights), 160)
    assert color_at(tile, 40, 40) != FIRST_COLOR
    assert color_at(tile, 120, 40) == SECOND_COLOR


def test_weights_of_every_form():
    visible = np.stack([[[1.0, 0.5], [0, 0.5], [1, 0.5]]])
    results = make_results(keypoints_visible=visible)
    np.testing.assert_array_equal(keypoint_weights(results), [1, 0, 1])


def test_images_of_other_ranges_are_shown():
    image = np.linspace(-2, 2, 48).reshape(4, 4, 3).astype(np.float32)
    shown = displayable(image)
    assert shown.dtype == np.uint8
    assert (shown.min(), shown.max()) == (0, 255)
    assert displayable(np.zeros((4, 5), np.uint8)).shape == (4, 5, 3)
    assert displayable(np.full((2, 2, 3), 7.0)).max() == 0


def test_the_input_stays():
    results = make_results()
    draw_crop(results, 160)
    assert results['img'].max() == 0
