"""One XML file of dlib's imglab: boxes and their parts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from mmpose_scgcn.files import read_bytes, read_text

from .records import Box
from .rows import ENCODING_HINT

_OTHERS = {
    'annotations': 'a file of CVAT: export it in the form of COCO',
    'annotation': 'a file of Pascal VOC, which has no keypoints',
}


@dataclass
class ImglabBox:
    """A box and its parts.

    Args:
        where (str): File and line.
        box (tuple): x1, y1, x2, y2, px.
        ignored (bool): Whether training is to ignore it.
        parts (dict): Points by name, px.
    """

    where: str
    box: Box
    ignored: bool
    parts: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass
class ImglabImage:
    """An image and its boxes.

    Args:
        where (str): File and line.
        file (str): As the file names it.
        size (tuple, optional): Width and height, px.
        boxes (list): Its boxes.
    """

    where: str
    file: str
    size: tuple[int, int] | None
    boxes: list[ImglabBox] = field(default_factory=list)


def read_imglab_file(
    path: Path, encoding: str | None = None
) -> list[ImglabImage]:
    """Read a file.

    Args:
        path (Path): The file.
        encoding (str, optional): Defaults to what the file declares, or
            UTF-8.

    Returns:
        list[ImglabImage]: Its images.

    Raises:
        ValueError: No XML, XML of another kind, a document type or entities
            (they can read other files), a number that is none, or a part
            twice in a box; the message has file and line.
    """
    content = read_bytes(path)
    if encoding:
        text = read_text(path, encoding, ENCODING_HINT)
        content, encoding = text.encode(), 'utf-8'
    parser = expat.ParserCreate(encoding)
    images = _Images(path, parser)
    parser.StartElementHandler = images.start
    parser.StartDoctypeDeclHandler = images.refuse
    parser.EntityDeclHandler = images.refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(
            f'{path}, line {error.lineno}: expected XML as imglab writes it, '
            f'but {expat.ErrorString(error.code)}{_hint(error)}'
        ) from error
    return images.found


class _Images:
    """Collects the images while the parser reads."""

    def __init__(self, path: Path, parser: expat.XMLParserType) -> None:
        self.found: list[ImglabImage] = []
        self._path = path
        self._parser = parser
        self._started = False

    def start(self, name: str, values: Mapping[str, str]) -> None:
        """Take an element."""
        where = self._where()
        if not self._started and name != 'dataset':
            got = _OTHERS.get(name, f'<{name}>')
            raise ValueError(
                f'{where}: expected XML of imglab, with <dataset>, got {got}'
            )
        self._started = True
        if name == 'image':
            self._start_image(where, values)
        elif name == 'box':
            self._start_box(where, values)
        elif name == 'part':
            self._start_part(where, values)

    def refuse(self, *_: Any) -> None:
        """Refuse what can make a parser read other files."""
        raise ValueError(
            f'{self._where()}: expected XML of imglab, got a document type '
            'or an entity, which it never writes; they are not resolved'
        )

    def _start_image(self, where: str, values: Mapping[str, str]) -> None:
        """Take an image."""
        file = values.get('file')
        if not file:
            raise ValueError(f'{where}: expected an image with a file')
        sides = [values.get(name, '') for name in ('width', 'height')]
        known = all(side.isdecimal() for side in sides)
        size = (int(sides[0]), int(sides[1])) if known else None
        self.found.append(ImglabImage(where, file, size))

    def _start_box(self, where: str, values: Mapping[str, str]) -> None:
        """Take a box."""
        if not self.found:
            raise ValueError(f'{where}: expected a box inside of an image')
        names = ('left', 'top', 'width', 'height')
        left, top, width, height = (_number(values, n, where) for n in names)
        ignored = values.get('ignore', '0').strip().lower() in ('1', 'true')
        corners = (left, top, left + width, top + height)
        self.found[-1].boxes.append(ImglabBox(where, corners, ignored))

    def _start_part(self, where: str, values: Mapping[str, str]) -> None:
        """Take a part."""
        if not self.found or not self.found[-1].boxes:
            raise ValueError(f'{where}: expected a part inside of a box')
        parts = self.found[-1].boxes[-1].parts
        name = values.get('name', '').strip()
        if not name or name in parts:
            raise ValueError(
                f'{where}: expected a part with a name that its box has '
                f'once, got {name!r}'
            )
        parts[name] = _number(values, 'x', where), _number(values, 'y', where)

    def _where(self) -> str:
        """Say where the parser is."""
        return f'{self._path}, line {self._parser.CurrentLineNumber}'


def _hint(error: expat.ExpatError) -> str:
    """Say what to do about letters that are none of the encoding."""
    invalid = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
    same = error.code == invalid
    return f'; if it is in another encoding, {ENCODING_HINT}' if same else ''


def _number(values: Mapping[str, str], name: str, where: str) -> float:
    """Read a number."""
    text = values.get(name, '')
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f'{where}: expected a number as {name}, got {text!r}')
    return number
