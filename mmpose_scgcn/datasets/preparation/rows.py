"""The rows of a table: cells, header, numbers."""

from collections.abc import Sequence
from pathlib import Path

from mmpose_scgcn.files import read_text

import numpy as np

from .column_names import counts_columns, has_image_suffix, tell_name
from .columns import Columns
from .delimited import Row, split_rows
from .records import NO_NUMBER, parse_numbers

ENCODING_HINT = 'say --encoding, such as --encoding cp1252 or utf-16'
_JSON = 'JSON, which prepare_dataset.py coco and labelme read'
_XML = 'XML or HTML; prepare_dataset.py imglab reads the XML of imglab'
_OTHER_FORMATS = {'{': _JSON, '[': _JSON, '<': _XML}
_WORDS = {'true': '1', 'false': '0', 'yes': '1', 'no': '0'}


def read_rows(path: Path, encoding: str | None = None) -> list[Row]:
    """Read the rows that are not empty.

    Args:
        path (Path): Cells parted by tabs, semicolons or commas.
        encoding (str, optional): Defaults to UTF-8 or what the byte order
            mark says.

    Returns:
        list[Row]: At least one. Where no comma parts the cells, decimal
        commas are points.

    Raises:
        ValueError: No text, another format, or no rows.
    """
    text = read_text(path, encoding, ENCODING_HINT)
    other = _OTHER_FORMATS.get(text.lstrip()[:1])
    if other:
        raise ValueError(f'{path}: expected a table, got {other}')
    _check_celeba(text, path)
    rows = split_rows(text, path)
    if not rows:
        raise ValueError(f'{path}: expected rows, found none')
    return rows


def split_header(
    rows: list[Row], path: Path
) -> tuple[list[str] | None, list[Row]]:
    """Part the header from the rows.

    Args:
        rows (list[Row]): All rows.
        path (Path): Of the table.

    Returns:
        tuple[list[str] | None, list[Row]]: Names of the columns, if the
        first row has them, and the other rows.

    Raises:
        ValueError: Rows of different lengths, or none but the header.
    """
    width = len(rows[0].cells)
    for row in rows:
        if len(row.cells) != width:
            raise ValueError(
                f'{path}, row {row.number}: expected {width} fields, got '
                f'{len(row.cells)}'
            )
    if not _is_header(rows[0].cells):
        return None, rows
    if len(rows) == 1:
        raise ValueError(f'{path}: expected rows, found only a header')
    return [cell.strip() for cell in rows[0].cells], rows[1:]


def _check_celeba(text: str, path: Path) -> None:
    """Tell CelebA's lists, whose cells are parted by spaces."""
    first = text.strip().partition('\n')[0]
    if first.strip().isdecimal() and 'lefteye_x' in text[:200]:
        raise ValueError(
            f"{path}: expected a table, got a list of CelebA's; these are of "
            'the kind celeba'
        )


def parse_cells(rows: list[Row], columns: Columns, path: Path) -> np.ndarray:
    """Read the numbers of the columns that are used.

    Args:
        rows (list[Row]): N rows.
        columns (Columns): C columns, of which some are used.
        path (Path): Of the table.

    Returns:
        np.ndarray: (N, C), NaN where there is no number.

    Raises:
        ValueError: Something else than a number.
    """
    used = [*columns.x, *columns.y, *columns.marks, *columns.size]
    used += columns.box.values()
    marks = set(columns.marks)
    numbers = np.full((len(rows), columns.width), np.nan)
    for index, row in enumerate(rows):
        cells = [
            _WORDS.get(c.strip().lower(), c) if i in marks else c
            for i, c in ((i, row.cells[i]) for i in used)
        ]
        numbers[index, used] = parse_numbers(
            cells, f'{path}, row {row.number}'
        )
    return numbers


def _is_header(cells: Sequence[str]) -> bool:
    """Tell a header: names throughout, or numbers that count columns."""
    first, rest = cells[0].strip(), [c.strip().lower() for c in cells[1:]]
    if has_image_suffix(first):
        return False
    if [c for c in rest if c.isdecimal()] == rest and rest:
        named = not first or tell_name(first).role == 'file'
        return named or counts_columns([int(c) for c in rest])
    return not any(map(_is_number, rest)) and any(map(_is_name, rest))


def _is_number(text: str) -> bool:
    """Tell a number."""
    try:
        float(text)
    except ValueError:
        return False
    return text not in NO_NUMBER


def _is_name(text: str) -> bool:
    """Tell what is neither a number nor says that there is none."""
    return bool(text) and text not in NO_NUMBER
