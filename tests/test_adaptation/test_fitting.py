"""Adapters recover conventions, and cross-validation tells how well."""

from mmpose_scgcn.adaptation import (
    PENALTIES,
    LabelPairs,
    choose_penalty,
    cross_validate,
    fit_adapters,
)
from mmpose_scgcn.adaptation.fitting import _parts

import numpy as np
import pytest


def pairs_of(points, targets, visible=None, flips=(None, None)):
    if visible is None:
        visible = np.ones(targets.shape[:2], bool)
    return LabelPairs(points, targets, visible, *flips)


def distance(found, expected, points):
    """Mean distance as a fraction of the face's size."""
    size = np.ptp(points, axis=1).max(axis=1)
    errors = np.linalg.norm(found - expected, axis=-1)
    return (errors / size[:, None]).mean()


def test_a_known_convention_is_recovered(shapes, convention):
    points, others = shapes(40), shapes(10, seed=1)
    adapters = fit_adapters(pairs_of(points, convention(points)))
    found = adapters(others)
    expected = convention(others)
    assert distance(found[0], expected, others) < 1e-4
    # An offset alone does not do: halfway points move with both ends.
    assert distance(found[-1], expected, others) > 0.01


def test_adapting_commutes_with_similarity_transforms(shapes, convention):
    points, others = shapes(20, noise=0.1), shapes(5, seed=1, noise=0.1)
    adapters = fit_adapters(pairs_of(points, convention(points)))

    def move(p):
        z = p @ [1, 1j] * (0.4 - 1.3j) + (20 - 7j)
        return np.stack([z.real, z.imag], axis=-1)

    np.testing.assert_allclose(
        adapters(move(others)), move(adapters(others)), atol=1e-8
    )


def test_mirrored_faces_make_the_adapter_symmetric(shapes):
    partners = np.arange(12).reshape(6, 2)[:, ::-1].ravel()
    points = shapes(15, noise=0.1)
    targets = points + np.array([3.0, 1.0])  # to one side of all faces
    pairs = pairs_of(points, targets, flips=(partners, partners))
    adapters = fit_adapters(pairs)
    others = shapes(6, seed=1, noise=0.1)
    mirrored = others[:, partners] * [-1, 1]
    np.testing.assert_allclose(
        adapters(mirrored),
        adapters(others)[:, :, partners] * [-1, 1],
        atol=1e-6 * np.abs(others).max(),
    )


def test_rows_of_mirrored_faces():
    points = np.array([[[1.0, 2], [3, 4], [5, 6]]])
    visible = np.array([[True, False]])
    pairs = pairs_of(points, points[:, :2] + 10, visible, ([1, 0, 2], [1, 0]))
    sources, targets, weights = pairs.rows()
    np.testing.assert_array_equal(sources[1], [[-3, 4], [-1, 2], [-5, 6]])
    np.testing.assert_array_equal(targets[1], [[-13, 14], [-11, 12]])
    np.testing.assert_array_equal(weights, [[1, 0], [0, 1]])


def test_each_face_is_held_out(shapes, convention):
    points = shapes(24, noise=0.05)
    targets = convention(points)
    groups = np.repeat(np.arange(12), 2)
    found = cross_validate(pairs_of(points, targets), groups, [0.01])
    part = _parts(groups, seed=0)
    for number in range(part.max() + 1):
        rest = pairs_of(points[part != number], targets[part != number])
        expected = fit_adapters(rest, [0.01])(points[part == number])
        np.testing.assert_allclose(
            found[:, part == number], expected, rtol=1e-6
        )


def test_a_group_is_in_one_part_and_parts_are_alike():
    groups = ['a', 'b', 'a', 'c', 'd', 'b', 'e']
    part = _parts(groups, seed=3)
    assert part[0] == part[2]
    assert part[1] == part[5]
    assert sorted(set(part)) == [0, 1, 2, 3, 4]
    many = _parts(range(100), seed=0)
    assert np.bincount(many).tolist() == [20] * 5


def test_noise_asks_for_a_penalty(shapes, convention):
    points = shapes(30, noise=0.1)
    clean = pairs_of(points, convention(points))
    rng = np.random.default_rng(0)
    size = np.ptp(points, axis=1).max(axis=1)[:, None, None]
    noisy = pairs_of(
        points, convention(points) + 0.05 * size * rng.normal(size=(30, 5, 2))
    )
    chosen = [
        choose_penalty(cross_validate(pairs, range(30)), pairs)
        for pairs in (clean, noisy)
    ]
    assert chosen[0] < 3
    assert chosen[1] > chosen[0] + 3


def test_the_best_penalty_is_of_the_visible_keypoints(shapes):
    points = shapes(4)
    visible = np.ones((4, 12), bool)
    visible[:, 0] = False
    pairs = pairs_of(points, points, visible)
    found = np.stack([points, points]) + np.array([1.0, 0.0])
    found[0, :, 0] = np.nan
    found[0, :, 1] -= 1.0
    assert choose_penalty(found, pairs) == 0


def test_faces_of_one_picture_cannot_be_held_out(shapes):
    pairs = pairs_of(shapes(4), shapes(4))
    with pytest.raises(ValueError, match='at least two groups'):
        cross_validate(pairs, ['a.jpg'] * 4)


def test_a_keypoint_of_one_face_cannot_be_held_out(shapes):
    visible = np.ones((4, 12), bool)
    visible[1:, 3] = False
    pairs = pairs_of(shapes(4), shapes(4), visible)
    with pytest.raises(ValueError, match=r'keypoints \[3\] are annotated'):
        cross_validate(pairs, range(4), [1.0])


def test_arrays_that_do_not_fit(shapes):
    with pytest.raises(ValueError, match=r'annotated: expected \(4, 12, 2\)'):
        LabelPairs(shapes(4), shapes(3), np.ones((4, 12), bool))
    with pytest.raises(ValueError, match='finite keypoints'):
        LabelPairs(shapes(4) * np.nan, shapes(4), np.ones((4, 12), bool))


def test_an_offset_is_among_the_penalties():
    assert PENALTIES[-1] == float('inf')
    assert list(PENALTIES) == sorted(PENALTIES)
