"""Folders of LabelMe's JSON files."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .boxes import fill_boxes
from .groups import rename_image
from .keypoint_order import parse_names
from .labelme_file import Group, LabelmeFile
from .labelme_images import embed, find_labelme_image, part_images
from .labelme_splits import read_all, split_files
from .missing import mark_missing, parse_missing
from .named_faces import NamedFace, named_source
from .named_images import NamedImages, common_root
from .records import Box, Problem, Source


def read_labelme(
    folder: str | Path,
    images: str | Path | None = None,
    val: str | Path | None = None,
    test: str | Path | None = None,
    name: str = 'faces',
    origin: int = 0,
    group_pattern: str | None = None,
    missing: str = 'auto',
    encoding: str | None = None,
    keypoints: str | None = None,
) -> Source:
    """Read files of LabelMe.

    Points are keypoints, their labels the names. A ``group_id`` makes one
    face of points and, if there is one, a rectangle. A label that a face
    does not have is not annotated. Flags called ``occluded``, ``hidden`` or
    ``visible`` are those of COCO; others are reported.

    Args:
        folder (str | Path): Searched with its subfolders; or one file.
        images (str | Path, optional): Folder of the images. Defaults to what
            ``imagePath`` says; an image that is not there is taken from
            ``imageData``.
        val (str | Path, optional): Folder, or file, of a validation set; it
            may be below ``folder``.
        test (str | Path, optional): The same of a test set.
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
        keypoints (str, optional): Labels that are read, in the order of the
            keypoints (:func:`.keypoint_order.parse_names`). Defaults to all,
            numbers in them by their value.

    Returns:
        Source: Splits ``trainval`` (or ``train`` and ``val``) and ``test``.

    Raises:
        FileNotFoundError: No files.
        ValueError: A file that cannot be read, or no points; a label twice
            in a face; points with and without a ``group_id``.
    """
    wanted = parse_names(keypoints)
    if images and not Path(images).is_dir():
        raise FileNotFoundError(f'{images}: expected a folder of images')
    root = Path(folder) if Path(folder).is_dir() else Path(folder).parent
    result = Source(name, {}, origin=origin)
    splits = {
        split: read_all(paths, wanted, encoding, result)
        for split, paths in split_files(folder, val, test).items()
    }
    files = [file for members in splits.values() for file in members]
    if not files and not result.problems:
        raise FileNotFoundError(f'{folder}: expected JSON files, found none')
    finder = NamedImages(Path(images) if images else root)
    found = _find_images(files, root, finder, bool(images), encoding, result)
    result.images = common_root(finder.folder, found.values())
    faces = {
        split: [
            face for file in members for face in _faces(file, found, result)
        ]
        for split, members in splits.items()
    }
    result = named_source(result, faces, wanted, group_pattern)
    result = _with_images(result, files, found, encoding)
    return fill_boxes(mark_missing(result, parse_missing(missing)))


def _find_images(
    files: list[LabelmeFile],
    root: Path,
    finder: NamedImages,
    given: bool,
    encoding: str | None,
    result: Source,
) -> dict[Path, Path]:
    """Find the image of each file."""
    found: dict[Path, Path] = {}
    for file in files:
        at = root if file.path.is_relative_to(root) else file.path.parent
        found[file.path], told = find_labelme_image(file, at, finder, given)
        result.problems += told
    result.problems += finder.problems
    found, told = part_images(found, files, encoding)
    result.problems += told
    return found


def _faces(
    file: LabelmeFile, found: dict[Path, Path], result: Source
) -> Iterator[NamedFace]:
    """Make the faces of a file, and report what is not used of it."""
    _report(file, result)
    groups = {g: s for g, s in file.groups.items() if s.points}
    if None in groups and len(groups) > 1:
        labels = ', '.join(groups[None].points)
        others = ', '.join(str(g) for g in groups if g is not None)
        raise ValueError(
            f'{file.path}: expected a group_id for every point, as others '
            f'have one ({others}), got none for {labels}; say the face of '
            'each, or name the keypoints with --keypoints'
        )
    for number, shapes in groups.items():
        of_group = '' if number is None else f', group_id {number}'
        where = f'{file.path}{of_group}'
        yield NamedFace(
            found[file.path],
            where,
            shapes.points,
            _box(file, number, len(groups), where, result),
            frozenset(shapes.hidden),
            file.tells,
        )


def _box(
    file: LabelmeFile, number: Group, faces: int, where: str, result: Source
) -> Box | None:
    """Find the rectangle of a face: of its group, or the only one."""
    boxes = file.groups[number].boxes
    if not boxes and faces == 1:
        boxes = [box for s in file.groups.values() for box in s.boxes]
    if len(boxes) > 1:
        kind = 'several rectangles of a face, none used'
        result.problems.append(Problem(kind, f'{where}: {len(boxes)}'))
    return boxes[0] if len(boxes) == 1 else None


def _report(file: LabelmeFile, result: Source) -> None:
    """Report what is not used of a file."""
    shapes = file.groups.values()
    faces = sum(bool(s.points) for s in shapes)
    lonely = sum(len(s.boxes) for s in shapes if not s.points)
    told = [('shape that is not used', text) for text in file.others]
    if not faces:
        told.append(('file without points', f'{file.path}'))
    if lonely and not (faces == lonely == 1):
        text = f'{file.path}: {lonely} (no point has their group_id)'
        told.append(('rectangles without points', text))
    if file.flags:
        counts = Counter(file.flags)
        text = ', '.join(f'{flag} ({n})' for flag, n in counts.items())
        told.append(('flags that are not used', f'{file.path}: {text}'))
    result.problems += [Problem(*entry, serious=False) for entry in told]


def _with_images(
    source: Source,
    files: list[LabelmeFile],
    found: dict[Path, Path],
    encoding: str | None,
) -> Source:
    """Add the sizes of the images, and take those that are only in files."""
    names = {
        image: image.relative_to(source.folder).as_posix()
        for image in found.values()
    }
    absent = [f for f in files if not found[f.path].is_file()]
    if any(file.has_image for file in absent):
        # All are written anew, without loss.
        names = {
            image: name if name.lower().endswith('.png') else f'{name}.png'
            for image, name in names.items()
        }
        triples = [(f, found[f.path], names[found[f.path]]) for f in files]
        source = _renamed(source, names)
        source.embedded, problems = embed(triples, encoding)
        source.problems += problems
    source.declared = {
        names[found[f.path]]: f.size for f in files if f.size is not None
    }
    return source


def _renamed(source: Source, names: dict[Path, str]) -> Source:
    """Name the images of all faces anew."""
    splits = {
        split: [
            rename_image(face, names[source.folder / face.file])
            for face in faces
        ]
        for split, faces in source.splits.items()
    }
    return replace(source, splits=splits, images=None)
