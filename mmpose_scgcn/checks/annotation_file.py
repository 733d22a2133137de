"""Annotation files that MMPose's data sets could not read, or not use."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_bytes
from mmpose_scgcn.inside import check_inside
from mmpose_scgcn.structures.limits import check_count

from mmpose.datasets.datasets import BaseCocoStyleDataset
from mmpose.registry import DATASETS

from .dropped import reads_center, why_dropped

#: What MMPose reads of every image and annotation, and what it must be.
_IMAGES = {'id': int, 'file_name': str, 'width': float, 'height': float}
_ANNOTATIONS = {'id': (int, str), 'image_id': (int, str, type(None))}
#: Lists of numbers of an annotation, and what they hold.
_LISTS = {
    'bbox': 'x, y, width and height',
    'keypoints': 'x, y and visibility of each keypoint',
}
#: What MMPose reads as well where boxes are made of ``center`` and ``scale``.
_OF_CENTERED = {'scale': float, 'num_keypoints': float, 'iscrowd': float}
_HOLDS = {**_LISTS, 'center': 'x and y of the box'}
_FLAGS = frozenset((0, 1, 2))
_WORDS = {
    int: 'a whole number',
    str: 'a text',
    float: 'a number',
    type(None): 'null',
}
_LACKING = object()
#: Whole numbers in JSON have no limit, those of NumPy have.
_LARGEST = 2**62


def check_content(
    path: str, kind: str | None, images: str | None = None
) -> None:
    """Check a file, if a data set of MMPose reads it as COCO has it.

    Args:
        path (str): The file.
        kind (str, optional): Type of the data set.
        images (str, optional): See :func:`check_annotation_file`.

    Raises:
        OSError: See :func:`check_annotation_file`.
        ValueError: See there.
    """
    reader = DATASETS.get(kind) if kind else None
    used = getattr(reader, '_load_annotations', None)
    as_coco = used is BaseCocoStyleDataset._load_annotations
    if as_coco and path.endswith('.json'):
        check_annotation_file(path, images, reads_center(reader))


def check_annotation_file(
    path: str | PathLike, images: str | None = None, centered: bool = False
) -> None:
    """Check a JSON file in the form of COCO, as MMPose reads it.

    Args:
        path (str | PathLike): The file.
        images (str, optional): Folder that its images are to be in. Defaults
            to None: they are not looked at.
        centered (bool): Whether the data set makes boxes of ``center`` and
            ``scale``, and reads no ``bbox``. Defaults to False.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no such file, an entry lacks something or has
            something else, an image is outside of the folder, or no face can
            be used. The message has the file and the entry.
    """
    content = _read(Path(path))
    by_id = {}
    for where, entry in _entries(content, 'images', path):
        _check_fields(entry, _IMAGES, where)
        by_id[entry['id']] = entry
        if images is not None and '://' not in images:
            name = entry['file_name']
            check_inside(images or '.', name, where, 'data_prefix.img=')
    reasons: Counter[str] = Counter()
    needed: dict = dict(_ANNOTATIONS)
    if 'categories' in content:
        _entries(content, 'categories', path)
        needed['category_id'] = (int, str)
    faces = list(_entries(content, 'annotations', path))
    for where, entry in faces:
        _check_fields(entry, needed, where)
        _check_numbers(entry, where)
        if centered:
            _check_fields(entry, _OF_CENTERED, where)
            if not _are_numbers(entry.get('center'), 2):
                raise _wrong_numbers(entry, 'center', where)
        reason = why_dropped(entry, by_id.get(entry['image_id']), centered)
        if reason:
            reasons[reason] += 1
        elif not entry['keypoints']:
            raise _wrong_numbers(entry, 'keypoints', where)
    if sum(reasons.values()) == len(faces):
        told = ', '.join(f'{n} {reason}' for reason, n in reasons.items())
        raise ValueError(
            f'{path}: expected faces, got {len(faces)} annotations of which '
            f'none can be used: {told or "the list is empty"}'
        )


def _read(path: Path) -> Mapping:
    """Read the JSON as MMPose does: UTF-8 without a mark."""
    try:
        content = json.loads(read_bytes(path).decode('utf-8'))
    except UnicodeDecodeError as error:
        raise ValueError(
            f'{path}: expected JSON in UTF-8, but byte {error.start + 1} is '
            f'{error.object[error.start]:#04x}; save it as UTF-8'
        ) from error
    except json.JSONDecodeError as error:
        raise ValueError(
            f'{path}: expected JSON in UTF-8 without a mark, but {error}'
        ) from error
    except RecursionError as error:
        raise ValueError(f'{path}: JSON nested too deeply') from error
    if not isinstance(content, Mapping):
        raise ValueError(
            f'{path}: expected an object with images and annotations, got '
            f'{_shown(content)}'
        )
    return content


def _entries(
    content: Mapping, part: str, path: str | PathLike
) -> Iterator[tuple[str, Mapping]]:
    """Check a list of objects, and give them with their places."""
    listed = content.get(part)
    if not isinstance(listed, list):
        raise ValueError(
            f'{path}: expected a list of {part}, as COCO has it, got '
            f'{_shown(listed)} among {", ".join(content) or "nothing"}'
        )
    places = [f'{path}, {part}[{index}]' for index in range(len(listed))]
    for where, entry in zip(places, listed, strict=True):
        if not isinstance(entry, Mapping):
            raise ValueError(f'{where}: expected an object, got {entry!r:.40}')
    return zip(places, listed, strict=True)


def _check_fields(entry: Mapping, needed: Mapping, where: str) -> None:
    """Check the fields that every entry needs."""
    for name, kinds in needed.items():
        kinds = kinds if isinstance(kinds, tuple) else (kinds,)
        value = entry.get(name, _LACKING)
        if not any(_is(value, kind) for kind in kinds):
            words = ' or '.join(_WORDS[kind] for kind in kinds)
            got = 'none' if value is _LACKING else _shown(value)
            raise ValueError(f'{where}: expected {words} as {name}, got {got}')


def _check_numbers(entry: Mapping, where: str) -> None:
    """Check that box and keypoints, where they are there, are numbers."""
    for name in _LISTS:
        if name not in entry:
            continue
        listed = entry[name]
        if not _are_numbers(listed):
            raise _wrong_numbers(entry, name, where)
        if name == 'keypoints':
            check_count(len(listed) // 3, where)
        if len(listed) != 4 if name == 'bbox' else len(listed) % 3:
            raise _wrong_numbers(entry, name, where)
    _check_flags(entry.get('keypoints', []), where)


def _are_numbers(listed: Any, count: int | None = None) -> bool:
    """Tell a list of numbers, of so many if that is given."""
    if not isinstance(listed, list) or count not in (None, len(listed)):
        return False
    return all(_is(v, float) for v in listed)


def _wrong_numbers(entry: Mapping, name: str, where: str) -> ValueError:
    """Say what came in the place of the numbers of a list."""
    listed: Any = entry.get(name)
    numbers = _are_numbers(listed)
    got = f'{len(listed)} numbers' if numbers else _shown(listed)
    return ValueError(f'{where}: expected {_HOLDS[name]} as {name}, got {got}')


def _check_flags(keypoints: list, where: str) -> None:
    """Check visibilities: MMPose takes those below 1 for weights."""
    flags = keypoints[2::3]
    if set(flags) <= _FLAGS:
        return
    index = next(i for i, flag in enumerate(flags) if flag not in _FLAGS)
    raise ValueError(
        f'{where}: expected 0, 1 or 2 for the visibility of a keypoint, got '
        f'{flags[index]:g} for keypoint {index}'
    )


def _is(value: Any, kind: type) -> bool:
    """Tell a kind of value; a truth value is no number."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int) and abs(value) > _LARGEST:
        return False
    return isinstance(value, (int, float) if kind is float else kind)


def _shown(value: Any) -> str:
    """Write a value of any length."""
    text = json.dumps(value)
    return text if len(text) < 40 else f'{text[:36]} ...'
