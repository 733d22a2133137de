"""DeepLabCut: the labels of a project, of a folder or of a file."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .dlc_files import find_files
from .dlc_labels import Labels, read_labels
from .groups import find_group
from .missing import mark_missing, parse_missing
from .records import ABSENT, LABELED, Face, Problem, Source

#: What DeepLabCut calls the owner of body parts that no animal has.
_NOBODY = 'single'


def read_dlc(
    path: str | Path,
    images: str | Path | None = None,
    name: str = 'dlc',
    origin: int = 0,
    missing: str = 'auto',
    group_pattern: str | None = None,
    scorer: str | None = None,
    encoding: str | None = None,
) -> Source:
    """Read labels of DeepLabCut.

    A body part without numbers is not annotated. Images of one video stay in
    one split. In a project with several animals each is a face of its own;
    body parts that belong to none of them are left out.

    Args:
        path (str | Path): ``CollectedData_<scorer>.csv`` or ``.h5``, a
            project, or a folder with such files.
        images (str | Path, optional): Folder of ``labeled-data``, of the
            folders of videos, or of the images. Defaults to the file's, or
            the one or two above it.
        name (str): Of the data set. Defaults to ``'dlc'``.
        origin (int): Coordinates of the first pixel's centre. Defaults to 0,
            as in the viewers that labels are clicked in.
        missing (str): Coordinates that mean "not annotated"
            (:func:`.missing.parse_missing`). Defaults to ``'auto'``.
        group_pattern (str, optional): Regular expression whose first group,
            found in the image's name, is the identity. Defaults to the
            video.
        scorer (str, optional): Whose labels, where there are several.
        encoding (str, optional): Of CSV files. Defaults to UTF-8.

    Returns:
        Source: Split ``trainval``.

    Raises:
        FileNotFoundError: No such file or folder, or no labels in it.
        ValueError: A file of another form, or labels of several scorers.
        ModuleNotFoundError: An H5 file, and h5py is not installed.
    """
    path = Path(path)
    files, problems = find_files(path, scorer, encoding)
    tables = [read_labels(file, encoding) for file in files]
    parts = _body_parts(tables, problems)
    places = [
        _find_images(t, Path(images) if images else None) for t in tables
    ]
    root = Path(os.path.commonpath([p.parent for ps in places for p in ps]))
    source = Source(
        name,
        dict(trainval=[]),
        root,
        problems=problems,
        origin=origin,
        names=parts,
    )
    for table, found in zip(tables, places, strict=True):
        _add_faces(source, table, found, group_pattern)
    _check_videos(source)
    total = sum(len(table.images) for table in tables)
    source.notes = (
        f'{path}: {len(tables)} files of labels, {total} images; '
        f'{len(parts)} body parts: {", ".join(parts)}',
    )
    source.videos = not group_pattern
    return mark_missing(source, parse_missing(missing))


def _owners(table: Labels) -> list[str]:
    """List the individuals of a table; body parts of none are left out."""
    owners = list(dict.fromkeys(table.individuals))
    return [o for o in owners if o != _NOBODY or len(owners) == 1]


def _body_parts(
    tables: Sequence[Labels], problems: list[Problem]
) -> tuple[str, ...]:
    """List the body parts of all tables, and say what a table lacks."""
    own = [
        {
            part
            for part, owner in zip(t.bodyparts, t.individuals, strict=True)
            if owner in _owners(t)
        }
        for t in tables
    ]
    every = dict.fromkeys(part for t in tables for part in t.bodyparts)
    parts = tuple(part for part in every if any(part in o for o in own))
    for table, found in zip(tables, own, strict=True):
        lacking = [part for part in parts if part not in found]
        if lacking:
            kind = 'body parts that a file has not, not annotated there'
            text = f'{table.path}: {", ".join(lacking)}'
            problems.append(Problem(kind, text))
        others = [part for part in table.bodyparts if part not in found]
        if others:
            kind = 'body parts of no animal, left out'
            text = f'{table.path}: {", ".join(others)}'
            problems.append(Problem(kind, text, serious=False))
    return parts


def _find_images(table: Labels, images: Path | None) -> list[Path]:
    """Find the images: the last three, two or one parts of their names."""
    own = table.path.parent.absolute()
    bases = [own, *list(own.parents)[:2]] if images is None else [images]
    for base in (base.absolute() for base in bases):
        for depth in (3, 2, 1):
            found = [base.joinpath(*name[-depth:]) for name in table.images]
            if any(path.is_file() for path in found):
                return found
    return [bases[0].absolute() / name[-1] for name in table.images]


def _add_faces(
    source: Source, table: Labels, places: list[Path], pattern: str | None
) -> None:
    """Add the faces of a table, one for each individual of an image."""
    empty = 0
    for row, place in enumerate(places):
        file = place.relative_to(source.folder).as_posix()
        where = f'{table.path}, image {"/".join(table.images[row])}'
        video = _video(table, row)
        group = find_group(file, pattern) if pattern else video
        faces = 0
        for owner in _owners(table):
            points = _points(table, row, owner, source.names) - source.origin
            known = np.isfinite(points).all(axis=1)
            if not known.any():
                continue
            faces += 1
            face = Face(
                file,
                points,
                np.where(known, LABELED, ABSENT),
                f'{where}, {owner}' if owner else where,
                group,
                fields=dict(identity=group),
            )
            source.splits['trainval'].append(face)
        empty += not faces
    if empty:
        kind = 'images without any label, left out'
        text = f'{table.path}: {empty} of {len(places)}'
        source.problems.append(Problem(kind, text, serious=False))


def _points(
    table: Labels, row: int, owner: str, names: Sequence[str]
) -> np.ndarray:
    """Put the labels of an individual in the order of the names (K, 2)."""
    points = np.full((len(names), 2), np.nan)
    keys = zip(table.individuals, table.bodyparts, strict=True)
    for column, (whose, part) in enumerate(keys):
        if whose == owner:
            points[names.index(part)] = table.points[row, column]
    return points


def _video(table: Labels, row: int) -> str:
    """Tell the video of an image; a cropped copy is of the same one."""
    folders = table.images[row][:-1] or (table.path.parent.name,)
    return folders[-1].removesuffix('_cropped')


def _check_videos(source: Source) -> None:
    """Check that no image stands for frames of two videos."""
    first: dict[str, Face] = {}
    for face in source.faces:
        other = first.setdefault(face.file, face)
        video = other.fields['identity'], face.fields['identity']
        if len(set(video)) > 1:
            raise ValueError(
                f'{source.folder / face.file}: expected an image of one '
                f'video, but {other.where} and {face.where} both name it; '
                'give the folder that has a folder for each video with '
                '--images'
            )
