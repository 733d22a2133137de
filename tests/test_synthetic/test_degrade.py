from mmpose_scgcn.synthetic.degrade import Degradation, degrade

import numpy as np
import pytest


@pytest.fixture
def edge():
    image = np.zeros((160, 160, 3), np.uint8)
    image[:, 80:] = 200
    return image


def steepness(image):
    return np.abs(np.diff(image[80, :, 0].astype(int))).max()


def test_nothing_leaves_the_picture_alone(edge):
    result = degrade(edge, Degradation(), np.random.default_rng(0))
    assert (result == edge).all()


@pytest.mark.parametrize(
    'strengths', [dict(sigma=2.0), dict(motion=8.0), dict(shrink=4.0)]
)
def test_every_blur_softens_an_edge_and_counts(edge, strengths):
    degradation = Degradation(**strengths)
    result = degrade(edge, degradation, np.random.default_rng(0))
    assert steepness(result) < 0.5 * steepness(edge)
    assert degradation.blur > 1


def test_blurs_add_up_as_variances():
    degradation = Degradation(sigma=1.5, motion=6.0, shrink=2.0)
    assert degradation.blur == pytest.approx(np.sqrt(2.25 + 36 / 12 + 3 / 12))


def test_a_larger_picture_is_blurred_by_the_same_share(edge):
    large = np.repeat(np.repeat(edge, 2, 0), 2, 1)
    rng = np.random.default_rng(0)
    small_step = steepness(degrade(edge, Degradation(sigma=2.0), rng))
    large_step = steepness(degrade(large, Degradation(sigma=2.0), rng))
    assert large_step == pytest.approx(small_step / 2, rel=0.1)


def test_noise_and_grey():
    image = np.full((64, 64, 3), (50, 100, 150), np.uint8)
    degradation = Degradation(noise=5.0, grey=True)
    result = degrade(image, degradation, np.random.default_rng(0))
    assert result.std(axis=(0, 1)) == pytest.approx(5, abs=0.7)
    assert np.ptp(result.mean(axis=(0, 1))) < 1
