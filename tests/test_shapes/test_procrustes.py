from mmpose_scgcn.shapes import procrustes_align
from mmpose_scgcn.shapes.procrustes import CHUNK, ProcrustesFit

import numpy as np
import pytest
from scipy.spatial import procrustes


def shapes(count=30, keypoints=7, spread=0.15, seed=0):
    """Variations of one shape, turned by up to 60 degrees, moved, scaled."""
    rng = np.random.default_rng(seed)
    base = rng.standard_normal((keypoints, 2))
    points = base + spread * rng.standard_normal((count, keypoints, 2))
    return similar(points, rng)


def similar(points, rng, angle=np.pi / 3):
    angle = rng.uniform(-angle, angle, len(points))
    c, s = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([c, -s], -1), np.stack([s, c], -1)], -2)
    scale = rng.uniform(20, 200, (len(points), 1, 1))
    shift = rng.uniform(-300, 900, (len(points), 1, 2))
    return scale * points @ turn + shift


def naive_fit(reference, shape, seen):
    """Least squares for scaled rotation and shift over what is seen."""
    x, y = shape[seen].T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate(
        [np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)]
    )
    target = reference[seen].T.ravel()
    a, b, tx, ty = np.linalg.lstsq(rows, target, rcond=None)[0]
    return shape @ [[a, b], [-b, a]] + [tx, ty]


def naive_align(points, visible, rounds=300):
    """Fit all shapes to their mean, over and over."""
    reference = points[0]
    weights = visible.sum(axis=0)
    pairs = list(zip(points, visible, strict=True))
    for _ in range(rounds):
        reference = reference - np.average(reference, 0, weights)
        reference = reference / np.linalg.norm(reference)
        fitted = np.stack([naive_fit(reference, p, v) for p, v in pairs])
        fitted[~visible] = np.nan
        reference = np.nanmean(fitted, axis=0)
    return np.where(visible[..., None], fitted, reference), reference


def upright(aligned, mean, other):
    """Turn aligned shapes and their mean until the mean fits another."""
    a, b = (m.copy().view(complex)[:, 0] for m in (mean, other))
    turn = np.vdot(a, b)
    turn /= abs(turn)
    rotated = aligned.copy().view(complex)[..., 0] * turn
    return rotated.copy().view(float).reshape(aligned.shape)


@pytest.mark.parametrize('missing', [0.0, 0.25])
def test_it_is_where_the_iteration_ends(missing):
    points = shapes()
    visible = np.random.default_rng(1).random(points.shape[:2]) >= missing
    assert visible.all() == (missing == 0)
    aligned, mean = procrustes_align(points, visible)
    expected, expected_mean = naive_align(points, visible)
    # The iteration leaves its frame as the first shape was turned.
    turned = upright(aligned, mean, expected_mean)
    np.testing.assert_allclose(turned, expected, atol=1e-9)


def test_a_shape_is_fitted_as_scipy_does():
    """SciPy may reflect, which no shape here gains from."""
    points = shapes()
    aligned, mean = procrustes_align(points)
    for shape, fitted in zip(points, aligned, strict=True):
        reference, expected, _ = procrustes(mean, shape)
        np.testing.assert_allclose(fitted, expected, atol=1e-12)
        assert np.linalg.norm(reference) == pytest.approx(1)


def test_position_size_and_rotation_do_not_matter():
    base = np.random.default_rng(0).standard_normal((9, 2))
    variants = similar(np.stack([base] * 20), np.random.default_rng(2))
    aligned, mean = procrustes_align(variants)
    np.testing.assert_allclose(aligned, mean[None].repeat(20, 0), atol=1e-12)
    assert np.linalg.norm(mean) == pytest.approx(1)
    points = shapes()
    moved = similar(points, np.random.default_rng(3), angle=0.05)
    first, second = procrustes_align(points)[0], procrustes_align(moved)[0]
    # All may turn together, by what the average input turned.
    turned = upright(second, second.mean(0), first.mean(0))
    np.testing.assert_allclose(turned, first, atol=1e-12)


