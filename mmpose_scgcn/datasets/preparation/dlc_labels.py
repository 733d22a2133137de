"""One file of labels of DeepLabCut, CSV or H5."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from .column_names import has_image_suffix
from .dlc_hdf import read_frame
from .records import parse_numbers
from .rows import read_rows

#: Rows above the labels, by their first cell.
_LEVELS = ('scorer', 'individuals', 'bodyparts', 'coords')
_FORM = (
    "expected DeepLabCut's labels: header rows scorer, bodyparts and coords "
    '(and individuals), then the name of an image and its x and y in each row'
)


@dataclass(frozen=True)
class Labels:
    """Labels of some images.

    Args:
        path (Path): The file.
        images (tuple[tuple[str, ...], ...]): Names of the N images, in parts:
            ``('labeled-data', 'video', 'img001.png')``.
        individuals (tuple[str, ...]): Of each column (C,); empty names where
            the project has one animal.
        bodyparts (tuple[str, ...]): Of each column (C,).
        points (np.ndarray): (N, C, 2), px as in the file, NaN where there is
            no label.
    """

    path: Path
    images: tuple[tuple[str, ...], ...]
    individuals: tuple[str, ...]
    bodyparts: tuple[str, ...]
    points: np.ndarray


def read_labels(path: Path, encoding: str | None = None) -> Labels:
    """Read the labels of a CSV or H5 file.

    Args:
        path (Path): The file.
        encoding (str, optional): Of a CSV file. Defaults to UTF-8.

    Returns:
        Labels: What it holds.

    Raises:
        ModuleNotFoundError: An H5 file, and h5py is not installed.
        ValueError: Another kind of file, predictions, or labels of several
            scorers.
    """
    if path.suffix.lower() in ('.h5', '.hdf', '.hdf5'):
        levels, index, numbers = read_frame(path)
    else:
        levels, index, numbers = _read_csv(path, encoding)
    _check_levels(levels, path)
    x = [c for c, name in enumerate(levels['coords']) if name == 'x']
    images = tuple(_image(row, path) for row in index)
    return Labels(
        path,
        images,
        tuple(levels.get('individuals', [''] * len(numbers.T))[c] for c in x),
        tuple(levels['bodyparts'][c] for c in x),
        np.stack([numbers[:, x], numbers[:, [c + 1 for c in x]]], axis=-1),
    )


def _read_csv(
    path: Path, encoding: str | None
) -> tuple[dict[str, list[str]], list[list[str]], np.ndarray]:
    """Part header rows, names of images and numbers of a CSV file."""
    rows = read_rows(path, encoding)
    header = list(
        takewhile(lambda row: row.cells[0].strip().lower() in _LEVELS, rows)
    )
    levels = {row.cells[0].strip().lower(): row.cells for row in header}
    coords = [cell.strip().lower() for cell in levels.get('coords', [])]
    first = next((i for i, c in enumerate(coords) if i and c), None)
    if first is None or len(header) == len(rows):
        got = ', '.join(row.cells[0][:30] for row in rows[:4])
        raise ValueError(f'{path}: {_FORM}; the rows begin with {got}')
    for row in rows:
        if len(row.cells) != len(coords):
            raise ValueError(
                f'{path}, row {row.number}: expected {len(coords)} fields as '
                f'in the row coords, got {len(row.cells)}'
            )
    labels = rows[len(header) :]
    numbers = [
        parse_numbers(row.cells[first:], f'{path}, row {row.number}')
        for row in labels
    ]
    return (
        {name: [c.strip() for c in v[first:]] for name, v in levels.items()},
        [row.cells[:first] for row in labels],
        np.array(numbers),
    )


def _check_levels(levels: dict[str, list[str]], path: Path) -> None:
    """Check that the columns are the x and y of one scorer's labels."""
    if not {'bodyparts', 'coords'} <= levels.keys():
        raise ValueError(f'{path}: {_FORM}; got {", ".join(levels) or "none"}')
    coords = levels['coords'] = [name.lower() for name in levels['coords']]
    if 'likelihood' in coords:
        raise ValueError(
            f'{path}: expected labels, got predictions, which have '
            'likelihoods; correct them in DeepLabCut and save them as labels '
            '(CollectedData_<scorer>)'
        )
    if coords != ['x', 'y'] * (len(coords) // 2):
        raise ValueError(
            f'{path}: expected x and y by turns in coords, got '
            f'{", ".join(coords[:6])}, ...'
        )
    scorers = sorted(set(levels.get('scorer', ())))
    if len(scorers) > 1:
        raise ValueError(
            f'{path}: expected the labels of one scorer, got '
            f'{", ".join(scorers)}'
        )
    for name in levels.keys() & set(_LEVELS):
        pairs = levels[name]
        if pairs[::2] != pairs[1::2] and name != 'coords':
            raise ValueError(
                f'{path}: x and y beside one another belong to different '
                f'{name}'
            )
    _check_repeated(levels, path)


def _check_repeated(levels: dict[str, list[str]], path: Path) -> None:
    """Check that no body part of an individual is there twice."""
    parts = levels['bodyparts'][::2]
    owners = levels.get('individuals', [''] * 2 * len(parts))[::2]
    keys = list(zip(owners, parts, strict=True))
    twice = sorted({' '.join(k).strip() for k in keys if keys.count(k) > 1})
    if twice:
        raise ValueError(
            f'{path}: expected each body part once, got {", ".join(twice)} '
            'several times'
        )


def _image(cells: Sequence[str], path: Path) -> tuple[str, ...]:
    """Part the name of an image: one cell, or one for each folder."""
    parts = '/'.join(cells).replace('\\', '/').split('/')
    name = tuple(part.strip() for part in parts if part.strip())
    if not name or not has_image_suffix(name[-1]):
        got = '/'.join(name)
        raise ValueError(
            f'{path}: expected names of images, such as '
            f'labeled-data/video/img001.png, got {got!r}'
        )
    return name
