"""How names of image files end.

Only where a folder is searched; what a file is its content says.
"""

IMAGE_SUFFIXES = (
    *('.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.bmp', '.dib', '.webp'),
    *('.tif', '.tiff', '.pbm', '.pgm', '.ppm', '.pnm', '.gif', '.avif'),
    *('.jp2', '.j2k', '.jpx', '.tga', '.heic', '.heif', '.mpo', '.apng'),
    *('.pcx', '.qoi', '.ras', '.ico', '.psd', '.sgi'),
)
