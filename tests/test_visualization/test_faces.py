from mmpose_scgcn.visualization import (
    PREDICTED_COLOR,
    TRUE_COLOR,
    crop_tile,
    draw_comparison,
    draw_points,
    mean_crop,
)

import cv2
import numpy as np
import pytest

RED = (0, 0, 255)


def test_points_are_drawn_where_they_are_and_the_image_is_left_alone():
    image = np.zeros((40, 60, 3), dtype=np.uint8)
    drawn = draw_points(image, np.array([[45.0, 10.0]]), RED)
    assert image.sum() == 0
    assert drawn[10, 45].tolist() == list(RED)
    ys, xs = np.nonzero(drawn[..., 2])
    assert np.hypot(xs - 45, ys - 10).max() < 4


def test_points_that_are_invisible_or_not_finite_are_not_drawn():
    image = np.zeros((40, 40, 3), dtype=np.uint8)
    points = np.array([[10.0, 10.0], [np.nan, 5.0]])
    drawn = draw_points(image, points, RED, np.array([False, True]))
    assert drawn.sum() == 0


def test_a_point_far_outside_is_no_error():
    image = np.zeros((40, 40, 3), dtype=np.uint8)
    assert draw_points(image, np.array([[1e12, -1e12]]), RED).sum() == 0


@pytest.mark.parametrize('side', [20, 200])
def test_the_tile_matrix_maps_the_box_to_the_middle(side):
    image = np.zeros((400, 400, 3), dtype=np.uint8)
    box = np.array([100, 120, 100 + side, 120 + side / 2], dtype=float)
    image[118:123, 98:103] = 255  # the top left corner of the box
    tile, matrix = crop_tile(image, box, 64, margin=2.0)
    assert tile.shape == (64, 64, 3)
    corner = matrix @ [box[0], box[1], 1]
    np.testing.assert_allclose(corner, [16, 24])  # half the side is margin
    assert tile[24, 16].min() > 0


def test_truth_and_prediction_are_drawn_where_they_are():
    image = np.full((90, 90, 3), 120, dtype=np.uint8)
    box = np.array([10.0, 10, 60, 60])
    gt = np.array([[20.0, 20, 0], [50, 20, 0], [30, 50, 0]])
    seen = np.array([True, True, False])
    tile = draw_comparison(image, box, gt, gt[:, :2] + 8, seen, 140)
    _, matrix = crop_tile(image, box, 140)
    drawn = [
        [
            tuple(tile[tuple(np.rint(matrix @ [x, y, 1])[::-1].astype(int))])
            for x, y, _ in points
        ]
        for points in (gt, gt + np.array([8, 8, 0]))
    ]
    grey = (120,) * 3
    assert drawn == [[TRUE_COLOR, TRUE_COLOR, grey], [PREDICTED_COLOR] * 3]


def test_the_mean_crop_averages_aligned_crops(tmp_path):
    for index, value in enumerate((40, 200)):
        image = np.zeros((60, 60, 3), dtype=np.uint8)
        image[10 + index : 30 + index, 20:40] = value
        cv2.imwrite(str(tmp_path / f'{index}.png'), image)
    files = [tmp_path / '0.png', tmp_path / '1.png']
    centers = np.array([[30.0, 20.0], [30.0, 21.0]])
    mean = mean_crop(files, centers, np.full((2, 2), 20.0), size=20)
    assert (mean == 120).mean() > 0.8
    with pytest.raises(FileNotFoundError, match='absent'):
        mean_crop([tmp_path / 'absent.png'], centers[:1], np.ones((1, 2)))
