"""What the live page consists of: addresses and files."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mmpose_scgcn.detection import read_mapping

from .runtime import FILES

PAGE = Path(__file__).with_name('page')

#: The precisions of a network, the one that is chosen at first before.
PRECISIONS = ('int8', 'float32')

#: The side of YuNet's input, px, and the least score of a face.
DETECTOR_SIDE = 640
DETECTOR_SCORE = 0.6


@dataclass
class Site:
    """Addresses and what they give.

    Args:
        files (dict[str, pathlib.Path]): Files by address. Nothing else on
            the machine can be read.
        texts (dict[str, str]): JSON by address.
    """

    files: dict[str, Path] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def build_site(
    folders: Iterable[str | Path],
    runtime: Path,
    detector: Path | None = None,
) -> Site:
    """List the files of the page, the runtime, models and the detector.

    Args:
        folders (Iterable[str | Path]): What ``tools/export.py`` wrote.
        runtime (pathlib.Path): Folder of onnxruntime-web.
        detector (pathlib.Path, optional): YuNet's file. Defaults to None:
            the user draws boxes.

    Returns:
        Site: It has at least one model.

    Raises:
        FileNotFoundError: A folder or a file of it is missing.
        ValueError: A folder is no exported model, or there is none.
    """
    site = Site()
    for path in sorted(PAGE.iterdir()):
        site.files[f'/{path.name}'] = path
    site.files['/'] = site.files.pop('/index.html')
    for name in FILES:
        site.files[f'/runtime/{name}'] = runtime / name
    models = [
        entry
        for number, folder in enumerate(folders)
        for entry in _add_model(site, Path(folder), f'/models/{number}')
    ]
    if not models:
        raise ValueError('expected at least one exported model, got none')
    content = dict(models=models, detector=_add_detector(site, detector))
    site.texts['/models.json'] = json.dumps(content)
    return site


def read_description(folder: Path) -> dict:
    """Read and check ``model.json`` of an exported folder.

    Args:
        folder (pathlib.Path): What ``tools/export.py`` wrote.

    Returns:
        dict: Its content.

    Raises:
        FileNotFoundError: The folder, or a file in it, is missing.
        ValueError: It is no description of an exported model, or one of
            another version.
    """
    path = folder / 'model.json'
    if not path.is_file():
        raise FileNotFoundError(
            f'{folder} is no exported model: expected a folder with '
            'model.json, as tools/export.py writes it'
        )
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
        version, files = content['format'], dict(content['files'])
        names = [files[kind]['file'] for kind in PRECISIONS if kind in files]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'{path} does not describe an exported model ({error!r})'
        ) from error
    if version != 1:
        raise ValueError(f'{path}: expected format 1, got {version}')
    for name in names:
        if Path(name).name != name or not name.endswith('.onnx'):
            raise ValueError(
                f'{path}: expected the name of an ONNX file in this folder, '
                f'got {name!r}'
            )
        if not (folder / name).is_file():
            raise FileNotFoundError(f'{path} names {name}, which is not there')
    if not names:
        raise ValueError(f'{path} names no network: {", ".join(files)}')
    return content


def _add_model(site: Site, folder: Path, address: str) -> list[dict]:
    """Add a folder; gives a record for each of its networks."""
    content = read_description(folder)
    site.files[f'{address}/model.json'] = folder / 'model.json'
    entries = []
    for kind in PRECISIONS:
        record: Mapping | None = content['files'].get(kind)
        if record is None:
            continue
        network = f'{address}/{record["file"]}'
        site.files[network] = folder / record['file']
        entries.append(
            dict(
                label=f'{content.get("name", folder.name)}, {kind}',
                meta=f'{address}/model.json',
                network=network,
            )
        )
    return entries


def _add_detector(site: Site, path: Path | None) -> dict | None:
    if path is None:
        return None
    mapping = read_mapping('yunet')
    site.files['/detector.onnx'] = path
    return dict(
        network='/detector.onnx',
        side=DETECTOR_SIDE,
        score=DETECTOR_SCORE,
        mapping=vars(mapping),
    )
