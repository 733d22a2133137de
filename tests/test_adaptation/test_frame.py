"""The frame without position, size and rotation."""

from mmpose_scgcn.adaptation import find_frame

import numpy as np
import pytest
import torch


@pytest.fixture
def reference(shapes):
    shape = torch.from_numpy(shapes(1, seed=5)[0])
    shape = shape - shape.mean(0)
    return shape / shape.square().sum(-1).mean().sqrt()


def naive_frame(shape, reference):
    """One shape after another, with angles."""
    offset = shape - shape.mean(axis=0)
    size = np.sqrt((offset**2).sum() / len(offset))
    dot = (reference * offset).sum()
    cross = (
        reference[:, 0] * offset[:, 1] - reference[:, 1] * offset[:, 0]
    ).sum()
    angle = np.arctan2(cross, dot)
    turn = np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    return np.array([turn @ point / size for point in offset])


def test_a_shape_enters_as_by_angles(shapes, reference):
    points = torch.from_numpy(shapes(6))
    found = find_frame(points, reference).enter(points)
    for shape, entered in zip(points.numpy(), found.numpy(), strict=True):
        expected = naive_frame(shape, reference.numpy())
        np.testing.assert_allclose(entered, expected, atol=1e-12)


def test_leaving_undoes_entering(shapes, reference):
    points = torch.from_numpy(shapes(6))
    others = torch.from_numpy(np.random.default_rng(1).normal(size=(6, 4, 2)))
    frame = find_frame(points, reference)
    torch.testing.assert_close(frame.leave(frame.enter(others)), others)


def test_the_reference_itself_stays_as_it_is(reference):
    frame = find_frame(reference[None], reference)
    torch.testing.assert_close(frame.enter(reference[None])[0], reference)


@pytest.mark.parametrize('spread', [0.0, 1e-30])
def test_a_single_point_has_a_frame(reference, spread):
    points = 7 + spread * reference[None].float()
    frame = find_frame(points, reference.float())
    assert frame.enter(points).abs().max() < 1e-3
    torch.testing.assert_close(frame.leave(frame.enter(points)), points)


def test_a_shape_without_direction_is_not_turned(reference):
    mirrored = torch.stack([-reference[:, 0], reference[:, 1]], dim=-1)
    square = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [1, -1]])
    swapped = square[[1, 0, 3, 2]]  # its mirror image: any turn fits alike
    frame = find_frame(swapped[None], square)
    torch.testing.assert_close(frame.axis, torch.tensor([[[2**0.5, 0.0]]]))
    assert find_frame(mirrored[None], reference).axis.isfinite().all()
