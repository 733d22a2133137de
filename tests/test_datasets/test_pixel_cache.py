"""A cache of decoded images gives what decoding gives, to the bit."""

import os

from mmpose_scgcn.datasets.pixel_cache import PixelCache
from mmpose_scgcn.datasets.transforms import LoadFaceImage
from mmpose_scgcn.images import read_image

import cv2
import numpy as np
import pytest
from mmengine.dataset import Compose
from mmpose.utils import register_all_modules


@pytest.fixture
def photos(tmp_path):
    """Noise of several sizes and formats, one of 16 bits, one turned."""
    rng = np.random.default_rng(0)
    files = []
    for number, suffix in enumerate(('jpg', 'png', 'webp', 'tif')):
        image = rng.integers(0, 256, (40 + number, 57, 3), np.uint8)
        files.append(tmp_path / f'{number}.{suffix}')
        assert cv2.imwrite(str(files[-1]), image)
    deep = rng.integers(0, 2**16, (30, 20), np.uint16)
    files.append(tmp_path / 'deep.png')
    assert cv2.imwrite(str(files[-1]), deep)
    return files


@pytest.fixture
def cache(tmp_path):
    return PixelCache(tmp_path / 'cache')


def stored(cache):
    return sorted(p for p in cache.folder.rglob('*') if p.is_file())


def test_pixels_are_the_same_to_the_bit(photos, cache):
    for _ in range(2):
        for file in photos:
            found = cache.read(file)
            assert (found.dtype, found.shape[2]) == (np.uint8, 3)
            np.testing.assert_array_equal(found, read_image(file))
    assert len(stored(cache)) == len(photos)


def test_each_image_is_decoded_once(photos, cache, monkeypatch):
    for file in photos:
        cache.read(file)
    monkeypatch.setattr(cv2, 'imdecode', None)
    again = PixelCache(cache.folder)
    assert [again.read(file).shape[0] for file in photos] == [
        *(40, 41, 42, 43),
        30,
    ]


def test_what_is_painted_on_an_image_stays_out_of_the_cache(photos, cache):
    for _ in range(3):
        image = cache.read(photos[0])
        np.testing.assert_array_equal(image, read_image(photos[0]))
        image[:] = 0


def test_an_image_that_changed_is_decoded_anew(photos, cache):
    cache.read(photos[1])
    cv2.imwrite(str(photos[1]), np.full((8, 9, 3), 5, np.uint8))
    os.utime(photos[1], (1, 1))
    np.testing.assert_array_equal(
        cache.read(photos[1]), np.full((8, 9, 3), 5, np.uint8)
    )


@pytest.mark.parametrize('content', [b'', b'pixels', b'x' * 6000])
def test_a_damaged_file_is_written_anew(photos, cache, content):
    cache.read(photos[0])
    (file,) = stored(cache)
    whole = file.read_bytes()
    file.write_bytes(content)
    np.testing.assert_array_equal(cache.read(photos[0]), read_image(photos[0]))
    assert file.read_bytes() == whole


def test_a_folder_that_cannot_be_written(photos, tmp_path):
    (tmp_path / 'file').touch()
    cache = PixelCache(tmp_path / 'file' / 'cache')
    for file in photos:
        np.testing.assert_array_equal(cache.read(file), read_image(file))


def test_an_image_that_is_not_there(tmp_path, cache):
    with pytest.raises(FileNotFoundError, match=r'no image file .*missing'):
        cache.read(tmp_path / 'missing.jpg')


def test_files_elsewhere_are_refused():
    with pytest.raises(ValueError, match=r'cache: expected .* local files'):
        LoadFaceImage(cache='x', backend_args=dict(backend='local'))


def test_training_sees_the_same_crops(photos, tmp_path):
    """Two epochs of augmentation, the second from the cache."""

    register_all_modules(init_default_scope=True)

    def crops(**options):
        steps = Compose(
            [
                dict(type='mmpose_scgcn.LoadFaceImage', **options),
                dict(type='GetBBoxCenterScale'),
                dict(type='RandomFlip', direction='horizontal'),
                dict(type='RandomBBoxTransform'),
                dict(type='TopdownAffine', input_size=(32, 32)),
                dict(type='mmpose_scgcn.RandomOcclusion', prob=1.0),
            ]
        )
        np.random.seed(3)
        for file in photos * 2:
            box = np.array([[3.0, 4, 18, 25]], np.float32)
            yield steps(
                dict(
                    img_path=str(file),
                    bbox=box,
                    keypoints=np.ones((1, 2, 2), np.float32),
                    keypoints_visible=np.ones((1, 2), np.float32),
                    flip_indices=[0, 1],
                    num_keypoints=2,
                )
            )

    plainly = list(crops())  # one after the other: they share a generator
    from_cache = list(crops(cache=str(tmp_path / 'cache')))
    for plain, cached in zip(plainly, from_cache, strict=True):
        for name in ('img', 'transformed_keypoints', 'input_scale'):
            np.testing.assert_array_equal(plain[name], cached[name])
