"""WFLW: lists of annotations, and images in folders of events."""

from collections.abc import Iterator
from pathlib import Path

from mmpose_scgcn.files import read_text
from mmpose_scgcn.inside import check_stays
from mmpose_scgcn.structures.conventions import WFLW_ATTRIBUTES

import numpy as np

from .records import LABELED, Face, Problem, Source, parse_numbers

NUM_KEYPOINTS = 98
#: Endings of the six lists of test subsets.
SUBSET_LISTS = {
    name: 'largepose' if name == 'pose' else name for name in WFLW_ATTRIBUTES
}
EXPECTED = dict(trainval=7500, test=2500)


def read_wflw(folder: str | Path) -> Source:
    """Read WFLW.

    From ``list_98pt_rect_attr_{train,test}.txt`` where they are there: 98
    points, the corners of the detection rectangle, six attributes, image.
    Otherwise from ``list_98pt_{train,test}.txt`` and the six lists of test
    subsets ``list_98pt_test_{largepose,...}.txt``: 98 points, image; a face's
    attributes are then the lists that it is in. Where there are both, they
    have to agree.

    A photograph may show several faces, which stay in one split.

    Args:
        folder (str | Path): What holds ``WFLW_annotations`` and
            ``WFLW_images``, at any depth.

    Returns:
        Source: Splits ``trainval`` (7,500) and ``test`` (2,500).

    Raises:
        FileNotFoundError: No list, or no folder of images.
        ValueError: A line of another form, or a list in another encoding
            than Unicode.
    """
    folder = Path(folder)
    lists = {
        path.name: path for path in sorted(folder.rglob('list_98pt*.txt'))
    }
    if not lists:
        raise FileNotFoundError(
            f'{folder}: expected lists such as '
            'list_98pt_rect_attr_train.txt, found none'
        )
    source = Source('wflw', {}, _find_images(folder), expected=dict(EXPECTED))
    for split, part in dict(trainval='train', test='test').items():
        faces = _read_split(lists, part)
        if faces:
            source.splits[split] = faces
    if 'test' in source.splits:
        _join_subsets(source, lists)
    return source


def _find_images(folder: Path) -> Path:
    """Find the folder of the events' folders."""
    found = [p for p in sorted(folder.rglob('WFLW_images')) if p.is_dir()]
    if not found:
        raise FileNotFoundError(f'{folder}: expected a folder WFLW_images')
    return found[0]


def _read_split(lists: dict[str, Path], part: str) -> list[Face]:
    """Read the richest list of a part."""
    for name in (f'list_98pt_rect_attr_{part}.txt', f'list_98pt_{part}.txt'):
        if name in lists:
            return list(_read_list(lists[name]))
    if part == 'test':
        # The faces of the six lists; those in none of them are not there.
        faces = [
            face
            for path in _subset_lists(lists).values()
            for face in _read_list(path)
        ]
        return list({_key(face): face for face in faces}.values())
    return []


def _read_list(path: Path) -> Iterator[Face]:
    """Read the faces of a list."""
    lines = read_text(path).splitlines()
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _face(line, f'{path}, line {number}')


def _face(line: str, where: str) -> Face:
    """Read one line of either form."""
    *numbers, file = line.split()
    values = parse_numbers(numbers, where)
    coordinates, rest = np.split(values, [2 * NUM_KEYPOINTS])
    if len(rest) not in (0, 10) or len(coordinates) < 2 * NUM_KEYPOINTS:
        raise ValueError(
            f'{where}: expected 197 or 207 fields (196 coordinates, a '
            'rectangle and 6 attributes or neither, image), got '
            f'{len(numbers) + 1}'
        )
    if not np.isfinite(values).all():
        raise ValueError(f'{where}: coordinates that are not finite')
    if not np.isin(rest[4:], (0, 1)).all():
        raise ValueError(
            f'{where}: expected attributes 0 or 1, got {numbers[-6:]}'
        )
    check_stays(file, where)
    flags = rest[4:].astype(int).tolist()
    return Face(
        file,
        coordinates.reshape(-1, 2),
        np.full(NUM_KEYPOINTS, LABELED),
        where,
        group=file,
        box=tuple(rest[:4].tolist()) if flags else None,
        fields=dict(attributes=dict(zip(WFLW_ATTRIBUTES, flags, strict=True)))
        if flags
        else {},
    )


def _subset_lists(lists: dict[str, Path]) -> dict[str, Path]:
    """Find the lists of test subsets by attribute."""
    names = {a: f'list_98pt_test_{s}.txt' for a, s in SUBSET_LISTS.items()}
    return {a: lists[name] for a, name in names.items() if name in lists}


def _key(face: Face) -> tuple:
    """Tell faces of one photograph apart."""
    return face.file, face.keypoints.round(3).tobytes()


def _join_subsets(source: Source, lists: dict[str, Path]) -> None:
    """Give faces the attributes of the subset lists, or compare both."""
    members = {
        attribute: {_key(face) for face in _read_list(path)}
        for attribute, path in _subset_lists(lists).items()
    }
    faces = {_key(face): face for face in source.splits['test']}
    for attribute, keys in members.items():
        text = f'{lists[f"list_98pt_test_{SUBSET_LISTS[attribute]}.txt"]}: '
        strangers = len(keys - faces.keys())
        differ = sum(
            (key in keys) != bool(face.fields['attributes'][attribute])
            for key, face in faces.items()
            if face.fields
        )
        if strangers or differ:
            text += f'{strangers} faces are not in the test list, '
            text += f'{differ} have another attribute there'
            source.problems.append(Problem('subset list disagrees', text))
    bare = [(key, face) for key, face in faces.items() if not face.fields]
    missing = [a for a in WFLW_ATTRIBUTES if a not in members]
    if bare and missing:
        names = [f'list_98pt_test_{SUBSET_LISTS[a]}.txt' for a in missing]
        text = f'{", ".join(names)}; faces of the test set get no attributes'
        source.problems.append(Problem('subset lists missing', text))
    else:
        for key, face in bare:
            flags = {a: int(key in keys) for a, keys in members.items()}
            face.fields['attributes'] = flags
