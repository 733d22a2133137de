"""Files of every kind, and what is to be read from them."""

import io
import struct
import zlib

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 60, 44


def picture():
    """(44, 60, 3) BGR: colours differ, and no side is like another."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    bgr = np.stack([40 + 3 * x, 30 + 4 * y, 200 - 2 * x - y], axis=-1)
    bgr[5:14, 6:20] = (10, 60, 240)
    return bgr.astype(np.uint8)


BGR = picture()
PIL = Image.fromarray(BGR[..., ::-1])
GREY = PIL.convert('L')
CLEAR = Image.fromarray((4 * np.mgrid[:HEIGHT, :WIDTH][1]).astype(np.uint8))
DEEP = BGR.astype(np.uint16) * 257


def thrice(grey):
    return np.stack([np.asarray(grey)] * 3, axis=-1)


def rgb(image):
    return np.asarray(image.convert('RGB'))[..., ::-1]


def saved(kind, image=PIL, **options):
    """The content that PIL writes."""
    stream = io.BytesIO()
    image.copy().save(stream, kind, **options)
    return stream.getvalue()


def with_clear(image):
    image = image.copy()
    image.putalpha(CLEAR)
    return image


def by_cv2(suffix, pixels):
    """The content that OpenCV writes."""
    return cv2.imencode(suffix, pixels)[1].tobytes()


def tiff(pixels, orientation=1, extra=0):
    """A TIFF file of any depth, written out by hand."""
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    bits = 8 * pixels.itemsize
    data = np.ascontiguousarray(pixels).tobytes()
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, channels, None),
        (259, 3, 1, 1),
        (262, 3, 1, 1 if channels == 1 else 2),
        (273, 4, 1, None),
        (274, 3, 1, orientation),
        (277, 3, 1, channels),
        (278, 3, 1, height),
        (279, 4, 1, len(data)),
    ]
    if extra:
        tags.append((338, 3, 1, extra))
    if pixels.dtype.kind == 'f':
        tags.append((339, 3, 1, 3))
    depths = struct.pack(f'<{channels}H', *[bits] * channels)
    after = 8 + 2 + 12 * len(tags) + 4
    entries = b''
    for tag, kind, count, value in tags:
        if tag == 258:
            value = bits if channels == 1 else after
            kind, form = 3, '<HHIHxx' if channels == 1 else '<HHII'
        elif tag == 273:
            value, form = after + len(depths), '<HHII'
        else:
            form = '<HHIHxx' if kind == 3 else '<HHII'
        entries += struct.pack(form, tag, kind, count, value)
    head = b'II*\0' + struct.pack('<IH', 8, len(tags))
    return head + entries + bytes(4) + depths + data


def png_chunk(kind, data):
    check = struct.pack('>I', zlib.crc32(kind + data))
    return struct.pack('>I', len(data)) + kind + data + check


def huge_png(width=20_000, height=20_000):
    """A header of 400 million pixels, and next to no data."""
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    parts = [
        png_chunk(b'IHDR', header),
        png_chunk(b'IDAT', zlib.compress(bytes(100))),
        png_chunk(b'IEND', b''),
    ]
    return b'\x89PNG\r\n\x1a\n' + b''.join(parts)


def exif(orientation):
    block = Image.Exif()
    block[274] = orientation
    return block


def late_exif(orientation):
    """A PNG file whose EXIF comes after the pixels."""
    content = saved('PNG')
    end = content.index(b'IEND') - 4
    block = exif(orientation).tobytes().removeprefix(b'Exif\0\0')
    return content[:end] + png_chunk(b'eXIf', block) + content[end:]


#: By the meaning of the eight numbers, written out.
UPRIGHT = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.transpose(1, 0, 2),
    6: lambda image: np.rot90(image, -1),
    7: lambda image: np.rot90(image, -1)[:, ::-1][::-1, ::-1],
    8: lambda image: np.rot90(image, 1),
}


def several(kind, **options):
    """The content with three pictures, of which the first is ours."""
    others = [PIL.rotate(180) for _ in range(2)]
    return saved(kind, save_all=True, append_images=others, **options)


FEW = PIL.quantize(200)
FEW_CLEAR = with_clear(PIL).quantize(200)
TWO = PIL.convert('1')
PAGE = b'<!DOCTYPE html><html><body>404 Not Found</body></html>'

#: File name, content, the pixels to be read, and how much they may differ on
#: average.
READ = {
    'JPEG': ('a.jpg', saved('JPEG', quality=95), BGR, 4),
    'progressive JPEG': (
        'a.jpg',
        saved('JPEG', quality=95, progressive=True),
        BGR,
        4,
    ),
    'grey JPEG': ('a.jpeg', saved('JPEG', GREY), thrice(GREY), 4),
    'CMYK JPEG': (
        'a.jpg',
        saved('JPEG', PIL.convert('CMYK'), quality=95),
        BGR,
        6,
    ),
    'MPO, two JPEG in one': ('a.jpg', several('MPO'), BGR, 6),
    'PNG': ('a.png', saved('PNG'), BGR, 0),
    'grey PNG': ('a.png', saved('PNG', GREY), thrice(GREY), 0),
    'grey PNG with transparency': (
        'a.png',
        saved('PNG', with_clear(GREY)),
        thrice(GREY),
        0,
    ),
    'PNG with transparency': ('a.png', saved('PNG', with_clear(PIL)), BGR, 0),
    'PNG with a clear colour': (
        'a.png',
        saved('PNG', transparency=(240, 60, 10)),
        BGR,
        0,
    ),
    'PNG with a palette': ('a.png', saved('PNG', FEW), rgb(FEW), 0),
    'PNG with a palette and transparency': (
        'a.png',
        saved('PNG', FEW_CLEAR),
        rgb(FEW_CLEAR.convert('RGBA')),
        0,
    ),
    'PNG of 1 bit': ('a.png', saved('PNG', TWO), rgb(TWO), 0),
    'PNG of 16 bits': ('a.png', by_cv2('.png', DEEP), BGR, 0),
    'grey PNG of 16 bits': (
        'a.png',
        by_cv2('.png', DEEP[..., 1]),
        thrice(BGR[..., 1]),
        0,
    ),
    'PNG of 16 bits with transparency': (
        'a.png',
        by_cv2('.png', np.dstack([DEEP, DEEP[..., 0]])),
        BGR,
        0,
    ),
    'PNG of 16 bits with values of 12': (
        'a.png',
        by_cv2('.png', DEEP // 16),
        np.rint(DEEP // 16 / 257),
        0,
    ),
    'moving PNG': ('a.png', several('PNG'), BGR, 0),
    'PNG without its last bytes': ('a.png', saved('PNG')[:-12], BGR, 0),
    'WebP': ('a.webp', saved('WEBP', quality=95), BGR, 6),
    'lossless WebP with transparency': (
        'a.webp',
        saved('WEBP', with_clear(PIL), lossless=True, exact=True),
        BGR,
        0,
    ),
    'moving WebP': (
        'a.webp',
        several('WEBP', lossless=True),
        BGR,
        0,
    ),
    'TIFF': ('a.tif', saved('TIFF'), BGR, 0),
    'TIFF, packed': (
        'a.tiff',
        saved('TIFF', compression='tiff_lzw'),
        BGR,
        0,
    ),
    'grey TIFF': ('a.tif', saved('TIFF', GREY), thrice(GREY), 0),
    'TIFF with transparency': (
        'a.tif',
        saved('TIFF', with_clear(PIL)),
        BGR,
        0,
    ),
    'CMYK TIFF': ('a.tif', saved('TIFF', PIL.convert('CMYK')), BGR, 2),
    'TIFF of 1 bit': (
        'a.tif',
        saved('TIFF', TWO, compression='group4'),
        rgb(TWO),
        0,
    ),
    'TIFF of 16 bits': ('a.tif', tiff(DEEP[..., ::-1]), BGR, 0),
    'grey TIFF of 16 bits': (
        'a.tif',
        tiff(DEEP[..., 1]),
        thrice(BGR[..., 1]),
        0,
    ),
    'TIFF of 16 bits with transparency': (
        'a.tif',
        tiff(np.dstack([DEEP[..., ::-1], DEEP[..., 0]]), extra=2),
        BGR,
        0,
    ),
    'TIFF of two pages': ('a.tif', several('TIFF'), BGR, 0),
    'BMP': ('a.bmp', saved('BMP'), BGR, 0),
    'BMP with a palette': ('a.bmp', saved('BMP', FEW), rgb(FEW), 0),
    'GIF': ('a.gif', saved('GIF', FEW), rgb(FEW), 1),
    'moving GIF': ('a.gif', several('GIF'), BGR, 8),
    'GIF with a clear colour': (
        'a.gif',
        saved('GIF', FEW, transparency=3),
        rgb(FEW),
        1,
    ),
    'AVIF': ('a.avif', saved('AVIF', quality=95), BGR, 6),
    'AVIF with transparency': (
        'a.avif',
        saved('AVIF', with_clear(PIL), quality=95),
        BGR,
        6,
    ),
    'TGA': ('a.tga', saved('TGA'), BGR, 0),
    'TGA with transparency': ('a.tga', saved('TGA', with_clear(PIL)), BGR, 0),
    'JPEG 2000': ('a.jp2', saved('JPEG2000'), BGR, 1),
    'PPM': ('a.ppm', saved('PPM'), BGR, 0),
    'PGM of 16 bits': (
        'a.pgm',
        b'P5 60 44 65535\n' + DEEP[..., 1].astype('>u2').tobytes(),
        thrice(BGR[..., 1]),
        0,
    ),
    'Sun raster': ('a.ras', by_cv2('.ras', BGR), BGR, 0),
    'PNG called .jpg': ('a.jpg', saved('PNG'), BGR, 0),
    'GIF called .jpg': ('a.jpg', saved('GIF', FEW), rgb(FEW), 1),
    'JPEG called .png': ('a.png', saved('JPEG', quality=95), BGR, 4),
    'no suffix': ('a', saved('PNG'), BGR, 0),
    'broken EXIF in JPEG': (
        'a.jpg',
        saved('JPEG', quality=95, exif=b'Exif\0\0this is no TIFF header'),
        BGR,
        4,
    ),
    'broken EXIF in PNG': (
        'a.png',
        saved('PNG', exif=b'Exif\0\0this is no TIFF header'),
        BGR,
        0,
    ),
    'broken EXIF in WebP': (
        'a.webp',
        saved('WEBP', quality=95, exif=b'Exif\0\0this is no TIFF header'),
        BGR,
        6,
    ),
    'EXIF orientation of no meaning': (
        'a.png',
        saved('PNG', exif=exif(9)),
        BGR,
        0,
    ),
    'orientation in XMP alone': (
        'a.jpg',
        saved(
            'JPEG', quality=95, xmp=b'<x tiff:Orientation="6" xmlns:tiff="t"/>'
        ),
        BGR,
        4,
    ),
    'name of every language': ('Gesicht ä 顔 🙂.png', saved('PNG'), BGR, 0),
    'name that is no UTF-8': ('gesicht \udce4.png', saved('PNG'), BGR, 0),
}
for number, turn in UPRIGHT.items():
    READ |= {
        f'JPEG turned by {number}': (
            'a.jpg',
            saved('JPEG', quality=95, exif=exif(number)),
            turn(BGR),
            4,
        ),
        f'PNG turned by {number}': (
            'a.png',
            saved('PNG', exif=exif(number)),
            turn(BGR),
            0,
        ),
        f'PNG turned by {number} at its end': (
            'a.png',
            late_exif(number),
            turn(BGR),
            0,
        ),
        f'WebP turned by {number}': (
            'a.webp',
            saved('WEBP', lossless=True, exif=exif(number)),
            turn(BGR),
            0,
        ),
        f'TIFF turned by {number}': (
            'a.tif',
            saved('TIFF', exif=exif(number)),
            turn(BGR),
            0,
        ),
        f'TIFF of 16 bits turned by {number}': (
            'a.tif',
            tiff(DEEP[..., ::-1], number),
            turn(BGR),
            0,
        ),
        f'AVIF turned by {number}': (
            'a.avif',
            saved('AVIF', quality=95, exif=exif(number)),
            turn(BGR),
            6,
        ),
    }


def cut(content, share=0.5):
    return content[: int(len(content) * share)]


NO_IMAGE = 'is no image that can be read'
#: File name, content and why it is not read.
REFUSED = {
    'nothing': ('a.jpg', b'', 'is empty'),
    'nothing of a name that is no UTF-8': (
        'gesicht_\udce4.png',
        b'',
        'is empty',
    ),
    'a page called .jpg': ('a.jpg', PAGE, NO_IMAGE),
    'a text called .png': ('a.png', b'no picture', NO_IMAGE),
    'HEIC, without a plug-in': (
        'a.heic',
        b'\0\0\0\x18ftypheic' + bytes(4) + b'mif1heic' + bytes(900),
        'is a HEIC image, which Pillow reads with a plug-in alone; convert',
    ),
    'zeros': ('a.jpg', bytes(5000), NO_IMAGE),
    'half a JPEG': ('a.jpg', cut(saved('JPEG')), 'cannot be read: .*[Tt]runc'),
    'a JPEG without its last byte': (
        'a.jpg',
        saved('JPEG')[:-1],
        'cannot be read: .*[Tt]runc',
    ),
    'half a progressive JPEG': (
        'a.jpg',
        cut(saved('JPEG', progressive=True)),
        'cannot be read: .*[Tt]runc',
    ),
    'half a PNG': ('a.png', cut(saved('PNG')), 'cannot be read: .*[Tt]runc'),
    'half a WebP': ('a.webp', cut(saved('WEBP')), 'cannot be read: '),
    'half a BMP': ('a.bmp', cut(saved('BMP')), 'cannot be read: .*[Tt]runc'),
    'half a TIFF': ('a.tif', cut(saved('TIFF')), '(cannot be read:|is no) '),
    'half a GIF': ('a.gif', cut(saved('GIF')), 'cannot be read: .*[Tt]runc'),
    'half a TGA': ('a.tga', cut(saved('TGA')), 'cannot be read: '),
    'half an AVIF': ('a.avif', cut(saved('AVIF')), '(cannot be read:|is no) '),
    'a JPEG without its header': ('a.jpg', saved('JPEG')[30:], NO_IMAGE),
    'a PNG with a damaged header': (
        'a.png',
        saved('PNG').replace(b'IHDR', b'IHDQ'),
        NO_IMAGE,
    ),
    'a JPEG 2000 with a damaged header': (
        'a.jp2',
        saved('JPEG2000')[:40] + bytes(8) + saved('JPEG2000')[48:],
        '(cannot be read:|is no) ',
    ),
    'a grey TIFF of fractions': (
        'a.tif',
        tiff(GREY / np.float32(255)),
        'cannot be read: expected an image of 8 or 16 bits, got one of f',
    ),
    'a TIFF of fractions': (
        'a.tif',
        tiff(BGR / np.float32(255)),
        'cannot be read: expected an image of 8 or 16 bits, got one of float',
    ),
    'a huge PNG': ('a.png', huge_png(), 'is too large: .*; at most 180,000,'),
    'a PNG that is a little too large': (
        'a.png',
        huge_png(18_001, 10_000),
        'is too large: .*; at most 180,000,000 pixels are read',
    ),
    'an empty folder': ('a.jpg', None, 'is a folder; expected an image file'),
}

if cv2.haveImageWriter('a.jp2'):  # Pillow writes none of 16 bits
    READ['JPEG 2000 of 16 bits, grey'] = (
        'a.jp2',
        by_cv2('.jp2', DEEP[..., 1]),
        thrice(BGR[..., 1]),
        0,
    )
    REFUSED['a JPEG 2000 of colours of 16 bits'] = (
        'a.jp2',
        by_cv2('.jp2', DEEP),
        'cannot be read: JPEG 2000 with colours of 16 bits',
    )
