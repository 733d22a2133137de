"""``.pts`` files: the annotations of 300W and of many other sets."""

import re
from pathlib import Path

import numpy as np

from .records import LABELED, Face, Problem, Source, parse_numbers

SUFFIXES = ('.png', '.jpg', '.jpeg', '.bmp')


def read_pts(path: str | Path, origin: int = 1) -> np.ndarray:
    """Read one file, with the header of the 300W format or without.

    Args:
        path (str | Path): The file. ``version:``, ``n_points:`` and braces
            may be there or not (HELEN's files have none).
        origin (int): Coordinates of the first pixel's centre in the file, 1
            in 300W. Defaults to 1.

    Returns:
        np.ndarray: (K, 2), image px, the first pixel's centre at (0, 0).

    Raises:
        ValueError: No text, not two numbers a line, coordinates that are not
            finite, or another number of points than ``n_points`` says.
    """
    try:
        lines = Path(path).read_text(encoding='utf-8-sig').splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f'{path}: expected text, got {error}') from error
    promised, points = None, []
    for number, line in enumerate(map(str.strip, lines), 1):
        header = re.match(r'(version|n_points)\s*:\s*(\S*)', line)
        if header and header[1] == 'n_points':
            (promised,) = parse_numbers([header[2]], f'{path}, line {number}')
        elif line and line not in '{}' and not header:
            points.append(_point(line, f'{path}, line {number}'))
    if not points or promised not in (None, len(points)):
        raise ValueError(
            f'{path}: expected {"points" if promised is None else promised}, '
            f'got {len(points)} points'
        )
    return np.array(points) - origin


def _point(line: str, where: str) -> np.ndarray:
    """Read the two coordinates of a line."""
    point = parse_numbers(line.replace(',', ' ').split(), where)
    if len(point) != 2 or not np.isfinite(point).all():
        raise ValueError(f'{where}: expected two numbers, got {line!r}')
    return point


def pts_files(folder: Path) -> list[Path]:
    """List the ``.pts`` files below a folder.

    Those that macOS adds to archives (``._name.pts``) are none.
    """
    found = sorted(folder.rglob('*.pts'))
    return [path for path in found if not path.name.startswith('._')]


def find_image(pts: Path) -> tuple[Path, list[Problem]]:
    """Find the image of a ``.pts`` file: same folder, same stem.

    Args:
        pts (Path): The file.

    Returns:
        tuple[Path, list[Problem]]: The image, or the most likely name of one
        that is missing, and a problem where several fit.
    """
    names = {path.name.lower(): path for path in pts.parent.glob('*')}
    fits = [
        names[name]
        for name in (f'{pts.stem}{s}'.lower() for s in SUFFIXES)
        if name in names
    ]
    if len(fits) > 1:
        text = f'{pts}: {", ".join(f.name for f in fits)}; took the first'
        return fits[0], [Problem('several images of one name', text)]
    return (fits or [pts.with_suffix('.jpg')])[0], []


def read_pts_folder(
    folder: str | Path,
    test: str | Path | None = None,
    name: str = 'faces',
    origin: int = 1,
    group_pattern: str | None = None,
) -> Source:
    """Read a folder of ``.pts`` files beside their images.

    Args:
        folder (str | Path): Searched with its subfolders.
        test (str | Path, optional): A subfolder of it that is the test set.
        name (str): Of the data set. Defaults to ``'faces'``.
        origin (int): See :func:`read_pts`.
        group_pattern (str, optional): Regular expression whose first group,
            found in the image's name, is the identity or source; annotations
            then have it as ``identity``.

    Returns:
        Source: Splits ``trainval`` and, if asked for, ``test``.

    Raises:
        FileNotFoundError: No folder, or no such files in it.
        ValueError: See :func:`read_pts`; or the test set is elsewhere.
    """
    folder = Path(folder)
    files = pts_files(folder)
    if not files:
        raise FileNotFoundError(f'{folder}: expected .pts files, found none')
    inside = Path(test).resolve() if test else None
    if inside and folder.resolve() not in inside.parents:
        raise ValueError(f'the test set {test} is not inside {folder}')
    source = Source(name, dict(trainval=[]), folder)
    for pts in files:
        image, problems = find_image(pts)
        source.problems += problems
        file = image.relative_to(folder).as_posix()
        points = read_pts(pts, origin)
        group = find_group(file, group_pattern)
        face = Face(
            file,
            points,
            np.full(len(points), LABELED),
            str(pts),
            group,
            fields=dict(identity=group) if group_pattern else {},
        )
        is_test = inside and inside in pts.resolve().parents
        split = 'test' if is_test else 'trainval'
        source.splits.setdefault(split, []).append(face)
    return source


def find_group(file: str, pattern: str | None) -> str:
    """Find which identity or photograph an image file belongs to.

    Args:
        file (str): Its name.
        pattern (str, optional): Regular expression with a group; without
            one, each file is a group of its own.

    Returns:
        str: The group.

    Raises:
        ValueError: A pattern without a group, or one that does not occur.
    """
    if pattern is None:
        return file
    found = re.search(pattern, file)
    if not found or not found.groups() or found[1] is None:
        raise ValueError(
            f'the group pattern {pattern!r} should find a (group) in every '
            f'image name; in {file!r} it finds none'
        )
    return found[1]
