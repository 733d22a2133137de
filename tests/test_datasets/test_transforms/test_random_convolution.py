from mmpose_scgcn.datasets.transforms import RandomConvolution
from mmpose_scgcn.datasets.transforms.random_convolution import _mix
from mmpose_scgcn.registry import TRANSFORMS

import cv2
import numpy as np
import pytest
import torch


@pytest.fixture
def image():
    rng = np.random.default_rng(0)
    small = rng.integers(60, 196, (12, 9, 3), dtype=np.uint8)
    return cv2.resize(small, (90, 120), interpolation=cv2.INTER_CUBIC)


def apply(image, **arguments):
    np.random.seed(0)
    return RandomConvolution(**arguments)(dict(img=image))['img']


def test_nothing_happens_without_a_chance(image):
    np.testing.assert_array_equal(apply(image, prob=0), image)


def test_mean_and_contrast_are_kept_and_the_given_image_too(image):
    kept = image.copy()
    np.random.seed(0)
    for _ in range(20):
        mixed = RandomConvolution(prob=1)(dict(img=image))['img']
        assert mixed.dtype == np.uint8 and mixed.shape == image.shape
        assert abs(mixed.mean() - image.mean()) < 4
        assert abs(mixed.std() / image.std() - 1) < 0.1
    np.testing.assert_array_equal(image, kept)


def test_the_filter_is_a_convolution_of_all_channels(image):
    """As PyTorch's, away from the border, when the picture has no share."""
    rng = np.random.default_rng(1)
    kernel = rng.normal(0, 0.1, (3, 3, 5, 5)).astype(np.float32)
    found = _mix(image, kernel, 1.0)[2:-2, 2:-2].astype(float)
    plane = torch.tensor(image - image.mean()).permute(2, 0, 1)[None]
    plane = torch.nn.functional.pad(plane, (2, 2, 2, 2), mode='reflect')
    expected = torch.nn.functional.conv2d(plane, torch.tensor(kernel).double())
    expected = expected[0].permute(1, 2, 0).numpy()
    expected = (expected - expected.mean()) / expected.std()
    expected = expected * image.std() + image.mean()
    expected = np.clip(expected, 0, 255)[2:-2, 2:-2]
    np.testing.assert_allclose(found, expected, atol=0.8)


def test_the_same_seed_gives_the_same_picture(image):
    first, second = (apply(image, prob=1) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_flat_picture_stays_flat():
    flat = np.full((32, 32, 3), 77, np.uint8)
    assert np.abs(apply(flat, prob=1).astype(int) - 77).max() <= 1


def test_it_is_registered_and_shows_its_arguments():
    transform = TRANSFORMS.build(
        dict(type='mmpose_scgcn.RandomConvolution', prob=0.3)
    )
    assert repr(transform) == 'RandomConvolution(prob=0.3, sizes=(1, 3, 5, 7))'


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(prob=1.5), r'prob in \[0, 1\], got 1.5'),
        (dict(sizes=(3, 4)), r'odd numbers above 0, got \(3, 4\)'),
        (dict(sizes=()), r'odd numbers above 0, got \(\)'),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        RandomConvolution(**arguments)