def test_nothing_is_reflected():
    """A mirrored shape stays mirrored, where SciPy would flip it."""
    points = np.stack([shapes(1)[0]] * 9)
    points[8, :, 0] *= -1
    aligned, mean = procrustes_align(points)
    assert np.linalg.norm(aligned[8] - mean) > 0.1
    assert procrustes(points[0], points[8])[2] == pytest.approx(0, abs=1e-9)
    cross = [_area(shape[:3]) for shape in aligned]
    assert np.sign(cross[8]) == -np.sign(cross[0])


def _area(triangle):
    first, second = triangle[1] - triangle[0], triangle[2] - triangle[0]
    return first[0] * second[1] - first[1] * second[0]


def test_the_mean_stays_upright():
    """A triangle that points up still does, on average."""
    up = np.array([[0.0, -1], [-1, 1], [1, 1]])
    points = np.stack([up] * 50)
    points[:, 0, 0] += np.linspace(-0.2, 0.2, 50)
    rng = np.random.default_rng(0)
    _, mean = procrustes_align(similar(points, rng, angle=0.3))
    assert mean[0, 1] < 0 < mean[1:, 1].min()
    assert abs(mean[1, 1] - mean[2, 1]) < 0.1


def test_shapes_that_point_opposite_ways_are_aligned():
    """Their average points nowhere: the mean may be turned as it likes."""
    shape = shapes(1)[0] - shapes(1)[0].mean(axis=0)
    aligned, mean = procrustes_align(np.stack([shape, -shape]))
    np.testing.assert_allclose(aligned[0], aligned[1], atol=1e-12)
    assert np.linalg.norm(mean) == pytest.approx(1)


@pytest.mark.parametrize('some_hidden', [False, True])
def test_the_mean_is_the_average_of_what_is_seen(some_hidden):
    points = shapes(2 * CHUNK + 5)
    visible = np.ones(points.shape[:2], dtype=bool)
    if some_hidden:
        visible[CHUNK : CHUNK + 9, 3] = False  # in one part only
    aligned, mean = procrustes_align(points, visible)
    hidden = np.broadcast_to(~visible[..., None], aligned.shape)
    average = np.ma.masked_array(aligned, hidden).mean(axis=0)
    np.testing.assert_allclose(average, mean, atol=1e-12)
    assert (aligned[~visible] == mean[np.nonzero(~visible)[1]]).all()


def test_hidden_keypoints_may_hold_anything():
    points = shapes()
    visible = np.ones(points.shape[:2], dtype=bool)
    visible[3, 2] = visible[4, :4] = False
    expected = procrustes_align(points, visible)[0]
    points[3, 2] = np.nan, np.inf
    points[4, :4] = 1e30
    np.testing.assert_array_equal(
        procrustes_align(points, visible)[0], expected
    )


@pytest.mark.parametrize('dtype', [np.float32, np.float64, np.int64])
def test_types_and_arguments_are_left_alone(dtype):
    points = shapes().astype(dtype)
    before = points.copy()
    aligned, mean = procrustes_align(points)
    np.testing.assert_array_equal(points, before)
    assert aligned.dtype == (np.float64 if dtype is np.int64 else dtype)
    assert mean.dtype == np.float64
    np.testing.assert_allclose(
        aligned, procrustes_align(points.astype(float))[0], atol=1e-6
    )


def test_parts_of_single_precision_stay_so():
    (part,) = ProcrustesFit(shapes().astype(np.float32), None).parts()
    assert part.dtype == np.float32


def test_the_order_of_shapes_does_not_matter():
    points = shapes(3 * CHUNK)
    order = np.random.default_rng(0).permutation(len(points))
    np.testing.assert_allclose(
        procrustes_align(points[order])[0],
        procrustes_align(points)[0][order],
        atol=1e-12,
    )


