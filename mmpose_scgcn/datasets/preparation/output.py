"""Writing a prepared data set, all of it or nothing."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mmpose_scgcn.folders import swap_folders
from mmpose_scgcn.staging import Stage

import cv2
import numpy as np

from .preview import PREVIEW
from .records import Problem, Source

IMAGES = 'images'
METAINFO = 'metainfo.py'
PROBLEMS = 'problems.txt'
Track = Callable[..., Iterable]
#: All that a data set may consist of.
SPLITS = (
    *('trainval', 'train', 'val', 'test', 'test_common', 'test_challenge'),
    *('test_full', 'test_private'),
)


def annotation_name(name: str, split: str) -> str:
    """Name the annotation file of a split, as our configs do."""
    return f'face_landmarks_{name}_{split}.json'


def is_annotation_name(name: str) -> bool:
    """Tell the name of an annotation file, of any data set and split."""
    return name.startswith('face_landmarks_') and name.endswith('.json')


def annotation_files(folder: Path, name: str) -> list[Path]:
    """List the annotation files that are there of a data set."""
    paths = [folder / annotation_name(name, split) for split in SPLITS]
    return [path for path in paths if os.path.lexists(path)]


def check_target(
    out: Path,
    source: Source,
    overwrite: bool,
    copy: bool = False,
    metainfo: bool = False,
) -> None:
    """Refuse to replace what is there, unless it is an earlier run's.

    Args:
        out (Path): Folder that is to be written.
        source (Source): What is to be written there.
        overwrite (bool): Whether an earlier run may be replaced.
        copy (bool): Whether the images are to be copied.
        metainfo (bool): Whether ``metainfo.py`` is to be written.

    Raises:
        FileExistsError: Something would be lost.
        ValueError: The name of the data set is none of a file.
    """
    if not source.name.strip() or set(source.name) & set('/\\:\0'):
        raise ValueError(
            'expected a name of the data set that can be part of the name of '
            f'a file, got {source.name!r}'
        )
    if out.exists() and not out.is_dir():
        raise FileExistsError(f'{out} is a file, expected a folder')
    names = [PROBLEMS, PREVIEW, *([METAINFO] if metainfo else [])]
    others = [
        name
        for name in (os.listdir(out) if out.is_dir() else ())
        if is_annotation_name(name)
        and not name.startswith(annotation_name(source.name, '')[:-5])
    ]
    if others:
        raise FileExistsError(
            f'{out / min(others)} is of another data set, which would lose '
            'its images and meta information: choose another folder'
        )
    there = annotation_files(out, source.name)
    there += [out / name for name in names if os.path.lexists(out / name)]
    images = out / IMAGES
    if os.path.lexists(images) and not _in_place(images, source, copy):
        there.append(images)
    if there and not overwrite:
        raise FileExistsError(
            f'{there[0]} is there already: choose another folder, or say '
            '--overwrite'
        )
    if images in there and not images.is_symlink():
        planned = {face.file for face in source.faces}
        for path in images.rglob('*'):
            file = path.relative_to(images).as_posix()
            if not path.is_dir() and file not in planned:
                raise FileExistsError(
                    f'{images} is not replaced: {file} in it is no image of '
                    'this data set'
                )


def write_image(path: Path, image: np.ndarray) -> tuple[int, int]:
    """Write an embedded image, making its folder.

    Args:
        path (Path): The file.
        image (np.ndarray): (H, W, 3) BGR uint8.

    Returns:
        tuple[int, int]: Width and height, px.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), image):
        raise OSError(f'cannot write {path}')
    return image.shape[1], image.shape[0]


