"""Keypoints in the form of COCO, as CVAT, Label Studio, Roboflow write it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from .boxes import fill_boxes, shift_box
from .coco_choice import (
    Selected,
    choose_category,
    find_category,
    odd_names,
    select,
)
from .coco_entries import read_box, read_keypoints, read_names, read_skeleton
from .coco_file import CocoFile
from .coco_splits import read_coco_files
from .groups import find_group
from .keypoint_order import same_order
from .missing import mark_missing, parse_missing
from .named_images import NamedImages, common_root
from .records import ABSENT, Face, Problem, Source


def read_coco(
    source: str | Path,
    images: str | Path | None = None,
    val: str | Path | None = None,
    test: str | Path | None = None,
    name: str = 'faces',
    origin: int = 0,
    group_pattern: str | None = None,
    missing: str = 'auto',
    encoding: str | None = None,
    category: str | None = None,
    part: str | None = None,
) -> Source:
    """Read keypoints in the form of COCO.

    A keypoint of visibility 0 is not annotated, 1 occluded, 2 visible.
    Annotations without keypoints, of crowds, of other categories or without
    any annotated keypoint are left out and reported.

    Args:
        source (str | Path): JSON file, or a folder with one for each split
            (:func:`.coco_splits.read_coco_files`).
        images (str | Path, optional): Folder of the images. Defaults to
            where the files are, or beside their folder ``annotations``.
        val (str | Path, optional): File of a validation set.
        test (str | Path, optional): File of a test set.
        name (str): Of the data set. Defaults to ``'faces'``.
        origin (int): Coordinates of the first pixel's centre in the files.
            Defaults to 0.
        group_pattern (str, optional): Regular expression whose first group,
            found in the image's name, is the identity or source; annotations
            then have it as ``identity``.
        missing (str): Coordinates that mean "not annotated"
            (:func:`.missing.parse_missing`). Defaults to ``'auto'``.
        encoding (str, optional): Of the files. Defaults to UTF-8 or what
            their byte order mark says.
        category (str, optional): Name of the category, where several have
            keypoints.
        part (str, optional): Part of COCO-WholeBody whose keypoints are
            read (:data:`.coco_file.PARTS`). Defaults to none, the body.

    Returns:
        Source: Splits ``trainval`` (or ``train`` and ``val``) and ``test``.

    Raises:
        FileNotFoundError: No file, or no folder of images.
        ValueError: Another kind of file, no keypoints, several categories
            with keypoints of which none is chosen, other names of keypoints
            than in the first file, or entries that cannot be read; the
            message has file and entry.
    """
    path = Path(source)
    files, problems = read_coco_files(path, val, test, encoding, part)
    chosen = choose_category(files.values(), category)
    selected = {s: select(f, chosen, problems) for s, f in files.items()}
    finder = NamedImages(_image_folder(path, images))
    found = {
        split: _find_images(files[split], entries, finder, bool(images))
        for split, entries in selected.items()
    }
    paths = [path for places in found.values() for path in places.values()]
    root = common_root(finder.folder, paths)
    result = Source(name, {}, root, origin=origin)
    result.problems = [*problems, *finder.problems]
    for split, file in files.items():
        info = find_category(file, chosen)
        faces = _add_split(result, selected[split], found[split], file, info)
        result.splits[split] = [_grouped(f, group_pattern) for f in faces]
        text = f'{len(faces)} faces of the category {chosen!r}'
        result.notes += (f'{file.path}: {text}',)
    if result.names:
        result.notes += (f'keypoints: {", ".join(result.names)}',)
    return fill_boxes(mark_missing(result, parse_missing(missing)))


def _add_split(
    result: Source,
    entries: Selected,
    found: Mapping[str, Path],
    file: CocoFile,
    info: dict,
) -> list[Face]:
    """Add what the file of a split says, and give its faces."""
    names = read_names(info)
    result.problems += odd_names(info, names, file)
    if not any(result.splits.values()):
        result.names = names
    result.declared |= _declared(file, found, result.folder)
    faces = list(_faces(entries, found, len(names), result))
    if faces and not result.skeleton and names == result.names:
        result.skeleton = read_skeleton(info, len(faces[0].keypoints))
    return same_order(faces, names, result.names, file.path)


def _image_folder(path: Path, images: str | Path | None) -> Path:
    """Tell the folder of the images."""
    if images is None:
        folder = path if path.is_dir() else path.parent
        inside = folder.resolve().name == 'annotations'
        return folder.resolve().parent if inside else folder
    folder = Path(images)
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: expected a folder of images')
    return folder


def _find_images(
    file: CocoFile, entries: Selected, finder: NamedImages, given: bool
) -> dict[str, Path]:
    """Find the images of the annotations, by id."""
    subset = file.path.stem.rpartition('_')[2]
    folder = finder.folder
    # Such a folder never has images, even if they are missing elsewhere.
    beside = not given and file.path.parent.name != 'annotations'
    bases = [file.path.parent, folder] if beside else [folder]
    bases += [folder / part for part in ('images', f'images/{subset}', subset)]
    found = {}
    for number in dict.fromkeys(str(e['image_id']) for _, e in entries):
        where = f'{file.path}, image {number}'
        named = file.images[number].get('file_name')
        if not isinstance(named, str):
            raise ValueError(f'{where}: expected a file_name, got {named!r}')
        found[number] = finder.find(named, bases, where)
    return found


def _faces(
    entries: Selected, found: Mapping[str, Path], count: int, result: Source
) -> Iterator[Face]:
    """Make the records of the annotations with annotated keypoints."""
    for where, entry in entries:
        points, flags = read_keypoints(entry['keypoints'], where, count)
        path = found[str(entry['image_id'])]
        if not (flags != ABSENT).any():
            kind = 'annotation whose keypoints are all absent, left out'
            text = f'{path} ({where})'
            result.problems.append(Problem(kind, text, serious=False))
            continue
        box = read_box(entry.get('bbox'), where)
        yield Face(
            path.relative_to(result.folder).as_posix(),
            points - result.origin,
            flags,
            where,
            '',
            box=shift_box(box, result.origin),
        )


def _grouped(face: Face, pattern: str | None) -> Face:
    """Add the group of a face."""
    group = find_group(face.file, pattern)
    fields = dict(identity=group) if pattern else {}
    return replace(face, group=group, fields=fields)


def _declared(
    file: CocoFile, found: Mapping[str, Path], root: Path
) -> dict[str, tuple[int, int]]:
    """Get the sizes of the images as the file says them."""
    sizes = {}
    for number, path in found.items():
        entry = file.images[number]
        width, height = entry.get('width'), entry.get('height')
        if isinstance(width, int) and isinstance(height, int):
            sizes[path.relative_to(root).as_posix()] = width, height
    return sizes
