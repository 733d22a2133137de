"""Images of every kind; what is none is told by name."""

import re
import struct
import zlib

from mmpose_scgcn.apis import read_image
from mmpose_scgcn.images import decoding
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest
from PIL import Image

TURNED = 6  # EXIF: the first row of the file is the right side


@pytest.fixture(scope='module')
def bgr():
    """Larger than high, coloured, and no mirror image of itself."""
    tint = np.array([0.6, 0.75, 0.9])
    image = make_face(3, 1, size=96).image[:64] * tint
    return image.round().astype(np.uint8)


@pytest.fixture
def pil(bgr):
    return Image.fromarray(bgr[..., ::-1])


def grey_of(bgr):
    return np.ascontiguousarray(bgr[..., 1])


def thrice(grey):
    return np.stack([grey] * 3, axis=-1)


def difference(first, second):
    assert first.shape == second.shape
    return np.abs(first.astype(int) - second).mean()


@pytest.mark.parametrize(
    ('change', 'expected'),
    [
        (lambda image: image, lambda image: image),
        (lambda image: image[::-1, ::2], lambda image: image[::-1, ::2]),
        (
            lambda image: np.dstack([image, image[..., 0]]),
            lambda image: image,
        ),
        (grey_of, lambda image: thrice(grey_of(image))),
        (
            lambda image: image[..., 1:2],
            lambda image: thrice(grey_of(image)),
        ),
        # 257 is 65535 / 255
        (lambda image: image.astype(np.uint16) * 257, lambda image: image),
        (
            lambda image: grey_of(image).astype(np.uint16) * 257 + 100,
            lambda image: thrice(grey_of(image)),
        ),
    ],
    ids=['bgr', 'view', 'bgra', 'grey', 'one-channel', 'bgr16', 'grey16'],
)
def test_arrays(bgr, change, expected):
    image = read_image(change(bgr))
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    np.testing.assert_array_equal(image, expected(bgr))


@pytest.mark.parametrize(
    ('array', 'message'),
    [
        (np.zeros((4, 4, 3)), 'uint8 or uint16, got float64; scale it'),
        (np.zeros((4, 4), bool), 'got bool'),
        (np.zeros((4, 4, 3), int), 'got int64'),
        (np.zeros((0, 4, 3), np.uint8), 'got shape (0, 4, 3)'),
        (np.zeros((4, 4, 2), np.uint8), 'got shape (4, 4, 2)'),
        (np.zeros((3, 4, 8), np.uint8), 'got shape (3, 4, 8)'),
        (np.zeros((2, 4, 4, 3), np.uint8), 'got shape (2, 4, 4, 3)'),
        (np.zeros(4, np.uint8), 'got shape (4,)'),
        (np.uint8(3) + np.zeros((), np.uint8)[...], 'got shape ()'),
    ],
)
def test_arrays_that_are_no_images(array, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_image(np.asarray(array))


@pytest.mark.parametrize('mode', ['RGB', 'RGBA', 'RGBX', 'CMYK', 'HSV'])
def test_pil_images_of_colour(bgr, pil, mode):
    assert difference(read_image(pil.convert(mode)), bgr) < 1.5


def test_pil_images_of_grey(pil):
    expected = thrice(np.asarray(pil.convert('L')))
    np.testing.assert_array_equal(read_image(pil.convert('L')), expected)
    np.testing.assert_array_equal(read_image(pil.convert('LA')), expected)


def test_a_pil_image_with_a_palette(pil):
    indexed = pil.quantize(200)
    assert indexed.mode == 'P'
    expected = np.asarray(indexed.convert('RGB'))[..., ::-1]
    np.testing.assert_array_equal(read_image(indexed), expected)


@pytest.mark.parametrize('mode', ['I;16', 'I'])
def test_pil_images_of_16_bits(bgr, mode):
    grey = grey_of(bgr)
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    deep = deep if mode == 'I;16' else deep.convert('I')
    assert deep.mode == mode
    np.testing.assert_array_equal(read_image(deep), thrice(grey))


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        (np.full((4, 4), 70_000, np.int32), 'values from 70000 to 70000'),
        (np.full((4, 4), -1, np.int32), 'values from -1 to -1'),
        (np.ones((4, 4), np.float32), 'floating point'),
    ],
)
def test_pil_images_that_would_lose_their_values(values, message):
    with pytest.raises(ValueError, match=message):
        read_image(Image.fromarray(values))


def test_a_pil_image_is_turned_upright_and_left_alone(bgr, pil):
    pil.getexif()[274] = TURNED
    expected = np.rot90(bgr, -1)
    np.testing.assert_array_equal(read_image(pil), expected)
    assert pil.size == bgr.shape[1::-1]


@pytest.mark.parametrize('suffix', ['jpg', 'png', 'webp', 'tif'])
@pytest.mark.parametrize('orientation', range(1, 9))
def test_files_are_turned_upright_once(
    bgr, pil, tmp_path, suffix, orientation
):
    """By the meaning of the eight numbers, written out."""
    upright = {
        1: bgr,
        2: bgr[:, ::-1],
        3: bgr[::-1, ::-1],
        4: bgr[::-1],
        5: bgr.transpose(1, 0, 2),
        6: np.rot90(bgr, -1),
        7: np.rot90(bgr, -1)[:, ::-1][::-1, ::-1],
        8: np.rot90(bgr, 1),
    }
    exif = Image.Exif()
    exif[274] = orientation
    path = tmp_path / f'face.{suffix}'
    pil.save(path, exif=exif, **({} if suffix == 'tif' else dict(quality=95)))
    right = difference(read_image(path), upright[orientation])
    assert right < (0.01 if suffix in ('png', 'tif') else 4)