def test_a_single_shape_is_its_own_mean():
    aligned, mean = procrustes_align(shapes(1))
    np.testing.assert_allclose(aligned[0], mean, atol=1e-12)


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_shapes_that_are_not_finite_are_numbered(value):
    points = shapes(CHUNK + 10)
    points[[2, CHUNK + 4], 1, 0] = value
    with pytest.raises(ValueError, match=r'NaN or inf in shapes \[2\]'):
        procrustes_align(points)
    points[2] = points[3]
    with pytest.raises(ValueError, match=rf'shapes \[{CHUNK + 4}\]'):
        procrustes_align(points)


def test_the_first_ten_shapes_that_are_not_finite_are_numbered():
    points = shapes()
    points[:11, 1, 0] = np.nan
    with pytest.raises(ValueError, match=r'shapes \[0, .*, 8, 9\]$'):
        procrustes_align(points)


@pytest.mark.parametrize('place', [0.0, 123.4])
def test_points_are_no_shapes(place):
    points = shapes()
    points[5] = place
    with pytest.raises(ValueError, match=r'single point .* shapes \[5\]'):
        procrustes_align(points)
    visible = np.ones((30, 7), dtype=bool)
    for seen in range(2):
        visible[5] = [True] * seen + [False] * (7 - seen)
        with pytest.raises(ValueError, match=r'single point .* shapes \[5\]'):
            procrustes_align(shapes(), visible)


@pytest.mark.parametrize('place', [1e6, 1e12])
@pytest.mark.parametrize('some_hidden', [False, True])
def test_a_shape_as_small_as_rounding_is_a_point(some_hidden, place):
    """Less than a thousandth of a millionth of its coordinates."""
    points, visible = shapes(), np.ones((30, 7), dtype=bool)
    visible[:, 0] = ~(np.arange(30) < 3 * some_hidden)
    shape = points[5] - points[5].mean(axis=0)
    shape /= np.linalg.norm(shape)
    points[5] = place * (1 + 1e-8 * shape)
    procrustes_align(points, visible)
    points[5] = place * (1 + 3e-10 * shape)
    with pytest.raises(ValueError) as error:
        procrustes_align(points, visible)
    assert str(error.value) == (
        'expected shapes with an extent, got a single point (or nothing '
        'visible) in shapes [5]'
    )


@pytest.mark.parametrize('missing', [0.0, 0.25])
def test_the_unit_does_not_matter(missing):
    points = shapes()
    visible = np.random.default_rng(1).random(points.shape[:2]) >= missing
    np.testing.assert_allclose(
        procrustes_align(1e-12 * points, visible)[0],
        procrustes_align(points, visible)[0],
        atol=1e-12,
    )


def test_the_first_ten_points_are_numbered_in_every_part():
    points = shapes(CHUNK + 30)
    points[CHUNK + 2 : CHUNK + 13] = 7.0
    numbers = ', '.join(str(CHUNK + i) for i in range(2, 12))
    with pytest.raises(ValueError, match=rf'in shapes \[{numbers}\]$'):
        procrustes_align(points)


def test_a_keypoint_never_visible_is_numbered():
    visible = np.ones((30, 7), dtype=bool)
    visible[:, [1, 4]] = False
    with pytest.raises(ValueError, match=r'never visible.*\[1, 4\]'):
        procrustes_align(shapes(), visible)


@pytest.mark.parametrize('shape', [(7, 2), (3, 7, 3), (0, 7, 2), (3, 0, 2)])
def test_other_forms_are_refused(shape):
    with pytest.raises(ValueError, match=r'expected shapes \(N, K, 2\)'):
        procrustes_align(np.zeros(shape))


def test_visibility_of_another_form_is_refused():
    with pytest.raises(ValueError, match=r'visible as \(30, 7\), got \(7,\)'):
        procrustes_align(shapes(), np.ones(7, dtype=bool))


def test_the_layout_in_memory_does_not_matter():
    points = shapes()
    expected = procrustes_align(points)[0]
    for layout in (np.asfortranarray(points), points[:, ::-1][:, ::-1]):
        np.testing.assert_array_equal(procrustes_align(layout)[0], expected)
