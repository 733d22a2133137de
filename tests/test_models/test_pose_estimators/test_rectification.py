import math

from mmpose_scgcn.models.pose_estimators.rectification import (
    Rectification,
    disturb,
    rectify,
)

import cv2
import numpy as np
import pytest
import torch

SIZE = (160, 120)
# Brows, eyes, nose, mouth of an upright face, any unit.
SHAPE = torch.tensor(
    [[-3.0, -3], [3, -3], [-2, -2], [2, -2], [0, 0], [-1, 2], [1, 2], [0, 4]],
    dtype=torch.float64,
)


def turn(shape, degrees, scale, shift):
    """The shape turned clockwise in the image, scaled and shifted."""
    angle = math.radians(degrees)
    matrix = shape.new_tensor(
        [
            [math.cos(angle), -math.sin(angle)],
            [math.sin(angle), math.cos(angle)],
        ]
    )
    return scale * shape @ matrix.T + shape.new_tensor(shift)


@pytest.mark.parametrize('degrees', [0, 45, -60, 170])
def test_faces_stand_upright_and_fill_the_same_part(degrees):
    points = turn(SHAPE, degrees, 7, (70, 50))[None]
    crop = rectify(points, SHAPE, SIZE, margin=1.5)
    upright = crop.from_input(points)[0]
    # The box of 6 x 7 units, times 1.5, about its own centre.
    expected = (SHAPE - SHAPE.new_tensor([0, 0.5])) / (7 * 1.5) + 0.5
    torch.testing.assert_close(upright, expected)
    torch.testing.assert_close(crop.size, crop.size.new_tensor([[73.5] * 2]))


def test_the_rotation_is_least_squares():
    """As SciPy finds it, for a shape that is no copy of the reference."""
    from scipy.linalg import orthogonal_procrustes

    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(SHAPE.shape, generator=generator, dtype=SHAPE.dtype)
    points = turn(SHAPE + 0.3 * noise, 25, 5, (60, 60))
    crop = rectify(points[None], SHAPE, SIZE)
    reference = SHAPE - SHAPE.mean(0)
    expected, _ = orthogonal_procrustes(
        reference.numpy(), (points - points.mean(0)).numpy()
    )
    np.testing.assert_allclose(crop.rotation[0].numpy(), expected.T)


@pytest.mark.parametrize('aspect_ratio', [1.0, 0.75, 2.0])
def test_the_box_fits_into_another_aspect_ratio(aspect_ratio):
    points = turn(SHAPE, 10, 5, (60, 60))[None]
    crop = rectify(points, SHAPE, SIZE, aspect_ratio=aspect_ratio)
    assert (crop.size[0, 0] / crop.size[0, 1]).item() == pytest.approx(
        aspect_ratio
    )
    extent = crop.from_input(points)[0]
    assert (extent.amax(0) - extent.amin(0)).max().item() == pytest.approx(
        1 / 1.25
    )


@pytest.mark.parametrize(
    'points',
    [
        torch.full_like(SHAPE, float('nan')),
        torch.full_like(SHAPE, 30.0),  # one place
        turn(SHAPE, 0, 0.5, (50, 50)),  # 3 px
        SHAPE.flip(0) * 0 + torch.tensor([1e9, 0.0]),
        turn(SHAPE, 0, 50, (80, 60)),  # 350 px
        turn(SHAPE, 0, 7, (-40, 50)),
    ],
)
def test_without_a_usable_shape_it_is_the_whole_input(points):
    good = turn(SHAPE, 30, 7, (70, 50))
    crop = rectify(torch.stack([points, good]), SHAPE, SIZE)
    torch.testing.assert_close(
        crop.center[0], crop.center.new_tensor([80, 60])
    )
    torch.testing.assert_close(crop.size[0], crop.size.new_tensor([160, 160]))
    torch.testing.assert_close(crop.rotation[0], torch.eye(2).double())
    alone = rectify(good[None], SHAPE, SIZE)  # the other one is not disturbed
    torch.testing.assert_close(crop.center[1:], alone.center)


