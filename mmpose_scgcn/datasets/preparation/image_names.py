"""Names of images, relative to one folder that all of them are in."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mmpose_scgcn.inside import check_inside, check_stays, may_leave

from .groups import rename_image
from .records import Face, Source


def keep_inside(source: Source, inside: Path, copy: bool = False) -> Source:
    """Rename images so that no name leads out of the images' folder.

    Where all images that exist are in ``inside`` already, names become
    relative to ``inside``. Otherwise, where a name is absolute or has ``..``,
    names become relative to the deepest folder that holds these images, and
    that folder is the source's folder of images from then on.

    Args:
        source (Source): What a reader returned.
        inside (Path): Where the images are to be.
        copy (bool): Whether they are copied there. Defaults to False.

    Returns:
        Source: The same faces under such names. An image that is missing
        has its absolute path as its name, where others are renamed.

    Raises:
        ValueError: A name leads to a file outside of the images' folder,
            images have no folder in common that could be linked, or an
            embedded image would be written elsewhere.
    """
    if source.images is None:
        for face in source.faces:
            check_stays(face.file, face.where)
        return source
    leaving = next((f for f in source.faces if may_leave(f.file)), None)
    if not leaving and not inside.is_dir():
        return source
    _check_inside(source)
    folder = source.folder.resolve()
    paths = {file: _locate(folder, file) for file in _names(source.faces)}
    found = [path.parent for path in paths.values() if os.path.exists(path)]
    if found and inside.is_dir() and not inside.is_symlink():
        ours = inside.resolve()
        if all(path.is_relative_to(ours) for path in found):
            return _rename(source, paths, ours)
    if not leaving or not found:
        return source
    common = _common(found)
    if common is None or (common == common.parent and not copy):
        raise ValueError(
            f'{leaving.where}: the image {leaving.file} and others have no '
            'folder in common that could be linked; say --copy-images'
        )
    return _rename(source, paths, common)


def _check_inside(source: Source) -> None:
    """Refuse names of existing files outside of the images' folder."""
    for face in source.faces:
        there = may_leave(face.file) and os.path.lexists(
            os.path.normpath(source.folder / face.file)
        )
        if there:
            check_inside(source.folder, face.file, face.where)


def _names(faces: Iterable[Face]) -> Iterable[str]:
    """List names of images once."""
    return dict.fromkeys(face.file for face in faces)


def _locate(folder: Path, file: str) -> Path:
    """Give the absolute path of an image, which may be a link itself."""
    path = folder / file
    return Path(os.path.realpath(path.parent)) / path.name


def _common(folders: list[Path]) -> Path | None:
    """Find the folder that holds all folders; None on different drives."""
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        return None


def _rename(source: Source, paths: dict[str, Path], folder: Path) -> Source:
    """Give faces names relative to a folder."""

    def name(file: str) -> str:
        path = paths[file]
        if path.is_relative_to(folder) and path.exists():
            return path.relative_to(folder).as_posix()
        return str(path)

    names = {file: name(file) for file in paths}
    faces = {f: rename_image(f, names[f.file]) for f in source.faces}
    splits = {
        split: [faces[face] for face in part]
        for split, part in source.splits.items()
    }
    declared = {names.get(f, f): size for f, size in source.declared.items()}
    return replace(source, images=folder, splits=splits, declared=declared)
