from mmpose_scgcn.graph import keypoint_correlation
from mmpose_scgcn.shapes import align_shapes

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def shapes(rng):
    """40 shapes of 7 keypoints about a common layout, image px."""
    layout = rng.uniform(0, 100, (7, 2))
    return layout + rng.normal(0, 8, (40, 7, 2)) + rng.normal(0, 8, (40, 1, 2))


@pytest.fixture
def visible(rng):
    return rng.random((40, 7)) > 0.25


def naive_correlation(shapes, visible):
    """Pair by pair with NumPy's own coefficient."""
    aligned = align_shapes(shapes, visible)
    size = shapes.shape[1]
    correlation = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            both = visible[:, i] & visible[:, j]
            for axis in range(2):
                rho = np.corrcoef(
                    aligned[both, i, axis], aligned[both, j, axis]
                )[0, 1]
                correlation[i, j] += abs(rho) / 2
    return correlation


def test_equals_corrcoef(shapes):
    seen = np.ones((40, 7), dtype=bool)
    np.testing.assert_allclose(
        keypoint_correlation(shapes, seen),
        naive_correlation(shapes, seen),
        atol=1e-12,
    )


def test_pairs_use_the_shapes_that_show_both(shapes, visible):
    expected = naive_correlation(shapes, visible)
    shapes[~visible] = np.nan
    np.testing.assert_allclose(
        keypoint_correlation(shapes, visible), expected, atol=1e-12
    )


def test_many_shapes_are_taken_in_parts(rng):
    shapes = rng.uniform(0, 100, (7, 2)) + rng.normal(0, 8, (2500, 7, 2))
    visible = rng.random((2500, 7)) > 0.1
    np.testing.assert_allclose(
        keypoint_correlation(shapes, visible),
        naive_correlation(shapes, visible),
        atol=1e-12,
    )


def test_symmetric_bounded_with_exact_ones_on_the_diagonal(shapes, visible):
    correlation = keypoint_correlation(shapes, visible)
    np.testing.assert_array_equal(correlation, correlation.T)
    assert correlation.min() >= 0 and correlation.max() <= 1
    np.testing.assert_array_equal(np.diag(correlation), 1)


def test_blind_to_position_and_size_of_each_shape(shapes, visible, rng):
    moved = shapes * rng.uniform(0.1, 10, (40, 1, 1))
    moved += rng.uniform(-1000, 1000, (40, 1, 2))
    np.testing.assert_allclose(
        keypoint_correlation(moved, visible),
        keypoint_correlation(shapes, visible),
        atol=1e-9,
    )


def test_permuting_keypoints_permutes_the_matrix(shapes, visible, rng):
    order = rng.permutation(7)
    np.testing.assert_allclose(
        keypoint_correlation(shapes[:, order], visible[:, order]),
        keypoint_correlation(shapes, visible)[np.ix_(order, order)],
        atol=1e-12,
    )


def test_sign_of_the_correlation_does_not_count():
    # A cross whose two bars change length, each about a fixed centre: the
    # ends of a bar move against each other.
    first = np.array([1.0, 1.5, 2.0, 2.2])
    second = np.array([1.0, 0.8, 1.1, 1.3])
    shapes = np.stack(
        [
            np.stack([first, 0.1 * first], -1),
            np.stack([-first, -0.1 * first], -1),
            np.stack([0.3 * second, second], -1),
            np.stack([-0.3 * second, -second], -1),
        ],
        axis=1,
    )
    correlation = keypoint_correlation(shapes, np.ones((4, 4), dtype=bool))
    np.testing.assert_allclose(correlation[0, 1], 1)
    np.testing.assert_allclose(correlation[2, 3], 1)


def test_pairs_hardly_ever_seen_together_count_as_uncorrelated(shapes):
    visible = np.ones((40, 7), dtype=bool)
    visible[:20, 0] = False
    visible[29:, 1] = False  # 0 and 1 share shapes 20..28: nine
    correlation = keypoint_correlation(shapes, visible)
    assert correlation[0, 1] == correlation[1, 0] == 0
    assert correlation[0, 2] > 0
    visible[29, 1] = True  # ten
    assert keypoint_correlation(shapes, visible)[0, 1] > 0


