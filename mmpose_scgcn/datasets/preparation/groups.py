"""Identities and photographs, which stay in one split."""

import re
from dataclasses import replace

from .records import Face, Problem, Source

#: What Roboflow puts behind the name of each version of a photograph.
_VERSION = re.compile(r'\.rf\.[0-9A-Za-z]{16,}(?=\.\w+$)')


def find_group(file: str, pattern: str | None) -> str:
    """Find which identity or photograph an image file belongs to.

    Args:
        file (str): Its name.
        pattern (str, optional): Regular expression with a group; without
            one, each file is a group of its own, but for the versions that
            Roboflow makes of a photograph.

    Returns:
        str: The group.

    Raises:
        ValueError: A pattern that is none, without a group, or one that does
            not occur.
    """
    if pattern is None:
        return _VERSION.sub('', file)
    found = compile_pattern(pattern).search(file)
    if not found or found[1] is None:
        raise ValueError(
            f'the group pattern {pattern!r} should find a (group) in every '
            f'image name; in {file!r} it finds none'
        )
    return found[1]


def rename_image(face: Face, file: str) -> Face:
    """Give a face another name of its image.

    Args:
        face (Face): The face.
        file (str): The name.

    Returns:
        Face: With this name. Its group changes with it, if it was told by
        the name.
    """
    told = face.group == find_group(face.file, None)
    group = find_group(file, None) if told else face.group
    return replace(face, file=file, group=group)


def compile_pattern(pattern: str) -> re.Pattern:
    """Read the pattern that finds groups in names of files.

    Args:
        pattern (str): Regular expression with a group.

    Returns:
        re.Pattern: It.

    Raises:
        ValueError: It is none, or has no group.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f'expected a regular expression as the group pattern, got '
            f'{pattern!r}: {error}'
        ) from error
    if not compiled.groups:
        raise ValueError(
            'expected a (group) in parentheses in the group pattern, got '
            f'{pattern!r}'
        )
    return compiled


def part_one_group(source: Source) -> Source:
    """Let the training set be split where all of it is one video or person.

    Args:
        source (Source): What a reader read.

    Returns:
        Source: The same; or with a group for each image, and a serious
        problem that says what this means.
    """
    faces = source.splits.get('trainval', [])
    groups = {face.group for face in faces}
    one = len(groups) == 1 and len({face.file for face in faces}) > 1
    if not (source.videos and one):
        return source
    parted = [replace(face, group=face.file) for face in faces]
    problem = Problem(
        'all faces are of one video or person',
        f'{groups.pop()}, {len(faces)} faces: those held out for validation '
        'look like those trained on, and their error says little about other '
        'people; take more videos, or --val-share 0',
    )
    return replace(
        source,
        splits={**source.splits, 'trainval': parted},
        problems=[*source.problems, problem],
    )
