"""The one reader of images: what checks, trains, predicts and draws.

It imports nothing else of the package, so that every part may use it.
"""

from .decoding import DARK, Decoded, decode_image
from .facts import ImageFacts, image_facts
from .headers import MOST_PIXELS
from .reading import (
    ImageLike,
    read_file,
    read_image,
    read_to_predict,
    shown,
    why_doubtful,
)
from .suffixes import IMAGE_SUFFIXES

__all__ = [
    'DARK',
    'IMAGE_SUFFIXES',
    'MOST_PIXELS',
    'Decoded',
    'ImageFacts',
    'ImageLike',
    'decode_image',
    'image_facts',
    'read_file',
    'read_image',
    'read_to_predict',
    'shown',
    'why_doubtful',
]
