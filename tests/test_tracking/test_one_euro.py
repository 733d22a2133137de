import math

from mmpose_scgcn.tracking import OneEuroFilter

import numpy as np
import pytest

FPS = 30
SIZE = 240.0  # of the face, px
EYES = 100.0  # inter-ocular distance, px


def run(filter_, track, fps=FPS, scale=SIZE):
    return np.stack([filter_(x, i / fps, scale) for i, x in enumerate(track)])


def naive(track, times, scale, min_cutoff, beta, derivate_cutoff):
    """The filter in scalars, keypoint after keypoint."""

    def share(cutoff, elapsed):
        tau = 1 / (2 * math.pi * cutoff)
        return 1 / (1 + tau / elapsed)

    result = np.array(track, dtype=float)
    for k in range(track.shape[1]):
        (x, y), (vx, vy) = track[0, k], (0.0, 0.0)
        for i in range(1, len(track)):
            elapsed = times[i] - times[i - 1]
            a = share(derivate_cutoff, elapsed)
            vx = a * (track[i, k, 0] - x) / elapsed + (1 - a) * vx
            vy = a * (track[i, k, 1] - y) / elapsed + (1 - a) * vy
            speed = math.hypot(vx, vy) / scale[i]
            a = share(min_cutoff + beta * speed, elapsed)
            x = a * track[i, k, 0] + (1 - a) * x
            y = a * track[i, k, 1] + (1 - a) * y
            result[i, k] = x, y
    return result


def jitter(track):
    steps = np.diff(track, axis=0)
    return np.sqrt((steps**2).sum(axis=-1).mean())


def still(noise=0.01 * EYES, frames=300, keypoints=98):
    rng = np.random.default_rng(0)
    base = rng.uniform(0, SIZE / np.sqrt(2), (keypoints, 2))
    return base + rng.normal(0, noise, (frames, keypoints, 2))


def test_it_agrees_with_a_loop_over_scalars():
    rng = np.random.default_rng(1)
    track = rng.normal(0, 30, (40, 5, 2)).cumsum(axis=0)
    times = rng.uniform(0.01, 0.1, 40).cumsum()
    scale = rng.uniform(100, 300, 40)
    constants = dict(min_cutoff=0.7, beta=3.0, derivate_cutoff=1.3)
    smooth = OneEuroFilter(**constants)
    result = [
        smooth(x, t, s) for x, t, s in zip(track, times, scale, strict=True)
    ]
    expected = naive(track, times, scale, **constants)
    np.testing.assert_allclose(result, expected, rtol=1e-12)


def test_a_point_that_rests_stays():
    track = np.full((50, 3, 2), 12.5)
    np.testing.assert_array_equal(run(OneEuroFilter(), track), track)


def test_the_first_sample_comes_back_as_it_is():
    first = still()[0]
    np.testing.assert_array_equal(OneEuroFilter()(first, 3.0, SIZE), first)


def test_a_third_of_the_jitter_is_left_at_most():
    track = still()
    smoothed = run(OneEuroFilter(), track)
    assert jitter(smoothed[FPS:]) < jitter(track[FPS:]) / 3


@pytest.mark.parametrize('speed', [0.5, 1.0, 2.0, 4.0])
def test_a_steady_motion_is_followed_within_its_bound(speed):
    """It trails by v / (2 pi cutoff) face sizes in the long run.

    Speed is taken from the estimate to the next position, so that it is the
    true one and what it trails by.
    """
    way = speed * SIZE * np.arange(200) / FPS
    track = np.zeros((200, 1, 2))
    track[:, 0, 0] = way
    smooth = OneEuroFilter()
    late = (track - run(smooth, track))[-1, 0, 0] / SIZE
    cutoff = smooth.min_cutoff + smooth.beta * (speed + late * FPS)
    assert late == pytest.approx(speed / (2 * np.pi * cutoff), rel=1e-3)
    assert late < 1 / (2 * np.pi * smooth.beta)


def test_a_swaying_head_is_late_by_less_than_half_a_frame():
    times = np.arange(300) / FPS
    move = 0.5 * EYES * np.sin(4 * times)  # 2 eye distances per second
    track = still() + np.stack([move, 0 * move], axis=-1)[:, None]
    smoothed = run(OneEuroFilter(), track)
    velocity = np.gradient(move)[FPS:]
    error = (smoothed - track)[FPS:, :, 0].mean(axis=1)
    assert -(error @ velocity) / (velocity @ velocity) < 0.5