def test_two_shapes_are_enough():
    """Two points lie on a line, which rounding must not bend."""
    for seed in range(50):
        shapes = np.random.default_rng(seed).uniform(0, 100, (2, 5, 2))
        if seed % 2:  # both coordinates are rounded alike
            shapes[..., 1] = shapes[..., 0]
        correlation = keypoint_correlation(shapes, np.ones((2, 5), bool))
        np.testing.assert_allclose(correlation, 1)
        assert correlation.max() <= 1


def test_in_small_sets_half_of_the_shapes_have_to_be_shared(shapes):
    visible = np.ones((7, 7), dtype=bool)
    visible[:2, 0] = False
    visible[5:, 1] = False  # 0 and 1 share shapes 2..4: three
    assert keypoint_correlation(shapes[:7], visible)[0, 1] > 0
    visible[4, 1] = False  # two
    assert keypoint_correlation(shapes[:7], visible)[0, 1] == 0


@pytest.mark.parametrize('count', [0, 1])
def test_needs_two_shapes(shapes, count):
    with pytest.raises(ValueError, match=f'at least 2 shapes.* got {count}'):
        keypoint_correlation(shapes[:count], np.ones((count, 7), dtype=bool))


def test_a_keypoint_never_visible_is_named(shapes, visible):
    visible[:, 4] = False
    names = [f'point {i}' for i in range(7)]
    with pytest.raises(ValueError, match=r'never visible.*4 \(point 4\)'):
        keypoint_correlation(shapes, visible, names)
    with pytest.raises(ValueError, match=r'never visible in 40 shapes: 4;'):
        keypoint_correlation(shapes, visible)


def test_keypoints_constant_after_alignment_are_named(rng):
    layout = rng.uniform(0, 100, (5, 2))
    shapes = np.stack([layout * s + s for s in (1, 2, 3)])
    with pytest.raises(ValueError, match=r'constant.*: 0, 1, 2, 3, 4;'):
        keypoint_correlation(shapes, np.ones((3, 5), dtype=bool))


def test_a_placeholder_that_never_moves_is_named(shapes):
    """Marked visible, but at (0, 0) in every image."""
    shapes[:, 3] = 0
    with pytest.raises(ValueError, match=r'constant.*3 \(tail\)'):
        keypoint_correlation(
            shapes, np.ones((40, 7), dtype=bool), [*'abc', 'tail', *'efg']
        )


def placeholder(rng, count):
    """Shapes of 7 keypoints, of which 3 never moves, and is often hidden."""
    shapes = rng.uniform(0, 100, (7, 2)) + rng.normal(0, 8, (count, 7, 2))
    visible = rng.random((count, 7)) > 0.25
    shapes[:, 3] = 100
    shapes[~visible[:, 3], 3] = 7
    return shapes, visible


@pytest.mark.parametrize('noise', [0, 1e-10])
@pytest.mark.parametrize('count', [40, 2500])
def test_a_placeholder_anywhere_is_named(rng, count, noise):
    shapes, visible = placeholder(rng, count)
    shapes[:, 3] += noise * rng.standard_normal((count, 2))
    with pytest.raises(ValueError) as error:
        keypoint_correlation(shapes, visible)
    assert str(error.value) == (
        f'keypoints constant over the {count} shapes (or seen once), or in x '
        'or y over the aligned shapes: 3; a constant has no correlation'
    )


def test_a_keypoint_that_moves_in_the_first_part_alone_is_fine(rng):
    shapes, _ = placeholder(rng, 2500)
    shapes[:, 3] = 100
    shapes[:1000:2, 3] += 5
    shapes[1:1000:2, 3] -= 5
    keypoint_correlation(shapes, np.ones((2500, 7), dtype=bool))


def test_a_keypoint_seen_once_is_named(shapes):
    visible = np.ones((40, 7), dtype=bool)
    visible[1:, 5] = False
    with pytest.raises(ValueError, match=r'\(or seen once\).*: 5;'):
        keypoint_correlation(shapes, visible)


def test_a_keypoint_that_is_always_the_centre_is_named_alone(rng):
    shapes = rng.uniform(0, 100, (40, 5, 2))
    shapes[:, 2] = shapes[:, [0, 1, 3, 4]].mean(axis=1)
    with pytest.raises(ValueError, match=r'aligned shapes: 2;'):
        keypoint_correlation(shapes, np.ones((40, 5), dtype=bool))
