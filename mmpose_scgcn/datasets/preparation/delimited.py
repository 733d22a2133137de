"""From the text of a table to its cells: separators, quotes, commas."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from mmpose_scgcn.structures.limits import MOST_KEYPOINTS

#: Excel's first line that names the separator.
_SAID = re.compile(r'sep=(.)[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
#: Of a row: ten columns for each keypoint.
_MOST_CELLS = 10 * MOST_KEYPOINTS
#: Enough for the first line.
_BEGINNING = 100_000


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Args:
        number (int): Of the row in the file, from 1.
        cells (list[str]): Its texts.
    """

    number: int
    cells: list[str]


def split_rows(text: str, path: Path) -> list[Row]:
    """Part a text into rows that are not empty.

    Args:
        text (str): Cells parted by tabs, semicolons or commas, or by what a
            first line ``sep=`` says.
        path (Path): Of the file, for messages.

    Returns:
        list[Row]: Without what separators at the end of lines make. Where
        no comma parts the cells, decimal commas are points.

    Raises:
        ValueError: Nothing parts the cells, quotes that do not end, or
            commas or points that seem to part thousands.
    """
    said = _SAID.match(text)
    separator = said[1] if said else _tell_separator(text, path)
    text = text[said.end() :] if said else text
    table = csv.reader(
        io.StringIO(text, newline=''),
        delimiter=separator,
        skipinitialspace=True,
    )
    rows = []
    try:
        for number, cells in enumerate(table, 2 if said else 1):
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, cells))
    except csv.Error as error:
        raise ValueError(
            f'{path}, line {table.line_num}: expected cells of a table, but '
            f'{error}: does a quote (") not end?'
        ) from error
    _check_widths(rows, path)
    rows = _without_ends(rows)
    _check_thousands(rows, path)
    if separator != ',':
        rows = [Row(r.number, list(map(_decimal, r.cells))) for r in rows]
    return rows


def _check_widths(rows: Sequence[Row], path: Path) -> None:
    """Refuse rows that are too long, or one far longer than the others."""
    longest = max(rows, key=lambda row: len(row.cells), default=None)
    if longest is None:
        return
    width, total = len(longest.cells), sum(len(row.cells) for row in rows)
    if width > _MOST_CELLS or width * len(rows) > 4 * total + 10**6:
        raise ValueError(
            f'{path}, line {longest.number}: expected at most {_MOST_CELLS} '
            f'cells in a row, and about as many in all rows, got {width} '
            f'({total / len(rows):.0f} on average)'
        )


def _tell_separator(text: str, path: Path) -> str:
    """Tell what parts the cells by the first line that is not empty."""
    begin = text[:_BEGINNING]
    for part in (_QUOTED.sub('', begin), begin):
        lines = (line for line in part.splitlines() if line.strip())
        first = next(lines, '')
        commas = first.count(',')
        for separator in '\t;':
            # A decimal comma in each cell, or one such sign in a name.
            if first.count(separator) >= max(commas, 1):
                return separator
        if commas or not first:
            return ','
    raise ValueError(
        f'{path}: expected cells parted by commas, semicolons or tabs, got '
        f'{first[:40]!r}'
    )


def _without_ends(rows: list[Row]) -> list[Row]:
    """Drop the empty cell that a separator at the end of a line makes."""
    if not rows:
        return rows
    width = min(len(row.cells) for row in rows)
    longer = [row for row in rows if len(row.cells) > width]
    if not longer and width % 2 == 0:  # a name and pairs are an odd number
        longer, width = rows, width - 1
    ends = (
        len(row.cells) == width + 1 and not row.cells[-1].strip()
        for row in longer
    )
    if width < 1 or not all(ends):
        return rows
    return [replace(row, cells=row.cells[:width]) for row in rows]


def _check_thousands(rows: Sequence[Row], path: Path) -> None:
    """Refuse 1,648 beside 987: a comma or point that parts thousands."""
    for column in zip_longest(*(row.cells for row in rows), fillvalue=''):
        for mark in ',.':
            marked = [cell.strip() for cell in column if mark in cell]
            thousands = rf'[1-9]\d?\{mark}\d{{3}}'
            if not marked or not all(
                re.fullmatch(thousands, cell) for cell in marked
            ):
                continue
            cells = (cell.strip() for cell in column)
            whole = next((c for c in cells if re.fullmatch(r'\d{3}', c)), None)
            if whole:
                raise ValueError(
                    f'{path}: expected plain numbers, got {marked[0]} beside '
                    f'{whole} in one column: a {mark!r} that parts thousands '
                    'has to be taken out (and 0s be written where it parts '
                    'decimals)'
                )


def _decimal(cell: str) -> str:
    """Make a decimal comma a point."""
    whole, comma, part = cell.strip().partition(',')
    digits = whole.lstrip('+-').isdecimal() and part.isdecimal()
    return f'{whole}.{part}' if comma and digits else cell
