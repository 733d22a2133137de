"""What may be wrong with the faces of a data set."""

import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from mmpose_scgcn.structures.limits import check_count

import numpy as np

from .boxes import face_box
from .records import ABSENT, Face, Problem, Source


def check_num_keypoints(faces: Sequence[Face]) -> int:
    """Check that all faces have the same number of keypoints.

    Args:
        faces (Sequence[Face]): The faces.

    Returns:
        int: That number.

    Raises:
        ValueError: No face, or a face with another number.
    """
    if not faces:
        raise ValueError('no face to write')
    count = len(faces[0].keypoints)
    check_count(count, faces[0].where)
    for face in faces:
        if len(face.keypoints) != count:
            raise ValueError(
                f'{face.where}: expected {count} keypoints, as in '
                f'{faces[0].where}, got {len(face.keypoints)}'
            )
    return count


def check_annotated(source: Source) -> None:
    """Check that every keypoint is annotated in some face.

    Args:
        source (Source): What a reader returned.

    Raises:
        ValueError: Some are in none.
    """
    _, annotated = source.shapes()
    never = np.flatnonzero(~annotated.any(axis=0)).tolist()
    if never:
        raise ValueError(
            f'no face has the keypoints {", ".join(map(str, never))}: leave '
            'them out of the files, or say what means "not annotated" with '
            '--missing'
        )


def check_plain_name(name: str, where: str) -> None:
    """Refuse control characters, which give orders to a terminal.

    Args:
        name (str): Of an image or a keypoint.
        where (str): Which file has it, and where.

    Raises:
        ValueError: It has some.
    """
    if any(unicodedata.category(letter) == 'Cc' for letter in name):
        raise ValueError(
            f'{where!a}: expected a name without control characters, got '
            f'{name!a:.60}'
        )


def check_file_names(faces: Iterable[Face]) -> None:
    """Check that the machine can name all images.

    Args:
        faces (Iterable[Face]): The faces.

    Raises:
        ValueError: A name has characters that the locale has not, or control
            characters.
    """
    for face in faces:
        check_plain_name(face.file, face.where)
        try:
            os.fsencode(face.file)
        except UnicodeEncodeError as error:
            raise ValueError(
                f'{face.where}: the locale ({sys.getfilesystemencoding()}) '
                f'cannot name the image {face.file!a}; set the '
                'environment variable PYTHONUTF8=1'
            ) from error


def check_padding(padding: float) -> None:
    """Check that a box keeps an area.

    Args:
        padding (float): Added on each side, as a fraction.

    Raises:
        ValueError: Not a finite number above -0.5.
    """
    if not -0.5 < padding < float('inf'):
        raise ValueError(
            f'expected a padding above -0.5 (half of the box), got {padding}'
        )


def find_problems(source: Source) -> list[Problem]:
    """Find what can be told without the images.

    Args:
        source (Source): What a reader returned.

    Returns:
        list[Problem]: Wrong numbers of faces, what the reader noticed,
        keypoints that no training face has, groups in several splits, and the
        same face twice. The latter two are not serious in official sets,
        whose users cannot mend them.
    """
    return [
        *count_problems(source.splits, source.expected),
        *source.problems,
        *untrained(source),
        *shared_groups(source.splits, serious=not source.expected),
        *duplicates(source.faces, serious=not source.expected),
    ]


def count_problems(
    splits: Mapping[str, Sequence[Face]], expected: Mapping[str, int]
) -> list[Problem]:
    """Compare the numbers of faces with the official ones."""
    kind = 'another number of faces than the official one'
    counts = {split: len(splits.get(split, ())) for split in expected}
    return [
        Problem(kind, f'{split}: expected {number}, found {counts[split]}')
        for split, number in expected.items()
        if counts[split] != number
    ]


def untrained(source: Source) -> list[Problem]:
    """Find keypoints that faces have, but none that is trained on."""
    parts = [source.splits.get(split, ()) for split in ('trainval', 'train')]
    training = {face for part in parts for face in part}
    if not training:
        return []
    _, annotated = source.shapes()
    chosen = np.array([face in training for face in source.faces])
    trained = annotated[chosen].any(axis=0)
    others = annotated[~chosen].sum(axis=0)
    names = source.names or range(len(others))
    kind = 'keypoint that no training face has'
    return [
        Problem(kind, f'{names[k]}: {others[k]} other faces have it')
        for k in np.flatnonzero(~trained & (others > 0))
    ]


def shared_groups(
    splits: Mapping[str, Sequence[Face]], serious: bool = True
) -> list[Problem]:
    """Find identities or photographs that are in two separate splits."""
    problems = []
    for (first, a), (second, b) in combinations(splits.items(), 2):
        if set(a) & set(b):
            continue  # one is a part of the other
        both = {face.group for face in a} & {face.group for face in b}
        kind = f'people or photographs of {first} that are in {second} too'
        problems += [Problem(kind, group, serious) for group in sorted(both)]
    return problems


def duplicates(faces: Iterable[Face], serious: bool = True) -> list[Problem]:
    """Find faces with the same image and the same keypoints."""
    first: dict[tuple, Face] = {}
    problems = []
    for face in faces:
        key = face.file, face.keypoints.tobytes()
        if key in first:
            text = f'{face.file}: {first[key].where}, and {face.where}'
            problems.append(Problem('the same face twice', text, serious))
        first.setdefault(key, face)
    return problems


def other_sizes(
    source: Source, sizes: Mapping[str, tuple[int, int]]
) -> list[Problem]:
    """Find images of another size than their annotation file says."""
    kind = 'image of another size than its annotation file says'
    return [
        Problem(
            kind,
            f'{file}: {" x ".join(map(str, sizes[file]))} px, the file says '
            f'{" x ".join(map(str, said))}: are the keypoints those of '
            'another copy, or of one that is not turned?',
        )
        for file, said in source.declared.items()
        if file in sizes and sizes[file] != said
    ]


def find_boxes(
    faces: Iterable[Face], kind: str, padding: float
) -> tuple[dict[Face, np.ndarray], list[Problem]]:
    """Compute the boxes, and report faces that have none.

    Args:
        faces (Iterable[Face]): The faces.
        kind (str): See :func:`.boxes.face_box`.
        padding (float): As there.

    Returns:
        tuple[dict, list[Problem]]: Boxes (4,), image px, and the problems.

    Raises:
        ValueError: No face has one.
    """
    boxes, problems = {}, []
    for face in faces:
        try:
            boxes[face] = face_box(face, kind, padding)
        except ValueError as error:
            text = f'{face.file} ({face.where}): {error}'
            problems.append(Problem('no box, face left out', text))
    if problems and not boxes:
        hint = ''
        if kind == 'landmarks' and len(face.keypoints) == 1:
            hint = (
                '; a single keypoint has no tight box: give boxes, such as '
                'columns left, top, width and height, and say --box given'
            )
        raise ValueError(f'no face has a box; first: {problems[0].text}{hint}')
    return boxes, problems


def outside_image(
    faces: Iterable[Face], sizes: Mapping[str, tuple[int, int]]
) -> list[Problem]:
    """Find keypoints outside their image, by half a pixel or more."""
    problems = []
    for face in (face for face in faces if face.file in sizes):
        points = face.keypoints[face.flags != ABSENT]
        limit = np.array(sizes[face.file]) - 0.5
        outside = ((points < -0.5) | (points > limit)).any(axis=1).sum()
        if outside:
            text = f'{face.file} ({face.where}): {outside} of {len(points)}'
            kind = 'keypoints outside the image'
            problems.append(Problem(kind, text, serious=False))
    return problems
