"""One file of keypoints in the form of COCO."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_json

from .json_kinds import tell_json
from .rows import ENCODING_HINT

#: Parts that COCO-WholeBody has keypoints of besides the body.
PARTS = ('face', 'lefthand', 'righthand', 'foot')


@dataclass(frozen=True)
class CocoFile:
    """The lists of a file, checked.

    Args:
        path (Path): The file.
        images (dict[str, dict]): By id; ids are texts here, since tools
            write 7 in one place and "7" in another.
        categories (dict[str, dict]): By id.
        annotations (list[dict]): In the file's order.
        writer (str): The tool, if the file says it.
        parts (tuple[str, ...]): Parts of COCO-WholeBody that are not read.
    """

    path: Path
    images: dict[str, dict]
    categories: dict[str, dict]
    annotations: list[dict]
    writer: str = ''
    parts: tuple[str, ...] = ()

    @cached_property
    def labelled(self) -> list[tuple[str, dict]]:
        """Annotations with keypoints, and where they are in the file."""
        return [
            (f'{self.path}, annotations[{index}]', entry)
            for index, entry in enumerate(self.annotations)
            if entry.get('keypoints')
        ]

    def category_name(self, annotation: dict) -> str:
        """Name the category of an annotation."""
        wanted = str(annotation.get('category_id', ''))
        name = self.categories.get(wanted, {}).get('name')
        return str(name) if name else f'category {wanted}'.strip()


def read_coco_file(
    path: Path, encoding: str | None = None, part: str | None = None
) -> CocoFile:
    """Read a file and check its lists.

    Args:
        path (Path): The file.
        encoding (str, optional): Defaults to UTF-8, or what the byte order
            mark says.
        part (str, optional): Part of COCO-WholeBody whose keypoints and box
            are to stand for those of the annotation (:data:`PARTS`).

    Returns:
        CocoFile: Its content.

    Raises:
        ValueError: No text, no JSON, JSON of another kind, or entries
            without an id or of another kind.
    """
    content = read_json(path, encoding, ENCODING_HINT)
    if not isinstance(content, Mapping) or not (
        {'images', 'annotations'} <= content.keys()
    ):
        raise ValueError(
            f'{path}: expected keypoints in the form of COCO, with images '
            f'and annotations, got {tell_json(content)}'
        )
    info = content.get('info')
    writer = info.get('contributor') if isinstance(info, Mapping) else ''
    categories = _by_id(content, 'categories', path)
    entries = [entry for _, entry in _entries(content, 'annotations', path)]
    unread = [p for p in PARTS if p != part and _has_part(entries, p)]
    if part is not None:
        entries = [_of_part(entry, part) for entry in entries]
        # What the category names are the keypoints of the body.
        categories = {
            number: dict(id=number, name=entry.get('name'))
            for number, entry in categories.items()
        }
    return CocoFile(
        path,
        _by_id(content, 'images', path),
        categories,
        entries,
        str(writer or ''),
        tuple(unread),
    )


def _has_part(entries: list[dict], part: str) -> bool:
    """Tell whether any annotation has keypoints of a part."""
    return any(any(entry.get(f'{part}_kpts') or ()) for entry in entries)


def _of_part(entry: dict, part: str) -> dict:
    """Take keypoints and box of a part."""
    return {
        **entry,
        'keypoints': entry.get(f'{part}_kpts'),
        'bbox': entry.get(f'{part}_box'),
    }


def _by_id(content: Mapping, name: str, path: Path) -> dict[str, dict]:
    """Read a list whose entries have an id."""
    found: dict[str, dict] = {}
    for where, entry in _entries(content, name, path):
        if entry.get('id') is None:
            raise ValueError(f'{where}: expected an id, got none')
        number = str(entry['id'])
        other = found.setdefault(number, entry)
        for key in ('file_name', 'name'):
            if other.get(key) != entry.get(key):
                raise ValueError(
                    f'{where}: expected ids that are not used twice, got '
                    f'{number} of {other.get(key)} and {entry.get(key)}'
                )
    return found


def _entries(
    content: Mapping, name: str, path: Path
) -> Iterator[tuple[str, dict]]:
    """Give the entries of a list and where they are."""
    listed: Any = content.get(name) or []
    if not isinstance(listed, list):
        raise ValueError(
            f'{path}: expected a list of {name}, got {type(listed).__name__}'
        )
    for index, entry in enumerate(listed):
        where = f'{path}, {name}[{index}]'
        if not isinstance(entry, dict):
            raise ValueError(f'{where}: expected an object, got {entry!r:.40}')
        yield where, entry
