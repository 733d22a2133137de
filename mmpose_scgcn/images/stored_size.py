"""The size of an image as its first bytes say it, without PIL.

For files that OpenCV gets although PIL does not know them, or is not there:
OpenCV makes room for six times as many pixels as are read here.
"""

import struct
from collections.abc import Iterator

#: How files start that OpenCV gets: JPEG, PNG, BMP, TIFF, WebP and Sun
#: raster. A damaged JPEG 2000 file, on the other hand, ends the process in
#: OpenCV 4.11.
STARTS = (
    b'\xff\xd8\xff',
    b'\x89PNG',
    b'BM',
    b'II*\0',
    b'MM\0*',
    b'RIFF',
    b'\x59\xa6\x6a\x95',
)
#: Markers of JPEG that begin a frame are C0 to CF, but for these.
_NO_FRAME = (0xC4, 0xC8, 0xCC)
_WIDTH, _HEIGHT = 256, 257


def stored_size(content: bytes) -> tuple[int, int] | None:
    """Read the size of an image.

    Args:
        content (bytes): All of the file.

    Returns:
        tuple[int, int] | None: Width and height, px, the largest where
        there may be several; None if the bytes do not say it.
    """
    readers = (_jpeg, _png, _bmp, _tiff, _tiff, _webp, _sun)
    for start, reader in zip(STARTS, readers, strict=True):
        if content.startswith(start):
            try:
                sizes = list(reader(content))
            except (IndexError, struct.error):  # cut off
                return None
            return max(sizes, key=lambda s: s[0] * s[1], default=None)
    return None


def _jpeg(content: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while place + 9 <= len(content):
        if content[place] != 0xFF:
            return
        kind = content[place + 1]
        if kind == 0xFF or 0xD0 <= kind <= 0xD8:  # these have no content
            place += 1 if kind == 0xFF else 2
            continue
        if kind in (0xD9, 0xDA):  # the pixels, or the end
            return
        if 0xC0 <= kind <= 0xCF and kind not in _NO_FRAME:
            height, width = struct.unpack_from('>HH', content, place + 5)
            yield width, height
        place += 2 + struct.unpack_from('>H', content, place + 2)[0]


def _png(content: bytes) -> Iterator[tuple[int, int]]:
    place = 8
    while place + 24 <= len(content):
        size, kind = struct.unpack_from('>I4s', content, place)
        if kind == b'IHDR':
            yield struct.unpack_from('>II', content, place + 8)
        place += 12 + size


def _bmp(content: bytes) -> Iterator[tuple[int, int]]:
    (head,) = struct.unpack_from('<I', content, 14)
    form = '<HH' if head == 12 else '<ii'
    width, height = struct.unpack_from(form, content, 18)
    yield abs(width), abs(height)


def _tiff(content: bytes) -> Iterator[tuple[int, int]]:
    order = '<' if content[:2] == b'II' else '>'
    (place,) = struct.unpack_from(f'{order}I', content, 4)
    (count,) = struct.unpack_from(f'{order}H', content, place)
    found = {}
    for entry in range(count):
        start = place + 2 + 12 * entry
        tag, kind = struct.unpack_from(f'{order}HH', content, start)
        form = 'H' if kind == 3 else 'I'
        (found[tag],) = struct.unpack_from(
            f'{order}{form}', content, start + 8
        )
    if _WIDTH in found and _HEIGHT in found:
        yield found[_WIDTH], found[_HEIGHT]


def _webp(content: bytes) -> Iterator[tuple[int, int]]:
    place = 12
    while place + 18 <= len(content):
        kind, size = struct.unpack_from('<4sI', content, place)
        data = content[place + 8 : place + 18]
        if kind == b'VP8X':
            yield (
                1 + int.from_bytes(data[4:7], 'little'),
                1 + int.from_bytes(data[7:10], 'little'),
            )
        elif kind == b'VP8L':
            bits = int.from_bytes(data[1:5], 'little')
            yield 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        elif kind == b'VP8 ':
            width, height = struct.unpack_from('<HH', data, 6)
            yield width & 0x3FFF, height & 0x3FFF
        place += 8 + size + size % 2


def _sun(content: bytes) -> Iterator[tuple[int, int]]:
    yield struct.unpack_from('>II', content, 4)
