from mmpose_scgcn.datasets.transforms import RandomDegradation
from mmpose_scgcn.registry import TRANSFORMS

import cv2
import numpy as np
import pytest

NEVER = dict(blur=0, motion=0, shrink=0, grey=0, noise=0, compression=0)


@pytest.fixture
def image():
    """Coloured noise, which every kind of loss changes."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (40, 30, 3), dtype=np.uint8)
    return cv2.resize(small, (120, 160))


def apply(image, **chances):
    np.random.seed(0)
    transform = RandomDegradation(**{**NEVER, **chances})
    return transform(dict(img=image.copy()))['img']


def detail(image):
    return cv2.Laplacian(image.astype(np.float32), -1).std()


def test_nothing_happens_without_a_chance(image):
    # What is left is the narrowest Gaussian, less than one grey level.
    changed = np.abs(apply(image).astype(int) - image)
    assert changed.max() <= 1


@pytest.mark.parametrize('kind', ['blur', 'motion', 'shrink'])
def test_detail_is_lost(image, kind):
    assert detail(apply(image, **{kind: 1})) < 0.9 * detail(image)


def test_colours_are_lost(image):
    grey = apply(image, grey=1)
    assert (grey == grey[..., :1]).all()
    assert not (image == image[..., :1]).all()


def test_noise_has_no_direction(image):
    flat = np.full((64, 64, 3), 128, np.uint8)
    noisy = apply(flat, noise=1).astype(float)
    assert 1.5 < noisy.std() < 12.5
    assert abs(noisy.mean() - 127.5) < 1  # whole levels, rounded down


def test_compression_leaves_blocks(image):
    changed = apply(image, compression=1).astype(int) - image
    assert changed.shape == image.shape and (changed != 0).mean() > 0.5


def test_the_same_seed_gives_the_same_picture(image):
    first, second = (apply(image, noise=1, blur=0.5) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_given_image_is_left_as_it_is(image):
    kept = image.copy()
    RandomDegradation(*[1.0] * 6)(dict(img=image))
    np.testing.assert_array_equal(image, kept)


def test_it_is_registered_and_shows_its_arguments():
    transform = TRANSFORMS.build(
        dict(type='mmpose_scgcn.RandomDegradation', blur=0.5)
    )
    assert 'blur=0.5' in repr(transform) and 'noise=0.3' in repr(transform)


@pytest.mark.parametrize('chance', [-0.1, 1.1, float('nan')])
def test_a_chance_that_is_none(chance):
    with pytest.raises(ValueError, match=r'noise in \[0, 1\]'):
        RandomDegradation(noise=chance)