@pytest.mark.parametrize('suffix', ['png', 'webp', 'jpg'])
def test_broken_exif_does_not_cost_the_image(bgr, pil, tmp_path, suffix):
    path = tmp_path / f'face.{suffix}'
    pil.save(path, exif=b'Exif\0\0this is no TIFF header')
    assert difference(read_image(path), bgr) < 6


@pytest.mark.parametrize('suffix', ['bmp', 'ppm', 'gif', 'jp2'])
def test_other_files(bgr, pil, tmp_path, suffix):
    path = tmp_path / f'face.{suffix}'
    pil.save(path)
    assert difference(read_image(str(path)), bgr) < 8


def test_the_first_picture_of_a_moving_one(bgr, pil, tmp_path):
    path = tmp_path / 'face.gif'
    pil.save(path, save_all=True, append_images=[pil.rotate(180)] * 3)
    assert difference(read_image(path), bgr) < 8


def test_a_16_bit_file_keeps_its_levels(tmp_path):
    ramp = np.linspace(0, 65535, 4096).reshape(64, 64).astype(np.uint16)
    for name, pixels in (('grey', ramp), ('colour', thrice(ramp))):
        path = tmp_path / f'{name}.png'
        cv2.imwrite(str(path), pixels)
        image = read_image(path)
        assert len(np.unique(image)) == 256
        assert difference(image, thrice(ramp / 257)) < 1


def test_a_printers_file(bgr, pil, tmp_path):
    path = tmp_path / 'face.jpg'
    pil.convert('CMYK').save(path, quality=95)
    assert difference(read_image(path), bgr) < 4


def test_transparency_is_dropped(bgr, pil, tmp_path):
    pil.putalpha(0)
    pil.save(tmp_path / 'face.png')
    np.testing.assert_array_equal(read_image(tmp_path / 'face.png'), bgr)


def test_names_of_every_language(bgr, pil, tmp_path):
    path = tmp_path / 'Gesicht ä 顔 🙂.png'
    pil.save(path)
    np.testing.assert_array_equal(read_image(path), bgr)


def test_what_pil_does_not_know_is_left_to_opencv(bgr, tmp_path):
    path = tmp_path / 'face.ras'
    cv2.imwrite(str(path), bgr)
    np.testing.assert_array_equal(read_image(path), bgr)


def content_of(pil, path, **options):
    pil.save(path, **options)
    return path.read_bytes()


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('suffix', ['jpg', 'png', 'webp', 'bmp', 'gif'])
def test_half_a_file_is_told(pil, tmp_path, suffix, capfd):
    """No face is sought in a picture whose lower half is grey."""
    path = tmp_path / f'half.{suffix}'
    content = content_of(pil.resize((400, 400)), path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=rf'{re.escape(str(path))} cannot be'):
        read_image(path)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('nothing.jpg', b'', 'is empty'),
        ('page.jpg', b'<html>Not found</html>', 'is no image that can be'),
        ('text.png', b'\x89PNG\r\n', 'is no image that can be read'),
    ],
)
def test_files_that_are_no_images(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f'{re.escape(str(path))} {message}'):
        read_image(path)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no image file .*absent'):
        read_image(tmp_path / 'absent.jpg')
    with pytest.raises(ValueError, match=f'{tmp_path} is a folder'):
        read_image(str(tmp_path))


@pytest.mark.parametrize('source', [None, 3, b'a.jpg', [1, 2]])
def test_what_is_no_image_at_all(source):
    with pytest.raises(TypeError, match=f'got {type(source).__name__}'):
        read_image(source)


def png_header(width, height):
    def chunk(kind, data):
        check = struct.pack('>I', zlib.crc32(kind + data))
        return struct.pack('>I', len(data)) + kind + data + check

    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return b''.join(
        [
            b'\x89PNG\r\n\x1a\n',
            chunk(b'IHDR', header),
            chunk(b'IDAT', zlib.compress(bytes(100))),
            chunk(b'IEND', b''),
        ]
    )


@pytest.mark.parametrize('limit', [Image.MAX_IMAGE_PIXELS, None])
def test_a_huge_picture_is_refused_before_it_is_decoded(
    tmp_path, monkeypatch, limit
):
    """Whether or not PIL has a limit of its own."""

    def decode(*arguments):
        raise AssertionError('decoded')

    monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', limit)
    monkeypatch.setattr(cv2, 'imdecode', decode)
    path = tmp_path / 'huge.png'
    path.write_bytes(png_header(20_000, 20_000))
    with pytest.raises(ValueError, match=r'huge.png is too large: .*00'):
        read_image(path)


def test_a_large_picture_is_read_without_a_warning(
    bgr, pil, tmp_path, monkeypatch
):
    monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', 4000)
    pil.save(tmp_path / 'large.png')
    np.testing.assert_array_equal(read_image(tmp_path / 'large.png'), bgr)


def test_a_lack_of_memory_is_no_damage(tmp_path, monkeypatch):
    def fail(*_):
        raise MemoryError

    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((6, 8, 3), np.uint8))
    monkeypatch.setattr(decoding, '_decode', fail)
    with pytest.raises(ValueError, match='8 x 6 px are too many for the mem'):
        read_image(tmp_path / 'a.png')


def test_a_pil_image_that_is_cut_off(bgr, pil, tmp_path):
    """PIL reads its pixels when they are asked for."""
    file = tmp_path / 'whole.png'
    pil.save(file)
    (tmp_path / 'cut.png').write_bytes(file.read_bytes()[:-40])
    with (
        Image.open(tmp_path / 'cut.png') as image,
        pytest.raises(ValueError, match='of PIL cannot be decoded: '),
    ):
        read_image(image)