def stage_texts(
    staging: Path,
    name: str,
    contents: Mapping[str, dict],
    problems: Iterable[Problem],
    metainfo: str | None,
) -> None:
    """Write annotation files, meta information and the list of problems.

    Args:
        staging (Path): Folder to write them in.
        name (str): Of the data set.
        contents (Mapping[str, dict]): Annotation files by split. Values that
            are iterators are written as lists, an entry at a time: all
            entries of many faces would fill the memory.
        problems (Iterable[Problem]): All that was found.
        metainfo (str, optional): Content of ``metainfo.py``.
    """
    for split, content in contents.items():
        path = staging / annotation_name(name, split)
        with path.open('w', encoding='utf-8') as file:
            file.writelines(_json_parts(content))
    lines = [f'{problem.kind}: {problem.text}\n' for problem in problems]
    text = ''.join(lines) or 'none\n'
    # Names of images may be no UTF-8.
    (staging / PROBLEMS).write_text(
        text, encoding='utf-8', errors='backslashreplace'
    )
    if metainfo is not None:
        (staging / METAINFO).write_text(metainfo, encoding='utf-8')


def _json_parts(content: Mapping[str, Any]) -> Iterator[str]:
    """Give the text of a JSON object in parts."""
    for number, (name, value) in enumerate(content.items()):
        yield f'{", " if number else "{"}{json.dumps(name)}: '
        if not isinstance(value, Iterator):
            yield json.dumps(value)
            continue
        yield '['
        for count, entry in enumerate(value):
            yield f'{", " if count else ""}{json.dumps(entry)}'
        yield ']'
    yield '}'


def stage_images(
    stage: Stage,
    source: Source,
    files: list[str],
    copy: bool,
    track: Track,
) -> None:
    """Link the images' folder, or copy the images.

    Args:
        stage (Stage): Where to put them.
        source (Source): Names the images' folder.
        files (list[str]): Images that are used.
        copy (bool): Whether to copy.
        track (Callable): Shows progress.

    Raises:
        OSError: The link cannot be made, or an image not be copied.
    """
    there = stage.out / IMAGES
    if _in_place(there, source, copy) and not there.is_symlink():
        return
    if not copy:
        folder = source.folder.resolve()
        try:
            os.symlink(
                os.path.relpath(folder, stage.out),
                stage.files / IMAGES,
                target_is_directory=True,
            )
        except OSError as error:
            raise OSError(
                f'cannot link {folder} ({error}); say --copy-images'
            ) from error
        return
    for file in track(files, description='copying', total=len(files)):
        target = stage.files / IMAGES / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source.folder / file, target)


def publish(stage: Stage, name: str) -> list[str]:
    """Move the finished files to their places.

    Annotation files of an earlier run that this one did not make go: their
    faces may be in other splits now. Where the folder has nothing else, it
    is replaced in one step.

    Args:
        stage (Stage): Holds the files.
        name (str): Of the data set.

    Returns:
        list[str]: Names of the annotation files.

    Raises:
        OSError: They cannot be moved; all is as it was.
    """
    new = sorted(os.listdir(stage.files))
    earlier = [path.name for path in annotation_files(stage.out, name)]
    others = [n for n in (PREVIEW, *new) if os.path.lexists(stage.out / n)]
    stale = list(dict.fromkeys([*earlier, *others]))
    if not _replace_whole(stage, stale):
        stage.replace(stale, new)
    return [file for file in new if file.endswith('.json')]


def _replace_whole(stage: Stage, stale: list[str]) -> bool:
    """Replace the folder in one step, if only ``stale`` is in it."""
    out = stage.out
    if not out.exists():
        stage.files.rename(out)
        return True
    if set(os.listdir(out)) - set(stale) or _is_current(out):
        return False
    mode = stage.files.stat().st_mode
    shutil.copymode(out, stage.files)
    if not swap_folders(stage.files, out):
        stage.files.chmod(mode)
        return False
    for name in set(os.listdir(stage.files)) - set(stale):  # came meanwhile
        os.replace(stage.files / name, out / name)
    return True


def _is_current(folder: Path) -> bool:
    """Tell whether the process works in a folder: it must not be moved."""
    try:
        return Path(os.path.realpath(os.getcwd())).is_relative_to(folder)
    except FileNotFoundError:  # the current folder was deleted
        return False


def _in_place(folder: Path, source: Source, copy: bool) -> bool:
    """Tell whether the images are where they should be already."""
    if source.images is None or (copy and folder.is_symlink()):
        return False
    # Links in a circle are an error of Path.resolve alone.
    return os.path.realpath(folder) == os.path.realpath(source.images)
