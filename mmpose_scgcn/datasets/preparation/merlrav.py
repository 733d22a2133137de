"""MERL-RAV: 68 points of AFLW's faces, whose signs tell what is seen."""

import os
import re
from collections import defaultdict
from pathlib import Path

from mmpose_scgcn.structures.conventions import PARTNERS_300W

import numpy as np

from .column_names import has_image_suffix
from .image_files import Folders, find_image
from .pts import pts_files, read_pts
from .records import ABSENT, LABELED, VISIBLE, Face, Problem, Source

NUM_KEYPOINTS = 68
POSES = ('frontal', 'left', 'lefthalf', 'right', 'righthalf')
#: Split by folder, and how many files its repository has.
PARTS = dict(trainset=('trainval', 15_449), testset=('test', 3_865))


def read_merlrav(
    folder: str | Path,
    images: str | Path | None = None,
    name: str = 'merlrav',
    origin: int = 0,
    encoding: str | None = None,
) -> Source:
    """Read MERL-RAV's labels, with AFLW's images or copies beside them.

    A positive point is seen, a negative one is hidden by something else and
    lies at its absolute value, and (-1, -1) is hidden by the face itself and
    is not annotated (https://github.com/abhi1kumar/MERL-RAV_dataset).

    Args:
        folder (str | Path): ``merl_rav_labels`` or ``merl_rav_organized``,
            with folders ``trainset`` and ``testset`` in those of poses.
        images (str | Path, optional): Folder that AFLW's images are in or
            below. Defaults to a folder ``aflw`` beside the one of labels.
        name (str): Of the data set. Defaults to ``'merlrav'``.
        origin (int): Coordinates of the first pixel's centre. Defaults to 0,
            as in AFLW: nothing in the set says that it counts from 1.
        encoding (str, optional): Of the files. Defaults to UTF-8.

    Returns:
        Source: Splits ``trainval`` and ``test``; ``subset`` of each
        annotation is the pose.

    Raises:
        FileNotFoundError: No labels.
        ValueError: A file of another number of points, or a point of which
            one coordinate is negative and one is not.
    """
    folder = Path(folder)
    files = pts_files(folder)
    parts = {file: _part(file) for file in files}
    if not any(parts.values()):
        raise FileNotFoundError(
            f'{folder}: expected .pts files in folders trainset and testset, '
            f'found {len(files)} others'
        )
    source = Source(name, {}, partners=PARTNERS_300W, origin=origin)
    kept = {f: part for f, part in parts.items() if part}
    places = _find_images(list(kept), folder, images, source.problems)
    roots = [place.parent for place in places.values()]
    source.images = Path(os.path.commonpath(roots))
    for file, (pose, split) in kept.items():
        place = places[file].relative_to(source.folder).as_posix()
        face = _face(file, place, pose, origin, encoding)
        source.splits.setdefault(split, []).append(face)
    order = (split for split, _ in PARTS.values() if split in source.splits)
    source.splits = {split: source.splits[split] for split in order}
    counts = {split: len(faces) for split, faces in source.splits.items()}
    if counts == dict(PARTS.values()):
        source.expected = counts
    source.problems += [
        Problem('.pts file outside trainset and testset, left out', str(file))
        for file in files
        if file not in kept
    ]
    whole = sum(count for _, count in PARTS.values())
    source.notes = (
        f'{folder}: {len(kept)} of {whole} faces; negative points are hidden '
        'by something, (-1, -1) are not annotated',
    )
    return source


def _part(file: Path) -> tuple[str, str] | None:
    """Tell pose and split by the folders of a file."""
    above = [part.lower() for part in file.absolute().parts[:-1]]
    for index in range(len(above) - 1, -1, -1):
        if above[index] in PARTS:
            pose = above[index - 1] if index else ''
            split = PARTS[above[index]][0]
            return pose if pose in POSES else '', split
    return None


def read_signed(
    file: Path, origin: int = 0, encoding: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Read the points of a file, and what their signs tell.

    Args:
        file (Path): A ``.pts`` file.
        origin (int): Coordinates of the first pixel's centre. Defaults to 0.
        encoding (str, optional): Defaults to UTF-8.

    Returns:
        tuple[np.ndarray, np.ndarray]: (68, 2), image px, and flags (68,): 2
        seen, 1 hidden by something, 0 not annotated.

    Raises:
        ValueError: See :func:`read_merlrav`.
    """
    signed = read_pts(file, 0, encoding)
    if len(signed) != NUM_KEYPOINTS:
        raise ValueError(
            f'{file}: expected {NUM_KEYPOINTS} points, got {len(signed)}'
        )
    negative = signed < 0
    mixed = np.flatnonzero(negative[:, 0] != negative[:, 1])
    if len(mixed):
        x, y = signed[mixed[0]].tolist()
        raise ValueError(
            f'{file}: expected both coordinates of a point to be negative or '
            f'neither, got {x:g} {y:g} for point {mixed[0]} of '
            f'{NUM_KEYPOINTS}'
        )
    flags = np.where(negative[:, 0], LABELED, VISIBLE)
    flags[(signed == -1).all(axis=1)] = ABSENT
    return np.abs(signed) - origin, flags


def _face(
    file: Path, image: str, pose: str, origin: int, encoding: str | None
) -> Face:
    """Make the record of one file."""
    points, flags = read_signed(file, origin, encoding)
    return Face(
        image,
        points,
        flags,
        str(file),
        group=_photograph(file.stem),
        fields=dict(subset=pose) if pose else {},
    )


def _photograph(stem: str) -> str:
    """Name AFLW's photograph: ``image20991_2`` is its second face."""
    return re.sub(r'_\d+$', '', stem)


def _find_images(
    files: list[Path],
    folder: Path,
    images: str | Path | None,
    problems: list[Problem],
) -> dict[Path, Path]:
    """Find copies beside the files, or AFLW's photographs."""
    folders = Folders()
    beside = {
        file: find_image(file, None, folders)[0].absolute() for file in files
    }
    if images is None and any(place.is_file() for place in beside.values()):
        return beside
    root = Path(images) if images else _aflw(folder)
    if root is None or not root.is_dir():
        raise FileNotFoundError(
            f"{root or folder}: expected AFLW's images (aflw/flickr/0, 2 and "
            '3); name their folder with --images'
        )
    found = _index(root.absolute())
    places = {}
    for file in files:
        name = _photograph(file.stem)
        fits = found.get(file.stem.lower(), []) or found.get(name.lower(), [])
        places[file] = fits[0] if fits else root.absolute() / f'{name}.jpg'
        if len(fits) > 1:
            text = f'{file}: {", ".join(map(str, fits))}; took the first'
            problems.append(Problem('several images of one name', text))
    return places


def _aflw(folder: Path) -> Path | None:
    """Find a folder of AFLW beside the labels."""
    above = list(folder.absolute().parents)[:4]
    names = ('aflw', 'AFLW')
    places = [base / name for base in (folder, *above) for name in names]
    return next((place for place in places if place.is_dir()), None)


def _index(root: Path) -> dict[str, list[Path]]:
    """List the images below a folder by their stems."""
    found: dict[str, list[Path]] = defaultdict(list)
    for above, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if has_image_suffix(name):
                found[Path(name).stem.lower()].append(Path(above, name))
    return found
