from mmpose_scgcn.synthetic.head import base_grid
from mmpose_scgcn.synthetic.lighting import Lighting, expose, shade_surface
from mmpose_scgcn.synthetic.raster import surface_normals

import numpy as np

GRID = np.array(base_grid())
NORMALS = surface_normals(GRID)
LEFT_CHEEK, RIGHT_CHEEK = GRID[60, :, 0] < -0.6, GRID[60, :, 0] > 0.6


def shade(light):
    return shade_surface(GRID, NORMALS, np.eye(3), light)[0]


def test_light_from_the_left_brightens_the_left_cheek():
    row = shade(Lighting(direction=(-1.0, 0.0, 0.1), key=1.0))[60]
    assert row[LEFT_CHEEK].mean() > 1.5 * row[RIGHT_CHEEK].mean()


def test_without_a_key_light_the_face_is_lit_evenly():
    row = shade(Lighting(key=0.0))[60]
    np.testing.assert_allclose(
        row[LEFT_CHEEK].mean(), row[RIGHT_CHEEK].mean(), rtol=1e-3
    )


def test_a_warm_light_favours_red():
    blue, _, red = shade(Lighting(warmth=(0.5, 1.0, 1.5))).mean(axis=(0, 1))
    assert red > 1.3 * blue


def test_exposure_multiplies_every_channel_and_saturates():
    image = np.full((2, 2, 3), (100, 200, 100), np.uint8)
    light = Lighting(gain=0.5, cast=(1.0, 4.0, 0.5))
    assert (expose(image, light) == (50, 255, 25)).all()
    assert (expose(image, Lighting()) == image).all()
