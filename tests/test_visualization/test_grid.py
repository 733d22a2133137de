from mmpose_scgcn.visualization import face_grid
from mmpose_scgcn.visualization.grid import fit_text

import numpy as np
import pytest


def test_the_grid_holds_every_tile_in_reading_order():
    tiles = [np.full((10, 10, 3), v, dtype=np.uint8) for v in (50, 100, 150)]
    grid = face_grid(tiles, ['a', 'b', 'c'], columns=2, size=20)
    assert grid.shape == (2 * 38, 40, 3)
    assert grid[28, 10, 0] == 50
    assert grid[28, 30, 0] == 100
    assert grid[66, 10, 0] == 150


def test_a_grid_needs_a_caption_per_tile():
    with pytest.raises(ValueError, match='1 tiles and 2 captions'):
        face_grid([np.zeros((4, 4, 3), np.uint8)], ['a', 'b'])


def test_a_legend_has_a_disc_of_each_colour_above_the_tiles():
    tile = np.full((10, 10, 3), 50, dtype=np.uint8)
    legend = {'truth': (80, 230, 90), 'prediction': (255, 90, 40)}
    grid = face_grid([tile], ['a'], size=200, legend=legend)
    plain = face_grid([tile], ['a'], size=200)
    np.testing.assert_array_equal(grid[18:], plain)
    places = []
    for color in legend.values():
        found = np.argwhere((grid == color).all(axis=-1))
        assert len(found) > 20 and found[:, 0].max() < 18
        places.append(found[:, 1].max())
    assert places[0] < places[1]


def test_only_the_name_is_shortened_and_its_end_is_kept():
    text = 'NME 6.60 %, id 487, helen_testset_3139620200_1.jpg'
    shown = fit_text(text, 240)
    assert shown.startswith('NME 6.60 %, id 487, ...')
    assert shown.endswith('200_1.jpg')
    assert fit_text(text, 1000) == text
    assert fit_text('a' * 80, 60).startswith('...a')
