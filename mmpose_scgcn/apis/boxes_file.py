"""Files of boxes: an object of JSON by file name, or COCO annotations."""

import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_json

from .sources import Source


def read_boxes(path: str | Path, sources: Iterable[Source]) -> dict[str, list]:
    """Read the user's boxes for some images.

    Args:
        path (str | Path): JSON: an object from paths or file names to lists
            of boxes, x1, y1, x2, y2 in image px; or annotations in COCO's
            format, with boxes of one category.
        sources (Iterable[Source]): What they are for.

    Returns:
        dict[str, list]: From paths or file names to lists of boxes, x1, y1,
        x2, y2 in image px.

    Raises:
        ValueError: Neither of these; it names a file by a name that several
            have; or not all sources are images.
        OSError: The file cannot be read.
    """
    sources = list(sources)
    boxes = _read_lists(Path(path))
    for source in sources:
        if source.kind != 'image':
            raise ValueError(
                f'--boxes are for images, and {source.path} is a '
                f'{source.kind}; predict it by itself'
            )
    images = {plain_name(source.path) for source in sources}
    named = Counter(name_in(boxes, Path(image)) for image in images)
    for name, number in named.items():
        if number > 1 and name is not None:
            raise ValueError(
                f'--boxes: {number} images are called {name!r}; write their '
                f'paths into {path}, as you give them to this command'
            )
    return boxes


def name_in(names: Container[str], path: Path) -> str | None:
    """Find what a file calls an image: its path, or as much of its end.

    Args:
        names (Container[str]): The names that are there.
        path (Path): The image.

    Returns:
        str | None: The longest one that is the end of its path.

    Example:
        >>> name_in(['a.jpg', 'c/a.jpg'], Path('b/c/a.jpg'))
        'c/a.jpg'
    """
    parts = Path(plain_name(path)).parts
    ends = (str(Path(*parts[start:])) for start in range(len(parts)))
    return next((end for end in ends if end in names), None)


def plain_name(name: str | Path) -> str:
    """Write a path without "./" and "//", and with accents in its letters.

    macOS writes accents as letters of their own.
    """
    return unicodedata.normalize('NFC', str(Path(name)))


def _read_lists(path: Path) -> dict[str, list]:
    """Read lists of boxes by file."""
    try:
        content = read_json(path, once=True)
    except ValueError as error:
        raise ValueError(f'--boxes: {error}') from error
    if isinstance(content, dict) and {'images', 'annotations'} <= set(content):
        content = _of_coco(content, path)
    if not isinstance(content, dict) or not all(
        isinstance(rows, list) for rows in content.values()
    ):
        raise ValueError(
            f'--boxes: expected in {path} an object from file names to lists '
            'of [x1, y1, x2, y2], or annotations in COCO format'
        )
    plain = {plain_name(name): rows for name, rows in content.items()}
    if len(plain) < len(content):
        raise ValueError(f'--boxes: {path} names a file twice')
    return plain


def _of_coco(content: Mapping[str, Any], path: Path) -> dict[str, list]:
    """Take the boxes out of annotations in COCO format.

    Crowds are left out. An image without annotations has no faces.

    Raises:
        ValueError: An entry lacks what is needed, an annotation belongs to
            no image, or there are boxes of several categories.
    """
    boxes: dict[str, list] = {}
    names: dict[Any, str] = {}
    categories = set()
    try:
        for image in content['images']:
            name = image['file_name']
            if not isinstance(name, str):
                raise TypeError(f'file_name {name!r}')
            if name in boxes or image['id'] in names:
                raise ValueError(f'--boxes: {path} has image {name!r} twice')
            boxes[name] = []
            names[image['id']] = name
        for annotation in content['annotations']:
            if annotation.get('iscrowd'):
                continue
            categories.add(annotation.get('category_id'))
            name = names[annotation['image_id']]
            boxes[name].append(_corners(annotation['bbox']))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f'--boxes: {path} looks like COCO annotations, but an image '
            'lacks its file_name or id, or an annotation its image_id of an '
            f'image that is there, or its bbox x, y, w, h ({error!r})'
        ) from error
    if len(categories) > 1:
        raise ValueError(
            f'--boxes: expected in {path} boxes of one category, faces, got '
            f'those of categories {sorted(categories, key=str)}'
        )
    return boxes


def _corners(bbox: list) -> list:
    """Make x1, y1, x2, y2 of x, y, w, h.

    Raises:
        TypeError: These are no four numbers.
    """
    if len(bbox) != 4:
        raise TypeError(f'bbox {bbox}')
    x, y, width, height = bbox
    return [x, y, x + width, y + height]
