"""What is in an exported folder, read and checked."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmpose_scgcn.apis.zoo import list_models
from mmpose_scgcn.files import read_bytes, read_json
from mmpose_scgcn.structures.limits import check_count

from .onnx_file import names_other_files

#: Of ``model.json``; a program that knows another one must not guess.
FORMAT = 1

#: The file that says what a folder holds.
SETTINGS = 'model.json'

#: Networks by what they compute in.
PRECISIONS = ('float32', 'int8')

#: Of the input, px; larger ones would fill the memory with a few faces.
MOST_SIDE = 4096
#: A box is enlarged, and a decoder's bins divide a pixel, a few times.
_MOST_TIMES = 100
_LARGEST = 1e9

_DECODERS = ('regression', 'simcc')
_NEEDED: dict[str, tuple[str, ...]] = {
    'files': (),
    'input': ('width', 'height', 'channels', 'mean', 'std', 'standardize'),
    'decoder': ('type',),
    'box': ('kind', 'padding', 'udp'),
    'flip_test': ('enabled', 'indices', 'mirror_x'),
    'keypoints': ('names', 'skeleton'),
    'graph': ('neighbours',),
}


@dataclass(frozen=True)
class ExportedFolder:
    """An exported folder.

    Args:
        path (Path): Where it is.
        settings (dict): The content of ``model.json``.
    """

    path: Path
    settings: dict[str, Any]

    @property
    def num_keypoints(self) -> int:
        """Keypoints K that are predicted."""
        return len(self.settings['keypoints']['names'])

    @property
    def precisions(self) -> list[str]:
        """Which of :data:`PRECISIONS` there are."""
        return [p for p in PRECISIONS if p in self.settings['files']]

    def read_network(self, name: str) -> bytes:
        """Read a file of the folder, and compare its hash.

        Args:
            name (str): ``float32``, ``int8`` or ``adapter``.

        Returns:
            bytes: The content.

        Raises:
            ValueError: The folder has no such file, the entry names one
                elsewhere or a link to one, the content is another one than
                that exported, or its weights are in other files.
            FileNotFoundError: It is gone.
        """
        record = self.settings['files'].get(name)
        if record is None:
            raise ValueError(
                f'{self.path} has no {name} network; it has '
                f'{", ".join(self.precisions)}. tools/export.py --int8 writes '
                'one of 8 bits'
            )
        path = self.path / _plain_name(record, name, self.path)
        try:
            check_in_folder(path)
            content = read_bytes(path)
        except FileNotFoundError:
            raise FileNotFoundError(
                f'{path} is missing, although {SETTINGS} names it'
            ) from None
        found = hashlib.sha256(content).hexdigest()
        if found != record.get('sha256'):
            raise ValueError(
                f'{path} is damaged or is another file: {SETTINGS} promises '
                f'the SHA-256 {str(record.get("sha256"))[:8]}..., and it has '
                f'{found[:8]}...; export the model anew'
            )
        if names_other_files(content):
            raise ValueError(
                f'{path}: expected a network with its weights, as '
                'tools/export.py writes it, got one with weights in other '
                'files'
            )
        return content


def check_in_folder(path: Path) -> None:
    """Check that a file is no link to one elsewhere.

    Args:
        path (Path): A file of an exported folder.

    Raises:
        ValueError: It is such a link.
    """
    if Path(os.path.realpath(path)).parent != Path(
        os.path.realpath(path.parent)
    ):
        raise ValueError(
            f'{path}: expected a file in the folder itself, got a link to '
            'another place'
        )


def exported_folder(model: object) -> Path | None:
    """Tell whether a model is given as an exported folder.

    A name of :func:`~mmpose_scgcn.list_models` is that model, even where
    there is a folder of that name; ``./face68`` or ``face68/`` is the folder.

    Args:
        model (object): What was given to :func:`mmpose_scgcn.load_model`.

    Returns:
        Path | None: The folder, or None if it is something else.
    """
    if not isinstance(model, (str, os.PathLike)):
        return None
    path = Path(model)
    if os.fspath(model) in list_models() or not path.is_dir():
        return None
    return path


def read_folder(path: str | Path) -> ExportedFolder:
    """Read ``model.json`` and check it.

    Args:
        path (str | Path): The folder.

    Returns:
        ExportedFolder: The folder.

    Raises:
        FileNotFoundError: It has no ``model.json``.
        ValueError: That is no description of an exported model, or one of
            another format.
    """
    file = Path(path) / SETTINGS
    if not file.is_file():
        raise FileNotFoundError(
            f'{path} is a folder without {SETTINGS}; expected one that '
            'tools/export.py wrote'
        )
    check_in_folder(file)
    try:
        settings = read_json(file)
    except json.JSONDecodeError as error:
        raise ValueError(str(error)) from error
    try:
        _check(settings, file)
    except (AttributeError, OverflowError, TypeError) as error:
        raise ValueError(
            f'{file}: expected the description of an exported model, got '
            f'values of other kinds ({error})'
        ) from error
    return ExportedFolder(Path(path), settings)


def _check(settings: Any, file: Path) -> None:
    """Check what a program without PyTorch relies on."""
    version = settings.get('format') if isinstance(settings, dict) else None
    if version != FORMAT:
        raise ValueError(
            f'{file}: expected format {FORMAT}, got {version!r}; export the '
            'model with this version of mmpose_scgcn'
        )
    for part, keys in _NEEDED.items():
        section = settings.get(part)
        missing = [part] if not isinstance(section, Mapping) else []
        missing += [f'{part}.{k}' for k in keys if k not in (section or ())]
        if missing:
            raise ValueError(
                f'{file}: expected the description of an exported model, but '
                f'{missing[0]} is missing'
            )
    if settings['decoder']['type'] not in _DECODERS:
        raise ValueError(
            f'{file}: decoder.type: expected one of {_DECODERS}, got '
            f'{settings["decoder"]["type"]!r}'
        )
    if 'float32' not in settings['files']:
        raise ValueError(f'{file}: files.float32 is missing')
    _check_numbers(settings, file)


def _check_numbers(settings: Mapping, file: Path) -> None:
    """Check sizes and the numbers of keypoints."""
    image = settings['input']
    sides = [image['width'], image['height']]
    if not all(type(s) is int and 0 < s <= MOST_SIDE for s in sides):
        raise ValueError(
            f'{file}: input: expected a size in px, at most {MOST_SIDE}, got '
            f'{sides!r:.60}'
        )
    if image['channels'] not in ('RGB', 'BGR'):
        raise ValueError(
            f'{file}: input.channels: expected RGB or BGR, got '
            f'{image["channels"]!r}'
        )
    for name in ('mean', 'std'):
        if not _are_numbers(image[name], 3) or (
            name == 'std' and not min(image[name]) > 0
        ):
            raise ValueError(
                f'{file}: input.{name}: expected 3 numbers, got '
                f'{image[name]!r:.60}'
            )
    _check_keypoints(settings, file)


def _check_keypoints(settings: Mapping, file: Path) -> None:
    """Check what refers to keypoints, and the numbers beside it."""
    names = settings['keypoints']['names']
    indices = settings['flip_test']['indices']
    count = len(names)
    check_count(max(count, len(indices)), str(file))
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f'{file}: keypoints.names: expected texts')
    for pair in settings['keypoints']['skeleton']:
        if not _are_numbers(pair, 2) or set(pair) - set(range(count)):
            raise ValueError(
                f'{file}: keypoints.skeleton: expected pairs of 0 to '
                f'{count - 1}, got {pair!r:.60}'
            )
    more = settings['box']['padding'], settings['flip_test']['mirror_x']
    ratio = settings['decoder'].get('split_ratio') or 1
    if not _are_numbers([*more, ratio], 3) or not (
        0 < more[0] <= _MOST_TIMES and 0 < ratio <= _MOST_TIMES
    ):
        raise ValueError(
            f'{file}: box.padding, flip_test.mirror_x and '
            'decoder.split_ratio: expected numbers'
        )
    if 'adapter' in settings['files']:
        return  # then the mirror is that of other keypoints
    if sorted(indices) != list(range(count)):
        raise ValueError(
            f'{file}: flip_test.indices: expected each of 0 to {count - 1} '
            f'once, got {len(indices)} numbers'
        )


def _are_numbers(values: Any, count: int) -> bool:
    """Tell a list of so many finite numbers."""
    return (
        isinstance(values, list)
        and len(values) == count
        and all(type(v) in (int, float) and abs(v) < _LARGEST for v in values)
    )


def _plain_name(record: Any, name: str, folder: Path) -> str:
    """Give the name of a file, which must be in the folder itself."""
    file = record.get('file') if isinstance(record, Mapping) else None
    plain = isinstance(file, str) and file not in ('', '.', '..')
    if not plain or any(mark in str(file) for mark in '/\\:\0'):
        raise ValueError(
            f'{folder / SETTINGS}: files.{name}.file: expected the name of a '
            f'file in the folder, got {file!r}'
        )
    return str(file)
