from mmpose_scgcn.datasets.preparation.images import (
    image_size,
    read_image_sizes,
)

import cv2
import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def picture(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (40, 60, 3))
    path = tmp_path / 'a.jpg'
    Image.fromarray(noise.astype(np.uint8)).save(path, quality=90)
    return path


@pytest.mark.parametrize('suffix', ('.jpg', '.png', '.bmp'))
def test_size_of_a_whole_image(tmp_path, suffix):
    path = tmp_path / f'a{suffix}'
    assert cv2.imwrite(str(path), np.zeros((31, 57, 3), np.uint8))
    assert image_size(path) == (57, 31, 1)


@pytest.mark.parametrize('orientation', (1, 3, 6, 8))
def test_the_size_is_what_opencv_reads(picture, tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = tmp_path / 'turned.jpg'
    with Image.open(picture) as image:
        image.save(turned, exif=exif)
    height, width = cv2.imread(str(turned)).shape[:2]
    assert image_size(turned) == (width, height, orientation)


@pytest.mark.parametrize('suffix', ('.jpg', '.png'))
def test_a_cut_off_image_is_unreadable(picture, suffix):
    path = picture.with_suffix(suffix)
    with Image.open(picture) as image:
        image.save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(OSError):
        image_size(path)


def test_no_image_at_all(tmp_path):
    path = tmp_path / 'a.jpg'
    path.write_text('not a picture')
    with pytest.raises(OSError, match='no image that can be read'):
        image_size(path)
    with pytest.raises(FileNotFoundError):
        image_size(tmp_path / 'b.jpg')


def test_several_threads_keep_the_order(tmp_path):
    names = [f'{width}.png' for width in range(10, 40)]
    for name in names[:-1]:
        blank = np.zeros((5, int(name[:2]), 3), np.uint8)
        assert cv2.imwrite(str(tmp_path / name), blank)
    seen = []
    found = read_image_sizes(
        tmp_path,
        names,
        workers=4,
        track=lambda items: (seen.append(i) or i for i in items),
    )
    assert list(found) == names
    assert [size[0] for size in list(found.values())[:-1]] == [*range(10, 39)]
    assert isinstance(found[names[-1]], FileNotFoundError)
    assert len(seen) == 30
