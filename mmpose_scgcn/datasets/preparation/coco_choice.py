"""Which annotations of files in the form of COCO are faces to read."""

from collections import Counter
from collections.abc import Iterable, Iterator

from .coco_file import CocoFile
from .records import Problem

#: Annotations, and where each is.
Selected = list[tuple[str, dict]]


def choose_category(files: Iterable[CocoFile], wanted: str | None) -> str:
    """Choose the category whose keypoints are read.

    Args:
        files (Iterable[CocoFile]): All files.
        wanted (str, optional): What the user says.

    Returns:
        str: Its name.

    Raises:
        ValueError: None has keypoints; several have, and none is wanted; or
            the one that is wanted has none.
    """
    files = list(files)
    counts = Counter(
        file.category_name(entry)
        for file in files
        for _, entry in file.labelled
    )
    listed = ', '.join(f'{name} ({n})' for name, n in counts.most_common())
    if not counts:
        total = sum(len(file.annotations) for file in files)
        raise ValueError(
            f'{files[0].path}: expected keypoints, got {total} annotations '
            'without any (boxes or outlines alone); export keypoints, or '
            'skeletons, in the form of COCO'
        )
    if wanted is not None and wanted not in counts:
        raise ValueError(
            f'no annotation of the category {wanted!r} has keypoints; those '
            f'of these have: {listed}'
        )
    if wanted is None and len(counts) > 1:
        raise ValueError(
            f'expected keypoints of one category, got {listed} (category and '
            'annotations): say which with --category'
        )
    return wanted or next(iter(counts))


def find_category(file: CocoFile, name: str) -> dict:
    """Get the entry of a category, the one with names of keypoints."""
    entries = [
        entry
        for number, entry in file.categories.items()
        if file.category_name(dict(category_id=number)) == name
    ]
    entries.sort(key=lambda entry: not entry.get('keypoints'))
    return entries[0] if entries else {}


def odd_names(
    info: dict, names: tuple[str, ...], file: CocoFile
) -> Iterator[Problem]:
    """Report names that may be wrong, and keypoints that have none."""
    if info.get('keypoints') and not names:
        text = f'{file.path}: {info["keypoints"]!r:.200}'
        yield Problem('names of keypoints that repeat, not used', text)
    for part in file.parts:
        text = f'{file.path}: {part}_kpts; --part {part} reads them'
        yield Problem('keypoints of a part, not used', text, serious=False)
    if names and file.writer == 'Label Studio':
        text = (
            f'{file.path}: Label Studio lists names as in its labelling '
            'setup and keypoints by model_index; compare preview.png with '
            f'{", ".join(names)}'
        )
        kind = 'names of keypoints that may be in another order'
        yield Problem(kind, text, serious=False)


def select(file: CocoFile, category: str, problems: list[Problem]) -> Selected:
    """Select the annotations of a category that can be used."""
    selected, used = [], set()
    labelled = {where for where, _ in file.labelled}
    for index, entry in enumerate(file.annotations):
        where = f'{file.path}, annotations[{index}]'
        number = str(entry.get('image_id'))
        used.add(number)
        reason = _why_not(where in labelled, entry, file, category)
        if reason is None and number not in file.images:
            kind = 'annotation of an image that is not listed, left out'
            problems.append(Problem(kind, f'{where}: image_id {number}'))
        elif reason is not None:
            problems.append(Problem(f'{reason}, left out', where, False))
        else:
            selected.append((where, entry))
    empty = [i for number, i in file.images.items() if number not in used]
    problems += [
        Problem('image without a face', f'{i.get("file_name")}', False)
        for i in empty
    ]
    return selected


def _why_not(
    labelled: bool, entry: dict, file: CocoFile, category: str
) -> str | None:
    """Say why an annotation is none of a face to read."""
    if file.category_name(entry) != category:
        return f'annotation of the category {file.category_name(entry)!r}'
    if not labelled:
        return 'annotation without keypoints (a box or an outline alone)'
    if entry.get('iscrowd') or entry.get('ignore'):
        return 'annotation of a crowd or to be ignored'
    return None
