"""Folders of ``.pts`` files and their images."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .groups import find_group
from .image_files import Folders, find_image, find_image_folder
from .missing import mark_missing, parse_missing
from .pts import pts_files, read_pts
from .records import ABSENT, LABELED, Face, Problem, Source


def read_pts_folder(
    folder: str | Path,
    test: str | Path | None = None,
    name: str = 'faces',
    origin: int = 1,
    group_pattern: str | None = None,
    images: str | Path | None = None,
    num_points: int | None = None,
    missing: str = 'auto',
    encoding: str | None = None,
) -> Source:
    """Read a folder of ``.pts`` files and find their images.

    An image has the name of its ``.pts`` file, with any suffix, and is
    beside it or in a folder beside it
    (:func:`.image_files.find_image_folder`). In 300-VW's layout,
    ``001/annot/000001.pts``, the frames of a folder stay in one split.

    Args:
        folder (str | Path): Searched with its subfolders.
        test (str | Path, optional): A subfolder of it that is the test set.
        name (str): Of the data set. Defaults to ``'faces'``.
        origin (int): See :func:`.pts.read_pts`.
        group_pattern (str, optional): Regular expression whose first group,
            found in the image's name, is the identity or source; annotations
            then have it as ``identity``.
        images (str | Path, optional): Folder of the images, with the same
            subfolders or none.
        num_points (int, optional): Take files with so many points alone.
        missing (str): Coordinates that mean "not annotated"
            (:func:`.missing.parse_missing`). Defaults to ``'auto'``.
        encoding (str, optional): Of the files. Defaults to UTF-8 or what
            their byte order mark says.

    Returns:
        Source: Splits ``trainval`` and, if asked for, ``test``.

    Raises:
        FileNotFoundError: No folder, or no such files in it.
        ValueError: See :func:`.pts.read_pts`; files of different numbers of
            points; or the test set is elsewhere.
    """
    folder = Path(folder)
    files = pts_files(folder)
    if not files:
        raise FileNotFoundError(f'{folder}: expected .pts files, found none')
    inside = Path(os.path.realpath(test)) if test else None
    if inside and folder.resolve() not in inside.parents:
        raise ValueError(f'the test set {test} is not inside {folder}')
    shapes = {f: read_pts(f, origin, encoding, missing=True) for f in files}
    shapes, left_out = of_one_number(shapes, num_points)
    given = Path(images) if images else None
    found, problems = find_images(shapes, folder, given)
    root = Path(os.path.commonpath([given or folder, *found.values()]))
    source = Source(
        name,
        dict(trainval=[]),
        root,
        problems=[*left_out, *problems],
        origin=origin,
        notes=(f'{folder}: {len(shapes)} .pts files',),
    )
    tests = {
        above: inside is not None and _is_inside(above, inside)
        for above in {file.parent for file in shapes}
    }
    for file, points in shapes.items():
        image = found[file].relative_to(root).as_posix()
        split = 'test' if tests[file.parent] else 'trainval'
        face = _face(image, points, file, group_pattern)
        source.splits.setdefault(split, []).append(face)
    if inside and 'test' not in source.splits:
        raise FileNotFoundError(
            f'{test}: expected .pts files of the test set, found none'
        )
    source.videos = not group_pattern
    return mark_missing(source, parse_missing(missing))


def find_images(
    files: Iterable[Path], root: Path, images: Path | None = None
) -> tuple[dict[Path, Path], list[Problem]]:
    """Find the images of annotation files.

    Args:
        files (Iterable[Path]): Annotation files.
        root (Path): Folder that all are below.
        images (Path, optional): Folder of the images.

    Returns:
        tuple[dict[Path, Path], list[Problem]]: Image of each file, and
        problems where several fit.

    Raises:
        ValueError: See :func:`.image_files.find_image_folder`.
    """
    folders, found = Folders(), {}
    problems: list[Problem] = []
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent, []).append(file)
    for members in by_folder.values():
        place = find_image_folder(members, root, images, folders)
        for file in members:
            found[file], told = find_image(file, place, folders)
            problems += told
    return found, problems


def of_one_number(
    shapes: dict[Path, np.ndarray], wanted: int | None
) -> tuple[dict[Path, np.ndarray], list[Problem]]:
    """Take the files with one number of points.

    Args:
        shapes (dict[Path, np.ndarray]): Points (K, 2) by file.
        wanted (int, optional): K.

    Returns:
        tuple[dict[Path, np.ndarray], list[Problem]]: Those that are taken,
        and a problem for each other one.

    Raises:
        ValueError: Several numbers and none is wanted, or no file has it.
    """
    counts = Counter(len(points) for points in shapes.values())
    first = {len(points): file for file, points in reversed(shapes.items())}
    listed = '; '.join(
        f'{number} points in {count} files, such as {first[number]}'
        for number, count in counts.most_common()
    )
    if wanted is None and len(counts) > 1:
        most = counts.most_common(1)[0][0]
        raise ValueError(
            f'expected files with the same number of points, got {listed}; '
            f'--points {most} takes those of {most} alone'
        )
    if wanted is not None and wanted not in counts:
        raise ValueError(f'no file has {wanted} points: {listed}')
    number = wanted or next(iter(counts))
    kept = {f: points for f, points in shapes.items() if len(points) == number}
    kind = f'file without {number} points, left out as --points says'
    return kept, [
        Problem(kind, f'{file}: {len(points)} points', serious=False)
        for file, points in shapes.items()
        if file not in kept
    ]


def _is_inside(folder: Path, outer: Path) -> bool:
    """Tell whether a folder is another one or below it."""
    return folder.resolve().is_relative_to(outer)


def find_video(file: Path) -> Path | None:
    """Tell the folder of a video from a frame, as 300-VW has them.

    Args:
        file (Path): Such as ``001/annot/000001.pts``.

    Returns:
        Path, optional: ``001``; none in another layout.
    """
    annot = file.absolute().parent
    numbered = file.stem.isdecimal() and annot.parent.name.isdecimal()
    if numbered and annot.name.lower().startswith('annot'):
        return annot.parent
    return None


def _face(
    image: str, points: np.ndarray, file: Path, group_pattern: str | None
) -> Face:
    """Make the record of one file."""
    video = None if group_pattern else find_video(file)
    group = str(video) if video else find_group(image, group_pattern)
    known = np.isfinite(points).all(axis=1)
    return Face(
        image,
        points,
        np.where(known, LABELED, ABSENT),
        str(file),
        group,
        fields=dict(identity=group) if group_pattern else {},
    )
