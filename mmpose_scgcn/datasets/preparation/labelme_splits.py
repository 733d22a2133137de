"""Which files of LabelMe belong to which split."""

from collections.abc import Iterable
from os.path import realpath
from pathlib import Path

from .json_kinds import tell_json
from .labelme_file import LabelmeFile, read_labelme_file
from .named_images import list_files
from .output import is_annotation_name
from .records import Problem, Source

_OTHER = 'JSON file that is none of LabelMe, left out'


def split_files(
    folder: str | Path, val: str | Path | None, test: str | Path | None
) -> dict[str, list[Path]]:
    """List the files of each split."""
    named = dict(test=test, val=val)
    splits = {s: _list(path) for s, path in named.items() if path is not None}
    taken = {realpath(path) for files in splits.values() for path in files}
    rest = [path for path in _list(folder) if realpath(path) not in taken]
    splits['train' if val is not None else 'trainval'] = rest
    return dict(reversed(splits.items()))


def _list(path: str | Path) -> list[Path]:
    """List the JSON files of a folder but for ours, or one file."""
    if Path(path).is_file():
        return [Path(path)]
    if not Path(path).is_dir():
        raise FileNotFoundError(
            f'{path}: expected a folder or a JSON file, found none'
        )
    return [
        file
        for file in list_files(Path(path))
        if file.suffix.lower() == '.json' and not is_annotation_name(file.name)
    ]


def read_all(
    paths: Iterable[Path],
    wanted: tuple[str, ...],
    encoding: str | None,
    result: Source,
) -> list[LabelmeFile]:
    """Read the files of a split, and report what is not used of them."""
    files = []
    for path in paths:
        file = read_labelme_file(path, wanted, encoding)
        if isinstance(file, LabelmeFile):
            files.append(file)
            continue
        text = f'{path}: {tell_json(file)}'
        result.problems.append(Problem(_OTHER, text))
    return files
