"""Which files in the form of COCO belong to which split."""

import re
from collections.abc import Iterable
from pathlib import Path

from .coco_file import CocoFile, read_coco_file
from .named_images import list_files
from .records import Problem

_WORDS = {
    'train': ('train', 'training'),
    'val': ('val', 'valid', 'validation', 'dev'),
    'test': ('test', 'testing'),
    'trainval': ('trainval', 'default'),
}
_SPLIT_OF = {word: split for split, words in _WORDS.items() for word in words}
#: What COCO and Datumaro write beside the keypoints.
_OTHERS = ('captions', 'image', 'instances', 'labels', 'panoptic', 'stuff')
_NOT_READ = 'JSON file that is no COCO keypoints, not read'


def read_coco_files(
    source: Path,
    val: str | Path | None = None,
    test: str | Path | None = None,
    encoding: str | None = None,
    part: str | None = None,
) -> tuple[dict[str, CocoFile], list[Problem]]:
    """Read the file, or the files of a folder, by split.

    A folder has one for each split, which folders or names tell: Roboflow's
    ``train/_annotations.coco.json``, CVAT's
    ``annotations/person_keypoints_Train.json``.

    Args:
        source (Path): The file or folder.
        val (str | Path, optional): File of a validation set.
        test (str | Path, optional): File of a test set.
        encoding (str, optional): Of the files.
        part (str, optional): See :func:`.coco_file.read_coco_file`.

    Returns:
        tuple[dict[str, CocoFile], list[Problem]]: Files by split,
        ``trainval`` (or ``train`` and ``val``) and ``test``, and what was
        not read.

    Raises:
        FileNotFoundError: No such file, or no JSON file in the folder.
        ValueError: See :func:`.coco_file.read_coco_file`; several files for
            one split; or none to train on.
    """
    problems: list[Problem] = []
    if not source.exists():
        raise FileNotFoundError(
            f'{source}: expected a JSON file or a folder, found none'
        )
    if source.is_dir():
        files, problems = _read_folder(source, encoding, part)
    else:
        files = dict(trainval=read_coco_file(source, encoding, part))
    for split, path in dict(val=val, test=test).items():
        if path is not None:
            files[split] = read_coco_file(Path(path), encoding, part)
    training = {'train', 'trainval'} & files.keys()
    if len(training) != 1:
        listed = ', '.join(str(file.path) for file in files.values())
        raise ValueError(
            f'{source}: expected one file to train on, got {listed}; name '
            'the file instead of the folder'
        )
    wanted = 'train' if 'val' in files else 'trainval'
    files = {wanted: files.pop(training.pop()), **files}
    return files, problems


def tell_split(path: Path) -> str:
    """Tell the split that a file is of.

    Args:
        path (Path): Relative to the folder that the user names.

    Returns:
        str: By the last word that says it, in the name before those of the
        folders; ``trainval`` if none does.
    """
    for part in (path.stem, *reversed(path.parent.parts)):
        words = re.findall(r'[a-z]+', part.lower())
        told = [_SPLIT_OF[word] for word in words if word in _SPLIT_OF]
        if told:
            return told[-1]
    return 'trainval'


def _read_folder(
    folder: Path, encoding: str | None, part: str | None
) -> tuple[dict[str, CocoFile], list[Problem]]:
    """Read the files of a folder."""
    paths = [p for p in list_files(folder) if p.suffix.lower() == '.json']
    if not paths:
        raise FileNotFoundError(f'{folder}: expected a JSON file, found none')
    named = [p for p in paths if 'keypoints' in p.stem or _is_roboflow(p)]
    others = [p for p in paths if p not in named]
    if not named:
        named = [p for p in others if not p.stem.startswith(_OTHERS)]
        others = [p for p in others if p not in named]
    problems = [Problem(_NOT_READ, f'{p}', serious=False) for p in others]
    files: dict[str, CocoFile] = {}
    for path, file in _read_all(named, encoding, part, problems):
        split = tell_split(path.relative_to(folder))
        if split in files:
            raise ValueError(
                f'{folder}: expected one file for {split}, got '
                f'{files[split].path} and {path}; name the file instead of '
                'the folder'
            )
        files[split] = file
    return files, problems


def _read_all(
    paths: Iterable[Path],
    encoding: str | None,
    part: str | None,
    problems: list[Problem],
) -> list[tuple[Path, CocoFile]]:
    """Read the files that are of this form, and report the others."""
    found, errors = [], []
    for path in paths:
        try:
            found.append((path, read_coco_file(path, encoding, part)))
        except ValueError as error:
            errors.append(error)
    if errors and not found:
        raise errors[0]
    problems += [Problem(_NOT_READ, str(error)) for error in errors]
    return found


def _is_roboflow(path: Path) -> bool:
    """Tell Roboflow's name of such a file."""
    return path.name.startswith('_annotations.coco')