def make_crop(degrees=45.0, dtype=torch.float32):
    angle = math.radians(degrees)
    rotation = [
        [math.cos(angle), -math.sin(angle)],
        [math.sin(angle), math.cos(angle)],
    ]
    return Rectification(
        torch.tensor([[75.3, 61.7]], dtype=dtype),
        torch.tensor([[66.0, 66.0]], dtype=dtype),
        torch.tensor([rotation], dtype=dtype),
    )


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_there_and_back(dtype):
    crop = make_crop(dtype=dtype)
    points = 160 * torch.rand(1, 500, 2, dtype=dtype)
    back = crop.to_input(crop.from_input(points))
    limit = 1e-3 if dtype == torch.float32 else 1e-11
    assert (back - points).abs().max() < limit  # px


@pytest.mark.parametrize('degrees', [0, 45, -30])
def test_what_is_sampled_maps_back_to_where_it_was(degrees):
    """Bright dots: their centroids in the crop, mapped back, < 0.01 px."""
    crop = make_crop(degrees)
    y, x = torch.meshgrid(
        torch.arange(120.0), torch.arange(160.0), indexing='ij'
    )
    for dot in ((75.0, 60.0), (85.4, 52.2), (62.7, 75.9)):
        image = torch.exp(-((x - dot[0]) ** 2 + (y - dot[1]) ** 2) / 18)
        view = crop.sample(image[None, None], (128, 128))[0, 0].double()
        rows, columns = torch.meshgrid(
            torch.arange(128.0), torch.arange(128.0), indexing='ij'
        )
        total = view.sum()
        found = torch.stack(
            [(columns * view).sum() / total, (rows * view).sum() / total]
        )
        point = crop.to_input((found / 128).float()[None, None])[0, 0]
        assert (point - torch.tensor(dot)).abs().max() < 0.01


def test_sampling_is_opencv_s_warp():
    crop = make_crop(20)
    noise = np.random.default_rng(0).normal(size=(120, 160)).astype('float32')
    image = cv2.GaussianBlur(noise, (0, 0), 3)
    corners = torch.tensor([[[0.0, 0], [0.5, 0], [0, 0.5]]])
    source = crop.to_input(corners)[0].numpy()
    target = np.float32([[0, 0], [32, 0], [0, 32]])
    expected = cv2.warpAffine(
        image, cv2.getAffineTransform(source, target), (64, 64)
    )
    view = crop.sample(torch.from_numpy(image)[None, None], (64, 64))[0, 0]
    np.testing.assert_allclose(view.numpy(), expected, atol=2e-3)


def test_jitter_is_within_its_ranges_and_zero_is_none():
    base = make_crop(30)
    many = Rectification(
        base.center.expand(2000, -1),
        base.size.expand(2000, -1),
        base.rotation.expand(2000, -1, -1),
    )
    moved = disturb(many, 10, 0.2, 0.1)
    shift = (moved.center - many.center) / many.size
    assert 0.09 < shift.abs().max() <= 0.1
    factor = moved.size / many.size
    assert 0.8 <= factor.min() < 0.82 < 1.18 < factor.max() <= 1.2
    angle = torch.rad2deg(
        torch.atan2(moved.rotation[:, 1, 0], moved.rotation[:, 0, 0])
    )
    assert 20 <= angle.min() < 21 < 39 < angle.max() <= 40
    same = disturb(base, 0, 0, 0)
    torch.testing.assert_close(same.rotation, base.rotation)
    torch.testing.assert_close(same.center, base.center)


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
def test_autocast_rounds_no_coordinate(dtype):
    """In half precision 128 px have an error of up to 0.5 px."""
    points = turn(SHAPE.float(), 20, 7, (70.3, 50.6))[None]
    image = torch.rand(1, 1, 120, 160)

    def run():
        crop = disturb(rectify(points, SHAPE, SIZE), 0, 0, 0)
        there = crop.from_input(points)
        view = crop.sample(image, (64, 64))
        return crop.center, crop.rotation, there, crop.to_input(there), view

    expected = run()
    with torch.autocast('cpu', dtype=dtype):
        found = run()
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == torch.float32
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5)


def test_half_precision_images_are_sampled_in_place():
    """A grid in half precision would be off by up to 0.06 px."""
    crop = make_crop(30)
    image = torch.rand(1, 1, 120, 160).half()
    view = crop.sample(image, (64, 64))
    assert view.dtype == torch.float16
    full = crop.sample(image.float(), (64, 64))
    torch.testing.assert_close(view.float(), full, rtol=0, atol=5e-4)
