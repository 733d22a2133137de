"""``.pts`` files: the annotations of 300W and of many other sets."""

import os
import re
from pathlib import Path

from mmpose_scgcn.files import read_text
from mmpose_scgcn.structures.limits import check_count

import numpy as np

from .records import parse_numbers
from .rows import ENCODING_HINT

_HEADER = re.compile(
    r'(version|n_?points|num_?points|n_?pts)\s*[:=]\s*(\S*)', re.IGNORECASE
)
_COMMENT = re.compile(r'(#|//|%).*')


def read_pts(
    path: str | Path,
    origin: int = 1,
    encoding: str | None = None,
    missing: bool = False,
) -> np.ndarray:
    """Read one file, with the header of the 300W format or without.

    Args:
        path (str | Path): The file. ``version:``, ``n_points:`` (or
            ``npoints:``, in capitals or not), braces and comments (after
            ``#``, ``//`` or ``%``) may be there or not (HELEN's files have
            none).
        origin (int): Coordinates of the first pixel's centre in the file, 1
            in 300W. Defaults to 1.
        encoding (str, optional): Defaults to UTF-8, or what the byte order
            mark says.
        missing (bool): Whether ``nan`` or ``NA`` may stand for a point that
            is not annotated. Defaults to False.

    Returns:
        np.ndarray: (K, 2), image px, the first pixel's centre at (0, 0); NaN
        for points that are not annotated.

    Raises:
        ValueError: No text, not two numbers a line, coordinates that are not
            finite, another number of points than ``n_points`` says, or a
            brace that is not closed.
    """
    text = read_text(path, encoding, ENCODING_HINT)
    promised, lines = _split(text, path)
    check_count(len(lines), str(path))
    points = _points(lines, path)
    if not missing and not np.isfinite(points).all():
        row = int(np.argmin(np.isfinite(points).all(axis=1)))
        number, line = lines[row]
        raise ValueError(
            f'{path}, line {number}: expected two numbers, got {line!r}'
        )
    if not len(points) or promised not in (None, len(points)):
        raise ValueError(
            f'{path}: expected {promised or "some"} points, got {len(points)}'
        )
    return points - origin


def _split(
    text: str, path: str | Path
) -> tuple[int | None, list[tuple[int, str]]]:
    """Part the header from the numbered lines of points."""
    promised, lines, depth = None, [], 0
    for number, line in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub('', line)
        depth += line.count('{') - line.count('}')
        line = line.replace('{', ' ').replace('}', ' ').strip()
        header = _HEADER.match(line)
        if header:
            if header[1].lower() != 'version':
                promised = _count(header[2], f'{path}, line {number}')
        elif line:
            lines.append((number, line))
    if depth > 0:  # the last number may lack its end, and look like one
        raise ValueError(
            f'{path}: expected a brace (}}) after the points, got none: the '
            'file seems to be cut off'
        )
    return promised, lines


def _count(text: str, where: str) -> int:
    """Read the number of points that a file says it has."""
    if not text.isdecimal():
        raise ValueError(
            f'{where}: expected the number of points, a whole one, got '
            f'{text!r}'
        )
    return int(text)


def _points(lines: list[tuple[int, str]], path: str | Path) -> np.ndarray:
    """Read the two coordinates of each line."""
    cells = [line.replace(',', ' ').split() for _, line in lines]
    try:
        points = np.array(cells, dtype=float).reshape(len(cells), 2)
        if not np.isinf(points).any():
            return points
    except ValueError:
        pass  # told with its line
    rows = zip(cells, lines, strict=True)
    return np.array(
        [_point(c, line, f'{path}, line {n}') for c, (n, line) in rows]
    )


def _point(cells: list[str], line: str, where: str) -> np.ndarray:
    """Read the two coordinates of a line."""
    if len(cells) != 2:
        raise ValueError(f'{where}: expected two numbers, got {line!r}')
    return parse_numbers(cells, where)


def pts_files(folder: Path) -> list[Path]:
    """List the ``.pts`` files below a folder, whatever their case.

    Those that macOS adds to archives (``._name.pts``) are none.
    """
    found = [
        Path(above, name)
        for above, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith('.pts') and not name.startswith('._')
    ]
    return sorted(found)