def test_without_beta_the_lag_grows_with_speed():
    """It is beta that keeps the keypoints on a fast face."""
    track = np.zeros((200, 1, 2))
    track[:, 0, 0] = 2 * SIZE * np.arange(200) / FPS
    slow = run(OneEuroFilter(beta=0.0), track)
    fast = run(OneEuroFilter(), track)
    late, less = (abs(track - x)[-1, 0, 0] for x in (slow, fast))
    assert late > 20 * less


def test_the_unit_does_not_matter_if_the_size_is_told():
    track = still()[:20]
    whole = run(OneEuroFilter(), track)
    np.testing.assert_allclose(
        run(OneEuroFilter(), 7 * track, scale=7 * SIZE), 7 * whole
    )
    np.testing.assert_allclose(
        run(OneEuroFilter(), track / SIZE, scale=1.0), whole / SIZE
    )


def test_turning_the_picture_turns_the_result():
    track = still()[:20]
    angle = 0.7
    turn = np.array(
        [
            [np.cos(angle), -np.sin(angle)],
            [np.sin(angle), np.cos(angle)],
        ]
    )
    np.testing.assert_allclose(
        run(OneEuroFilter(), track @ turn),
        run(OneEuroFilter(), track) @ turn,
    )


@pytest.mark.parametrize('missing', [np.nan, np.inf])
def test_a_keypoint_that_was_gone_starts_anew(missing):
    track = still(keypoints=3)[:10]
    whole = run(OneEuroFilter(), track)
    broken = track.copy()
    broken[4, 1, 0] = missing
    result = run(OneEuroFilter(), broken)
    np.testing.assert_array_equal(result[:, [0, 2]], whole[:, [0, 2]])
    np.testing.assert_array_equal(result[4, 1], broken[4, 1])
    anew = run(OneEuroFilter(), track[5:])
    np.testing.assert_allclose(result[5:, 1], anew[:, 1])


def test_a_keypoint_missing_at_first_starts_when_it_comes():
    track = still(keypoints=1)[:5]
    broken = track.copy()
    broken[0] = np.nan
    np.testing.assert_allclose(
        run(OneEuroFilter(), broken)[1:], run(OneEuroFilter(), track[1:])
    )


def test_after_reset_it_is_like_new():
    track = still()[:10]
    smooth = OneEuroFilter()
    first = run(smooth, track)
    smooth.reset()
    np.testing.assert_array_equal(run(smooth, track), first)


def test_the_input_is_left_as_it_is():
    track = still()[:2]
    before = track.copy()
    run(OneEuroFilter(), track)[0, 0] = 0
    np.testing.assert_array_equal(track, before)


@pytest.mark.parametrize(
    ('given', 'kept'),
    [('float32', 'float32'), ('float64', 'float64'), ('int64', 'float64')],
)
def test_the_type_is_kept(given, kept):
    track = still()[:3].astype(given)
    assert run(OneEuroFilter(), track).dtype == kept


@pytest.mark.parametrize('time_s', [1.0, 0.5, np.nan, np.inf])
def test_time_must_run_forward(time_s):
    smooth = OneEuroFilter()
    smooth(np.zeros((2, 2)), 1.0)
    with pytest.raises(ValueError, match='time after 1'):
        smooth(np.zeros((2, 2)), time_s)


@pytest.mark.parametrize('scale', [0.0, -1.0, np.nan, np.inf])
def test_a_face_has_a_size(scale):
    with pytest.raises(ValueError, match='scale'):
        OneEuroFilter()(np.zeros((2, 2)), 0.0, scale)


@pytest.mark.parametrize('shape', [(2,), (2, 3), (1, 2, 2)])
def test_positions_are_a_table(shape):
    with pytest.raises(ValueError, match=r'\(K, 2\)'):
        OneEuroFilter()(np.zeros(shape), 0.0)


def test_the_number_of_keypoints_stays():
    smooth = OneEuroFilter()
    smooth(np.zeros((2, 2)), 0.0)
    with pytest.raises(ValueError, match='last call'):
        smooth(np.zeros((3, 2)), 1.0)


@pytest.mark.parametrize(
    'constants',
    [
        dict(min_cutoff=0),
        dict(beta=-1),
        dict(derivate_cutoff=0),
        dict(min_cutoff=np.nan),
        dict(beta=np.inf),
    ],
)
def test_constants_out_of_range(constants):
    with pytest.raises(ValueError, match='min_cutoff > 0'):
        OneEuroFilter(**constants)
