from mmpose_scgcn.tracking import CutDetector

import cv2
import numpy as np
import pytest


def fires(first, second, **arguments):
    is_cut = CutDetector(**arguments)
    assert not is_cut(first)
    return is_cut(second)


def affine(image, matrix):
    size = image.shape[1::-1]
    return cv2.warpAffine(
        image, np.float32(matrix), size, borderMode=cv2.BORDER_REFLECT
    )


def noisy(image, std):
    noise = np.random.default_rng(int(image.sum())).normal(0, std, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def brighter(image, gain, offset=0):
    return np.clip(image * float(gain) + offset, 0, 255).astype(np.uint8)


def turn(image):
    matrix = cv2.getRotationMatrix2D((160, 120), 6, 1)
    return affine(image, matrix)


CHANGES = {
    'nothing': lambda image: image,
    'noise': lambda image: noisy(image, 12),
    'darker': lambda image: brighter(image, 0.5),
    'brighter': lambda image: brighter(image, 1.25, 5),
    'a pan': lambda image: affine(image, [[1, 0, 30], [0, 1, 8]]),
    'a blurred pan': lambda image: cv2.blur(
        affine(image, [[1, 0, 40], [0, 1, 0]]), (41, 1)
    ),
    'a zoom': lambda image: affine(image, [[1.1, 0, -16], [0, 1.1, -12]]),
    'a turn': turn,
}


@pytest.mark.parametrize('change', CHANGES)
def test_the_same_scene_is_no_cut(scenes, change):
    fired = [fires(image, CHANGES[change](image)) for image in scenes]
    assert not any(fired)


def test_a_face_that_moves_fast_is_no_cut(face_scene):
    assert not fires(face_scene(3, left=60), face_scene(3, left=80))


def test_noise_in_the_dark_is_no_cut(scenes):
    for image in scenes:
        dark = brighter(image, 0.05)
        assert not fires(noisy(dark, 6), noisy(brighter(dark, 1.05), 6))


def test_another_scene_is_a_cut(scenes):
    fired = [
        fires(first, second)
        for first in scenes
        for second in scenes
        if first is not second
    ]
    assert all(fired)


def test_a_cut_fires_once(scenes):
    is_cut = CutDetector()
    frames = [scenes[0]] * 3 + [scenes[1]] * 3
    assert [is_cut(x) for x in frames] == [False] * 3 + [True] + [False] * 2


def test_from_nothing_to_a_scene_and_back_is_a_cut(scenes):
    black = np.zeros_like(scenes[0])
    assert fires(black, scenes[0])
    assert fires(scenes[0], black)


def test_flat_pictures_have_no_scenes():
    black = np.zeros((240, 320, 3), np.uint8)
    assert not fires(black, black + 200)


def test_a_flat_middle_hides_no_cut(scenes):
    """What is the same everywhere would be found anywhere."""
    image = scenes[0].copy()
    image[60:180, 80:240] = 128
    assert not fires(image, image)
    assert fires(image, scenes[1])


def test_the_size_of_the_picture_does_not_matter(scenes):
    double = cv2.resize(scenes[0], None, fx=2, fy=2)
    assert not fires(scenes[0], double)
    assert fires(scenes[1], double)


def test_after_reset_nothing_is_a_cut(scenes):
    is_cut = CutDetector()
    is_cut(scenes[0])
    is_cut.reset()
    assert not is_cut(scenes[1])


def test_an_infinite_threshold_finds_none(scenes):
    assert not fires(*scenes[:2], threshold=np.inf)


@pytest.mark.parametrize('threshold', [-0.1, np.nan])
def test_thresholds_out_of_range(threshold):
    with pytest.raises(ValueError, match='threshold'):
        CutDetector(threshold=threshold)
