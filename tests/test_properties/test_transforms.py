"""Flips undo themselves, and similarity transforms are undone."""

import math

from mmpose_scgcn.adaptation import find_frame
from mmpose_scgcn.models.heads.mirror import mirror_coordinates
from mmpose_scgcn.models.pose_estimators.rectification import (
    disturb,
    rectify,
)
from mmpose_scgcn.shapes import normalize_to_crop
from mmpose_scgcn.shapes.mean_shape import crop_size
from tests.test_properties.strategies import (
    SEEDS,
    arrays,
    faces,
    similarities,
)

import numpy as np
import torch
from hypothesis import assume, given
from hypothesis import strategies as st


@st.composite
def partners(draw, most=9):
    """Partners under a flip: pairs, and keypoints in the middle."""
    order = draw(st.permutations(range(draw(st.integers(1, most)))))
    pairs = draw(st.integers(0, len(order) // 2))
    found = list(range(len(order)))
    for one, other in zip(order[:pairs], order[pairs:], strict=False):
        found[one], found[other] = other, one
    return found


@given(flip=partners(), width=st.none() | st.integers(1, 4096), data=st.data())
def test_a_flip_undoes_itself(flip, width, data):
    points = torch.from_numpy(data.draw(arrays((3, len(flip), 2), -10, 10)))
    before = points.clone()
    once = mirror_coordinates(points, flip, width)
    torch.testing.assert_close(mirror_coordinates(once, flip, width), points)
    assert torch.equal(points, before)
    # In pixels of a crop, as MMPose mirrors them.
    size = width or 100
    end = size - 1 if width else size
    for here, there in enumerate(flip):
        x = end - size * points[:, there, 0]
        torch.testing.assert_close(
            size * once[:, here, 0], x, rtol=0, atol=1e-9
        )
        torch.testing.assert_close(once[:, here, 1], points[:, there, 1])


@given(shapes=faces(), others=faces(), seed=SEEDS)
def test_a_frame_is_left_as_it_was_entered(shapes, others, seed):
    points = torch.from_numpy(shapes[0])
    reference = np.random.default_rng(seed).normal(size=points.shape[1:])
    reference = torch.from_numpy(reference - reference.mean(axis=0))
    frame = find_frame(points, reference)
    entered = frame.enter(points)
    scale = points.abs().max().item()
    torch.testing.assert_close(
        frame.leave(entered), points, rtol=0, atol=1e-9 * scale
    )
    size = entered.square().sum(-1).mean(-1).sqrt()
    torch.testing.assert_close(size, torch.ones_like(size))
    torch.testing.assert_close(
        entered.mean(1), torch.zeros_like(entered[:, 0]), rtol=0, atol=1e-6
    )


@given(
    shapes=faces(keypoints=st.integers(3, 9)), move=similarities(), seed=SEEDS
)
def test_a_frame_sees_no_position_size_or_rotation(shapes, move, seed):
    points, _ = shapes
    rng = np.random.default_rng(seed)
    reference = torch.from_numpy(rng.normal(size=points.shape[1:]))
    reference = reference - reference.mean(0)
    moved = torch.from_numpy(move[0](points))
    points = torch.from_numpy(points)
    offset = points - points.mean(1, keepdim=True)
    complex_offset = torch.view_as_complex(offset)
    fit = (torch.view_as_complex(reference).conj() * complex_offset).sum(-1)
    lengths = offset.square().sum((1, 2)).sqrt() * reference.norm()
    assume((fit.abs() > 0.01 * lengths).all())  # a rotation is determined
    torch.testing.assert_close(
        find_frame(moved, reference).enter(moved),
        find_frame(points, reference).enter(points),
        rtol=1e-5,
        atol=1e-5,
    )


@given(
    seed=SEEDS,
    angle=st.floats(-180, 180),
    scale=st.floats(2, 15),
    center=st.tuples(st.floats(5, 155), st.floats(5, 115)),
    ratio=st.floats(0.5, 2),
)
def test_a_second_crop_maps_there_and_back(seed, angle, scale, center, ratio):
    torch.manual_seed(seed)
    reference = torch.randn(6, 2, dtype=torch.float64)
    turn = math.radians(angle)
    matrix = reference.new_tensor(
        [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
    )
    noise = 0.1 * torch.randn_like(reference)
    points = scale * (reference + noise - reference.mean(0)) @ matrix.T
    points = (points + points.new_tensor(center))[None]
    crop = rectify(points, reference, (160, 120), aspect_ratio=ratio)
    identity = torch.eye(2, dtype=points.dtype)[None]
    places = 500 * torch.randn(1, 7, 2, dtype=torch.float64)
    for one in (crop, disturb(crop, 30, 0.3, 0.2)):
        torch.testing.assert_close(
            one.to_input(one.from_input(places)), places
        )
        inside = torch.rand(1, 7, 2, dtype=torch.float64)
        torch.testing.assert_close(
            one.from_input(one.to_input(inside)), inside
        )
        torch.testing.assert_close(
            one.rotation @ one.rotation.transpose(1, 2), identity
        )
        assert torch.linalg.det(one.rotation) > 0
        assert (one.size > 0).all()


@given(
    shapes=faces(),
    ratio=st.floats(0.25, 4),
    padding=st.floats(0.5, 3),
    seed=SEEDS,
)
def test_a_crop_is_undone_and_goes_with_the_image(
    shapes, ratio, padding, seed
):
    points, _ = shapes
    rng = np.random.default_rng(seed)
    centers = 100 * rng.normal(size=(len(points), 2))
    scales = 10 ** rng.uniform(-3, 5, centers.shape)
    found = normalize_to_crop(points, centers, scales, padding, ratio)
    crop = crop_size(scales, padding, ratio)
    np.testing.assert_allclose(crop[:, 0] / crop[:, 1], ratio)
    assert (crop >= padding * scales * (1 - 1e-12)).all()
    back = (found - 0.5) * crop[:, None] + centers[:, None]
    np.testing.assert_allclose(back, points, rtol=1e-9, atol=1e-6)
    half = normalize_to_crop(
        points / 2, centers / 2, scales / 2, padding, ratio
    )
    np.testing.assert_allclose(half, found, rtol=1e-9, atol=1e-9)
