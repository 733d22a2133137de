"""Image files that lie about their size, or are no pictures."""

import os
import struct
import subprocess
import zlib

from mmpose_scgcn.images import decode_image, image_facts, read_image
from mmpose_scgcn.images import decoding as decoding_module
from mmpose_scgcn.images.stored_size import stored_size

import cv2
import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures('little_memory')

SIDE = 60_000
PICTURE = np.random.default_rng(0).integers(0, 255, (37, 51, 3), np.uint8)


def chunk(kind, data):
    """A chunk of PNG."""
    check = struct.pack('>I', zlib.crc32(kind + data))
    return struct.pack('>I', len(data)) + kind + data + check


def head(width, height):
    sizes = struct.pack('>II', width, height)
    return chunk(b'IHDR', sizes + bytes([8, 2, 0, 0, 0]))


def bitmap(form, size, *sides):
    """The head of a BMP file."""
    start = b'BM' + struct.pack('<IIII', 99, 0, 14 + size, size)
    fields = struct.pack(form, *sides, 1, 24)
    return start + fields.ljust(size - 4, b'\0')


PNG = b'\x89PNG\r\n\x1a\n'
LARGE = {
    'PNG': PNG + head(SIDE, SIDE) + chunk(b'IDAT', zlib.compress(b'0')),
    'PNG, broken': b'\x89PNG\r\n\x1a\0' + head(SIDE, SIDE),
    'BMP': bitmap('<iiHH', 40, SIDE, SIDE),
    'BMP, old': bitmap('<HHHH', 12, SIDE, SIDE),
    'BMP, upside down': bitmap('<iiHH', 40, SIDE, -SIDE),
    'Sun raster': struct.pack('>8I', 0x59A66A95, SIDE, SIDE, 24, 0, 1, 0, 0),
    'JPEG': b'\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08'
    + struct.pack('>HH', SIDE, SIDE)
    + b'\3\1\x11\0\2\x11\1\3\x11\1\xff\xda',
    'TIFF': b'II*\0\x08\0\0\0\2\0'
    + struct.pack('<HHII', 256, 4, 1, SIDE)
    + struct.pack('<HHII', 257, 4, 1, SIDE),
    'PPM': f'P6 {SIDE} {SIDE} 255\n'.encode(),
    'GIF': b'GIF89a' + struct.pack('<HH', SIDE, SIDE) + b'\0\0\0;',
}


@pytest.mark.parametrize('pil', [True, False])
@pytest.mark.parametrize('name', LARGE)
def test_a_large_one_is_not_decoded(name, pil, monkeypatch):
    decoded = []
    monkeypatch.setattr(decoding_module, 'by_opencv', decoded.append)
    if not pil:
        monkeypatch.setattr(decoding_module, 'find_spec', lambda _: None)
    with pytest.raises(ValueError, match=r'too large|no image|no JPEG'):
        decode_image(LARGE[name])
    assert not decoded


@pytest.mark.parametrize(
    ('suffix', 'options'),
    [
        ('.png', []),
        ('.jpg', []),
        ('.jpg', [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        ('.bmp', []),
        ('.tif', []),
        ('.webp', []),
        ('.webp', [cv2.IMWRITE_WEBP_QUALITY, 101]),
        ('.ras', []),
    ],
)
def test_the_first_bytes_say_the_size(suffix, options):
    _, content = cv2.imencode(suffix, PICTURE, options)
    assert stored_size(content.tobytes()) == (51, 37)
    for end in range(len(content)):
        stored_size(content.tobytes()[:end])  # is no error, wherever it ends


def test_a_second_header_counts_too():
    assert stored_size(PNG + head(2, 3) + head(SIDE, 9)) == (SIDE, 9)


SCRIPT = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 64 64
%%EndComments
(made) (w) file closefile showpage
"""


@pytest.mark.parametrize('suffix', ['.eps', '.png'])
def test_a_program_is_no_picture(tmp_path, suffix, monkeypatch):
    """PIL gives PostScript to Ghostscript, which runs it."""
    monkeypatch.chdir(tmp_path)
    started = []
    monkeypatch.setattr(subprocess, 'Popen', started.append)
    monkeypatch.setattr(subprocess, 'check_call', started.append)
    file = tmp_path / f'a{suffix}'
    file.write_bytes(SCRIPT)
    with pytest.raises(ValueError, match='no image that can be read'):
        read_image(file)
    with pytest.raises(OSError, match='no image that can be read'):
        image_facts(file)
    assert not started


def test_pipes_and_devices_are_no_files(tmp_path):
    """They would wait for ever, or fill the memory."""
    os.mkfifo(tmp_path / 'pipe.png')
    for file in (tmp_path / 'pipe.png', '/dev/zero'):
        with pytest.raises(ValueError, match='a device or a pipe, no file'):
            read_image(file)


def test_a_file_of_any_size_is_not_read(tmp_path):
    with open(tmp_path / 'a.png', 'wb') as file:
        file.truncate(2**40)
    with pytest.raises(ValueError, match='too large: 1,099,511,627,776 bytes'):
        read_image(tmp_path / 'a.png')
