"""The alignment of shapes is the best one, and sees no similarity."""

from mmpose_scgcn.shapes import procrustes_align
from tests.test_properties.strategies import SEEDS, faces, similarities

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize


def usable(shapes):
    """Leave out what is refused: keypoints or shapes without an extent."""
    _, visible = shapes
    assume(visible.any(axis=0).all() and (visible.sum(axis=1) >= 2).all())
    return shapes


ALIGNED = faces(keypoints=st.integers(3, 7)).map(usable)


def residual(fitted, visible, mean):
    """Sum of squared distances to the mean, where visible, (N,)."""
    offset = np.where(visible[..., None], fitted - mean, 0.0)
    return (offset**2).sum(axis=(1, 2))


def transformed(points, numbers):
    """Turn and scale by a + ib, and shift, (K, 2)."""
    a, b, x, y = numbers
    return points @ np.array([[a, b], [-b, a]]) + [x, y]


@given(shapes=ALIGNED, seed=SEEDS)
def test_no_other_similarity_fits_a_shape_better(shapes, seed):
    points, visible = shapes
    aligned, mean = procrustes_align(points, visible)
    reference = mean / np.linalg.norm(mean)
    best = residual(aligned, visible, reference)
    rng = np.random.default_rng(seed)
    for fitted, seen, least in zip(aligned, visible, best, strict=True):
        for step in (1e-4, 1e-2, 1.0):
            change = [1, 0, 0, 0] + step * rng.normal(size=4)
            other = transformed(fitted, change)
            found = residual(other[None], seen[None], reference)[0]
            assert found >= least - 1e-9


@given(shapes=ALIGNED, seed=SEEDS)
def test_no_other_reference_is_better(shapes, seed):
    """The sum over all shapes, each fitted by SciPy's minimiser."""
    points, visible = shapes
    aligned, mean = procrustes_align(points, visible)
    reference = mean / np.linalg.norm(mean)
    least = residual(aligned, visible, reference).sum()
    rng = np.random.default_rng(seed)
    other = reference + 0.1 * rng.normal(size=reference.shape)
    weights = visible.sum(axis=0)
    other -= np.average(other, axis=0, weights=weights)
    other /= np.sqrt((weights[:, None] * other**2).sum())
    scale = np.sqrt((weights[:, None] * reference**2).sum())
    total = 0.0
    for shape, seen in zip(aligned, visible, strict=True):
        done = minimize(
            lambda n, p=shape, s=seen: residual(
                transformed(p, n)[None], s[None], other
            )[0],
            [1.0, 0.0, 0.0, 0.0],
        )
        total += done.fun
    # References are compared at one weighted size.
    assert total >= least / scale**2 - 1e-6


@given(shapes=ALIGNED, data=st.data())
def test_shapes_that_are_moved_apart_are_aligned_alike(shapes, data):
    points, visible = shapes
    moves = [data.draw(similarities()) for _ in points]
    moved = np.stack([m(p) for (m, _), p in zip(moves, points, strict=True)])
    first, mean = procrustes_align(points, visible)
    second, other = procrustes_align(moved, visible)
    here, there = (residual(*pair) for pair in _pairs(first, second, visible))
    # Where two references fit alike, either may be chosen.
    np.testing.assert_allclose(
        np.linalg.norm(mean), np.linalg.norm(other), rtol=1e-5
    )
    np.testing.assert_allclose(here.sum(), there.sum(), rtol=1e-4, atol=1e-7)


def _pairs(first, second, visible):
    """What residual needs of two alignments of the same shapes."""
    for aligned in (first, second):
        masked = np.where(visible[..., None], aligned, np.nan)
        yield aligned, visible, np.nanmean(masked, axis=0)
