"""The lists of CelebA: a text file with a count and names, or a CSV file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmpose_scgcn.files import read_text

import numpy as np

from .column_names import has_image_suffix
from .records import Problem, parse_numbers
from .rows import ENCODING_HINT


@dataclass(frozen=True)
class ImageList:
    """Numbers of images.

    Args:
        path (Path): The list.
        names (tuple[str, ...]): Of the C columns; none where the list has
            no heading.
        files (tuple[str, ...]): Names of the N images.
        lines (tuple[int, ...]): Line of each image, from 1.
        numbers (np.ndarray): (N, C).
        problems (tuple[Problem, ...]): What was noticed.
    """

    path: Path
    names: tuple[str, ...]
    files: tuple[str, ...]
    lines: tuple[int, ...]
    numbers: np.ndarray
    problems: tuple[Problem, ...] = ()

    def by_file(self) -> dict[str, np.ndarray]:
        """Give the numbers (C,) of each image."""
        return dict(zip(self.files, self.numbers, strict=True))


def read_list(
    path: Path, width: int | None = None, encoding: str | None = None
) -> ImageList:
    """Read a list: its count and heading, if there are, then a row an image.

    Args:
        path (Path): Cells parted by spaces or commas.
        width (int, optional): How many numbers an image has.
        encoding (str, optional): Defaults to UTF-8.

    Returns:
        ImageList: What it holds.

    Raises:
        ValueError: No such list: another number of cells, or no image.
    """
    text = read_text(path, encoding, ENCODING_HINT)
    rows = [
        (number, re.split(r'\s*,\s*|\s+', line.strip()))
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]
    count = None
    if rows and len(rows[0][1]) == 1 and rows[0][1][0].isdecimal():
        count = int(rows.pop(0)[1][0])
    names: Sequence[str] = ()
    if rows and not has_image_suffix(rows[0][1][0]):
        names = [name for name in rows.pop(0)[1] if name]
        # Kaggle's name the column of images too.
        first = ''.join(names[:1]).lower()
        names = names[1:] if first == 'image_id' else names
    if not rows:
        raise ValueError(
            f'{path}: expected a list of CelebA, with an image and its '
            'numbers in each line, found no image'
        )
    wanted = width or len(names) or len(rows[0][1]) - 1
    return ImageList(
        path,
        tuple(names),
        tuple(cells[0] for _, cells in rows),
        tuple(number for number, _ in rows),
        _numbers(rows, wanted, path),
        _check_count(path, count, len(rows)),
    )


def _numbers(
    rows: Sequence[tuple[int, list[str]]], width: int, path: Path
) -> np.ndarray:
    """Read the numbers of all rows."""
    for number, cells in rows:
        if len(cells) != width + 1 or not has_image_suffix(cells[0]):
            raise ValueError(
                f'{path}, line {number}: expected an image and {width} '
                f'numbers, got {len(cells)} fields: {" ".join(cells)[:40]!r}'
            )
    try:
        return np.array([cells[1:] for _, cells in rows], dtype=float)
    except ValueError:
        return np.array(
            [parse_numbers(c[1:], f'{path}, line {n}') for n, c in rows]
        )


def _check_count(
    path: Path, count: int | None, found: int
) -> tuple[Problem, ...]:
    """Compare the number in the first line with what there is."""
    if count in (None, found):
        return ()
    text = f'{path}: {count} in its first line, {found} images'
    return (Problem('list of another length than it says', text),)
