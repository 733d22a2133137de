from mmpose_scgcn.synthetic.camera import Camera
from mmpose_scgcn.synthetic.head import base_grid, sample_grid
from mmpose_scgcn.synthetic.raster import (
    look_up,
    rasterise,
    surface_normals,
)

import numpy as np

SIZE = 96
CAMERA = Camera(np.eye(3), 30.0, np.array([47.5, 47.5]), 1e6)


def test_normals_are_unit_and_point_outwards():
    grid = np.array(base_grid())
    normals = surface_normals(grid)
    length = np.linalg.norm(normals, axis=-1)
    np.testing.assert_allclose(length, 1, atol=1e-4)
    rows = slice(40, 70)  # the face, where the head is round
    outward = grid[rows] * [1, 0, 1]
    assert ((normals[rows] * outward).sum(-1) > 0).all()


def test_each_pixel_knows_the_point_it_shows():
    grid = np.array(base_grid())
    uv, seen = rasterise(grid, surface_normals(grid), CAMERA, SIZE)
    row, column = np.nonzero(seen)
    points = sample_grid(grid, uv[row, column])
    shown = CAMERA.project(points)[:, :2]
    error = np.linalg.norm(shown - np.stack([column, row], -1), axis=1)
    assert np.percentile(error, 95) < 1.5
    # The back of the head is never seen.
    assert np.mean(points[:, 2] < -0.2) < 0.01


def test_the_face_has_no_holes():
    grid = np.array(base_grid())
    _, seen = rasterise(grid, surface_normals(grid), CAMERA, SIZE)
    assert seen[30:75, 30:66].all()
    assert not seen[:5, :5].any()


def test_a_head_outside_the_picture_is_not_seen():
    grid = np.array(base_grid())
    away = Camera(np.eye(3), 30.0, np.array([900.0, 900.0]), 1e6)
    _, seen = rasterise(grid, surface_normals(grid), away, SIZE)
    assert not seen.any()


def test_look_up_returns_the_uv_of_a_ramp():
    rows, columns = np.mgrid[:20, :30]
    ramp = np.float32(np.stack([(columns + 0.5) / 30, (rows + 0.5) / 20], -1))
    uv = np.random.default_rng(0).uniform(0.1, 0.9, (6, 6, 2))
    uv = uv.astype(np.float32)
    np.testing.assert_allclose(look_up(ramp, uv), uv, atol=2e-3)
