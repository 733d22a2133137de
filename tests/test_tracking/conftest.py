from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest

WIDTH, HEIGHT = 320, 240


def scene(seed):
    """A picture of coloured blobs, (240, 320, 3) uint8."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 1, (6, 8, 3))
    fine = rng.uniform(0, 1, (30, 40, 3))
    tint = rng.uniform(40, 215, 3)
    size = (WIDTH, HEIGHT)
    mix = 70 * (cv2.resize(coarse, size) - 0.5)
    mix += 40 * (cv2.resize(fine, size) - 0.5)
    return np.clip(tint + mix, 0, 255).astype(np.uint8)


def face_scene(index, left=80):
    """A face on its own background before blobs, 160 px wide."""
    image = scene(index)
    image[40:200, left : left + 160] = make_face(seed=0, index=index).image
    return image


@pytest.fixture(name='face_scene', scope='session')
def get_face_scene():
    return face_scene


@pytest.fixture(scope='session')
def scenes():
    """Twelve pictures of different faces in different places."""
    return [face_scene(index) for index in range(12)]
