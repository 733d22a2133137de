"""XML files of dlib's imglab."""

from collections.abc import Iterator
from pathlib import Path

from .boxes import fill_boxes
from .imglab_file import ImglabImage, read_imglab_file
from .keypoint_order import parse_names
from .missing import mark_missing, parse_missing
from .named_faces import NamedFace, named_source
from .named_images import NamedImages, common_root
from .records import Problem, Source


def read_imglab(
    table: str | Path,
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
    """Read XML files of imglab.

    Parts are keypoints; one that a box does not have is not annotated. Boxes
    to be ignored and boxes without parts are left out and reported.

    Args:
        table (str | Path): Training (and validation) faces.
        images (str | Path, optional): Folder of the images. Defaults to the
            file's.
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
        encoding (str, optional): Of the files. Defaults to what they
            declare.
        keypoints (str, optional): Names of the parts that are read, in the
            order of the keypoints (:func:`.keypoint_order.parse_names`).
            Defaults to all, numbers in them by their value.

    Returns:
        Source: Splits ``trainval`` (or ``train`` and ``val``) and ``test``.

    Raises:
        FileNotFoundError: No file, or no folder of images.
        ValueError: See :func:`.imglab_file.read_imglab_file`; or no parts.
    """
    wanted = parse_names(keypoints)
    if not Path(table).is_file():
        raise FileNotFoundError(f'{table}: expected an XML file, found none')
    folder = Path(images) if images else Path(table).parent
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: expected a folder of images')
    given = dict(trainval=table, test=test)
    if val is not None:
        given = dict(train=table, val=val, test=test)
    files = {s: Path(file) for s, file in given.items() if file is not None}
    finder = NamedImages(folder)
    found = {
        split: _find_images(file, encoding, finder, bool(images))
        for split, file in files.items()
    }
    paths = [path for pairs in found.values() for path, _ in pairs]
    root = common_root(finder.folder, paths)
    result = Source(name, {}, root, origin=origin)
    result.problems += finder.problems
    faces = {
        split: list(_faces(pairs, result, wanted))
        for split, pairs in found.items()
    }
    result.notes = tuple(
        f'{file}: {len(found[split])} images, {len(faces[split])} faces'
        for split, file in files.items()
    )
    result = named_source(result, faces, wanted, group_pattern)
    return fill_boxes(mark_missing(result, parse_missing(missing)))


def _find_images(
    file: Path, encoding: str | None, finder: NamedImages, given: bool
) -> list[tuple[Path, ImglabImage]]:
    """Read a file and find its images."""
    bases = [finder.folder] if given else [file.parent, finder.folder]
    return [
        (finder.find(image.file, bases, image.where), image)
        for image in read_imglab_file(file, encoding)
    ]


def _faces(
    pairs: list[tuple[Path, ImglabImage]],
    result: Source,
    wanted: tuple[str, ...],
) -> Iterator[NamedFace]:
    """Make the faces of all boxes, and report what is left out."""
    for path, image in pairs:
        if image.size is not None:
            file = path.relative_to(result.folder).as_posix()
            result.declared[file] = image.size
        if not image.boxes:
            result.problems.append(
                Problem('image without a box', image.where, serious=False)
            )
        for box in image.boxes:
            used = not wanted or set(wanted) & box.parts.keys()
            kind = ''
            if box.ignored:
                kind = 'box to be ignored, left out'
            elif not box.parts or not used:
                kind = 'box without parts, left out'
            if kind:
                text = f'{image.file} ({box.where})'
                result.problems.append(Problem(kind, text, serious=False))
            else:
                yield NamedFace(path, box.where, box.parts, box.box)
