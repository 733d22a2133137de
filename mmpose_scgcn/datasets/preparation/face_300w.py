"""300W: the folders that its archives unpack to."""

import re
from collections import Counter
from pathlib import Path

import numpy as np

from .image_files import Folders, find_image
from .pts import pts_files, read_pts
from .records import LABELED, Face, Problem, Source

#: Sources: folders of the path, split, official number of faces.
SOURCES = {
    'afw': (('afw',), 'trainval', 337),
    'helen_trainset': (('helen', 'trainset'), 'trainval', 2000),
    'lfpw_trainset': (('lfpw', 'trainset'), 'trainval', 811),
    'helen_testset': (('helen', 'testset'), 'test_common', 330),
    'lfpw_testset': (('lfpw', 'testset'), 'test_common', 224),
    'ibug': (('ibug',), 'test_challenge', 135),
    'indoor': (('01_indoor',), 'test_private', 300),
    'outdoor': (('02_outdoor',), 'test_private', 300),
}
_NUM_KEYPOINTS = 68


def read_300w(folder: str | Path) -> Source:
    """Read 300W.

    The folders ``afw``, ``helen/{trainset,testset}``,
    ``lfpw/{trainset,testset}`` and ``ibug``, and the 600 images of the
    competition's test set (``01_Indoor``, ``02_Outdoor``) where they are
    there, at any depth, with ``.pts`` files beside the images.

    The common test set is HELEN's and LFPW's, the challenging one IBUG, the
    full one both. ``subset`` of each annotation names the source.

    Args:
        folder (str | Path): What holds these folders.

    Returns:
        Source: Splits ``trainval`` (3,148), ``test_common`` (554),
        ``test_challenge`` (135), ``test_full`` (689) and ``test_private``
        (600).

    Raises:
        FileNotFoundError: None of them is there.
        ValueError: A broken ``.pts`` file.
    """
    folder = Path(folder)
    source = Source('300w', {}, folder)
    counts: Counter[str] = Counter()
    strangers, folders = [], Folders()
    for pts in pts_files(folder):
        subset = _find_source(pts.relative_to(folder))
        if subset is None:
            strangers.append(str(pts))
            continue
        image, problems = find_image(pts, folders=folders)
        source.problems += problems
        face = _face(pts, image.relative_to(folder).as_posix(), subset)
        source.splits.setdefault(SOURCES[subset][1], []).append(face)
        counts[subset] += 1
    if not counts:
        raise FileNotFoundError(
            f'{folder}: expected the folders afw, helen/trainset, '
            'helen/testset, lfpw/trainset, lfpw/testset and ibug with .pts '
            'files, found none of them'
        )
    _add_full_test(source)
    _check_counts(source, counts, strangers)
    return source


def _find_source(path: Path) -> str | None:
    """Tell the source by the folders of a path."""
    folders = [part.lower() for part in path.parts[:-1]]
    for name, (wanted, _, _) in SOURCES.items():
        if any(
            tuple(folders[i : i + len(wanted)]) == wanted
            for i in range(len(folders))
        ):
            return name
    return None


def _face(pts: Path, file: str, subset: str) -> Face:
    """Read one face; Flickr's photographs may show several."""
    points = read_pts(pts)
    if len(points) != _NUM_KEYPOINTS:
        raise ValueError(
            f'{pts}: expected {_NUM_KEYPOINTS} points, got {len(points)}'
        )
    # AFW, HELEN and IBUG: photograph and number of the face. LFPW: one each.
    photo = pts.stem
    if not subset.startswith('lfpw'):
        photo = re.sub(r'_\d+$', '', photo)
    return Face(
        file,
        points,
        np.full(len(points), LABELED),
        str(pts),
        group=f'{subset.partition("_")[0]}/{photo}',
        stratum=subset,
        fields=dict(subset=subset),
    )


def _add_full_test(source: Source) -> None:
    """Put the parts in order and join the two test sets."""
    splits = source.splits
    parts = [
        splits.get(f'test_{part}', []) for part in ('common', 'challenge')
    ]
    if all(parts):
        splits['test_full'] = [face for part in parts for face in part]
    private = splits.pop('test_private', None)
    if private:
        splits['test_private'] = private
        source.expected['test_private'] = 600


def _check_counts(
    source: Source, counts: Counter, strangers: list[str]
) -> None:
    """Say what is expected, and which sources are not complete."""
    source.expected.update(
        trainval=3148, test_common=554, test_challenge=135, test_full=689
    )
    for name, (_, split, expected) in SOURCES.items():
        optional = split == 'test_private' and not counts[name]
        if counts[name] != expected and not optional:
            text = f'{name}: expected {expected} faces, found {counts[name]}'
            source.problems.append(Problem('incomplete source', text))
    source.problems += [
        Problem('.pts file of no known source, left out', file, serious=False)
        for file in strangers
    ]
