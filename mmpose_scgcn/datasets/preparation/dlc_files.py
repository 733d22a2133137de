"""The files of labels in a project of DeepLabCut."""

import os
from collections import defaultdict
from pathlib import Path

import numpy as np

from .dlc_labels import Labels, read_labels
from .records import Problem

_STEM = 'CollectedData'
_SUFFIXES = ('.csv', '.h5')


def find_files(
    path: Path, scorer: str | None = None, encoding: str | None = None
) -> tuple[list[Path], list[Problem]]:
    """Find one file of labels for each folder.

    Where there is a CSV and an H5 file, the CSV is taken: it needs no
    further package, and people edit it.

    Args:
        path (Path): A file; a project, whose ``labeled-data`` is searched; or
            another folder.
        scorer (str, optional): Whose labels.
        encoding (str, optional): Of CSV files.

    Returns:
        tuple[list[Path], list[Problem]]: The files, and folders of images
        without labels or with two files that differ.

    Raises:
        FileNotFoundError: There is none.
        ValueError: Labels of several scorers in a folder.
    """
    if path.suffix.lower() in ('.yaml', '.yml'):
        path = path.parent  # config.yaml is how DeepLabCut names a project
    if path.is_file():
        return [path], []
    if not path.is_dir():
        raise FileNotFoundError(f'{path}: expected a file or a folder')
    root = path / 'labeled-data' if (path / 'labeled-data').is_dir() else path
    found: dict[Path, list[Path]] = defaultdict(list)
    problems: list[Problem] = []
    for above, folders, names in os.walk(root):
        # It holds copies of all labels.
        folders[:] = sorted(f for f in folders if f != 'training-datasets')
        for name in sorted(names):
            if name.startswith(_STEM) and name.lower().endswith(_SUFFIXES):
                found[Path(above)].append(Path(above, name))
        unlabelled = Path(above) not in found and not folders and names
        if unlabelled and not above.endswith('_labeled'):
            kind = f'folder without {_STEM}_<scorer>, left out'
            problems.append(Problem(kind, above, serious=False))
    wanted = f'{_STEM}_{scorer}' if scorer else None
    files = []
    for folder, members in found.items():
        members = [m for m in members if wanted in (None, m.stem)]
        files += _choose(folder, members, encoding, problems)
    if not files:
        raise FileNotFoundError(
            f'{root}: expected {wanted or f"{_STEM}_<scorer>"}.csv or .h5 in '
            'folders of videos, found none'
        )
    return files, problems


def _choose(
    folder: Path,
    members: list[Path],
    encoding: str | None,
    problems: list[Problem],
) -> list[Path]:
    """Choose one file of a folder."""
    stems = sorted({path.stem for path in members})
    if len(stems) > 1:
        raise ValueError(
            f'{folder}: expected the labels of one scorer, got '
            f'{", ".join(stems)}; name one of them with --scorer, without '
            f'{_STEM}_'
        )
    members.sort(key=lambda path: path.suffix.lower())  # the CSV first
    if len(members) > 1:
        text = _difference(members[0], members[1], encoding)
        if text:
            kind = 'CSV and H5 file of a folder differ, CSV taken'
            problems.append(Problem(kind, f'{folder}: {text}'))
    return members[:1]


def _difference(first: Path, second: Path, encoding: str | None) -> str | None:
    """Say how two files differ, if the second can be read."""
    try:
        ours, theirs = read_labels(first, encoding), read_labels(second)
    except ModuleNotFoundError:
        return None
    except ValueError as error:
        return str(error)
    if _keys(ours) != _keys(theirs):
        return 'other images or body parts'
    far = ~np.isclose(
        ours.points, theirs.points, rtol=0, atol=1e-3, equal_nan=True
    )
    return f'{far.any(axis=2).sum()} labels differ' if far.any() else None


def _keys(labels: Labels) -> tuple:
    """Name rows and columns."""
    return labels.images, labels.individuals, labels.bodyparts
