"""One file of LabelMe: the points and rectangles of an image."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_json

from .column_names import tell_mark
from .records import Box
from .rows import ENCODING_HINT

_LARGEST = 1e9
#: A ``group_id``.
Group = int | str | None


@dataclass
class Shapes:
    """The shapes of one ``group_id``.

    Args:
        points (dict): Points by label, px.
        hidden (set): Labels of points that a flag says to be occluded.
        boxes (list): Rectangles.
    """

    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    boxes: list[Box] = field(default_factory=list)


@dataclass
class LabelmeFile:
    """What a file says.

    Args:
        path (Path): The file.
        image (str): Name of the image, relative to the file.
        size (tuple, optional): Width and height of the image, px.
        has_image (bool): Whether the file holds the image too.
        groups (dict): Shapes by ``group_id``.
        tells (bool): Whether flags say which points are occluded.
        others (list): Shapes that are no points or rectangles, in words.
        flags (list): Flags that say something else.
    """

    path: Path
    image: str
    size: tuple[int, int] | None
    has_image: bool
    groups: dict[Group, Shapes] = field(default_factory=dict)
    tells: bool = False
    others: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def is_labelme(content: Any) -> bool:
    """Tell the content of a file of LabelMe from other JSON."""
    return isinstance(content, Mapping) and isinstance(
        content.get('shapes'), list
    )


def read_labelme_file(
    path: Path, wanted: Collection[str] = (), encoding: str | None = None
) -> LabelmeFile | Any:
    """Read a file.

    Args:
        path (Path): The file.
        wanted (Collection[str]): Labels of the points that are read; others
            are reported. Defaults to all.
        encoding (str, optional): Defaults to UTF-8, or what the byte order
            mark says.

    Returns:
        LabelmeFile | Any: Its content, as it is where it is other JSON.

    Raises:
        ValueError: No text, no JSON, a shape that cannot be read, or a label
            twice in a face.
    """
    content = read_json(path, encoding, ENCODING_HINT)
    if not is_labelme(content):
        return content
    width, height = content.get('imageWidth'), content.get('imageHeight')
    known = isinstance(width, int) and isinstance(height, int)
    file = LabelmeFile(
        path,
        str(content.get('imagePath') or ''),
        (width, height) if known else None,
        bool(content.get('imageData')),
    )
    flags = content.get('flags')
    file.flags += flags if isinstance(flags, dict) else []
    for index, shape in enumerate(content['shapes']):
        where = f'{path}, shapes[{index}]'
        if not isinstance(shape, dict):
            raise ValueError(f'{where}: expected an object, got {shape!r:.40}')
        _add(file, shape, where, wanted)
    return file


def _add(
    file: LabelmeFile, shape: dict, where: str, wanted: Collection[str]
) -> None:
    """Add a shape to those of its face."""
    points = _points(shape, where)
    # Before version 3 all shapes were polygons.
    kind = shape.get('shape_type') or ('point' if len(points) == 1 else '')
    label = str(shape.get('label') or '').strip()
    if shape.get('label') == 0:
        label = '0'
    if kind == 'rectangle' and len(points) in (2, 4):
        x, y = zip(*points, strict=True)
        group = file.groups.setdefault(_group(shape, where), Shapes())
        group.boxes.append((min(x), min(y), max(x), max(y)))
    elif kind != 'point':
        file.others.append(f'{where}: {kind or "polygon"} {label!r}')
    elif not label or len(points) != 1:
        raise ValueError(
            f'{where}: expected a point with a label, got {label!r} with '
            f'{len(points)} points'
        )
    elif wanted and label not in wanted:
        text = f'{where}: point {label!r}, which --keypoints does not name'
        file.others.append(text)
    else:
        _add_point(file, shape, where, label, points[0])


def _add_point(
    file: LabelmeFile,
    shape: dict,
    where: str,
    label: str,
    point: tuple[float, float],
) -> None:
    """Add a point and what its flags say."""
    number = _group(shape, where)
    group = file.groups.setdefault(number, Shapes())
    if label in group.points:
        hint = (
            'points of several faces need a group_id for each face'
            if number is None
            else f'both have the group_id {number}'
        )
        raise ValueError(
            f'{where}: expected each label once in a face, got {label!r} '
            f'twice; {hint}'
        )
    group.points[label] = point
    flags = shape.get('flags')
    for flag, value in (flags if isinstance(flags, dict) else {}).items():
        mark = tell_mark(flag)
        if mark not in ('visible', 'occluded'):
            file.flags.append(flag)
            continue
        file.tells = True
        if bool(value) == (mark == 'occluded'):
            group.hidden.add(label)


def _group(shape: dict, where: str) -> Group:
    """Read the ``group_id``."""
    number = shape.get('group_id')
    if isinstance(number, str) and number.strip().isdecimal():
        number = int(number)  # as other files, or other shapes, have it
    kinds = (int, str, type(None))
    if isinstance(number, bool) or not isinstance(number, kinds):
        raise ValueError(
            f'{where}: expected a group_id that is a number, got '
            f'{number!r:.40}'
        )
    return None if number == '' else number


def _points(shape: dict, where: str) -> list[tuple[float, float]]:
    """Read the points of a shape."""
    listed = shape.get('points')
    if not isinstance(listed, list) or not listed:
        raise ValueError(
            f'{where}: expected points of x and y, got {listed!r:.40}'
        )
    for pair in listed:
        if (
            not isinstance(pair, list)
            or len(pair) != 2
            or not all(map(_is_coordinate, pair))
        ):
            raise ValueError(
                f'{where}: expected points of x and y, got {pair!r:.40}'
            )
    return [(float(x), float(y)) for x, y in listed]


def _is_coordinate(value: Any) -> bool:
    """Tell a number that a coordinate can be; integers have no limit."""
    return isinstance(value, (int, float)) and abs(value) < _LARGEST
