"""What the live page consists of: addresses and files."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mmpose_scgcn.detection import read_mapping
from mmpose_scgcn.runtime import SETTINGS, read_folder

from .browser_runtime import FILES

PAGE = Path(__file__).with_name('page')

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
        ValueError: A folder is no exported model, a file of it is damaged,
            or there is no folder.
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


def _add_model(site: Site, path: Path, address: str) -> list[dict]:
    """Add a folder; gives a record for each of its networks."""
    folder = read_folder(path)
    content = folder.settings
    for kind, record in content['files'].items():
        folder.read_network(kind)  # which checks it
        site.files[f'{address}/{record["file"]}'] = path / record['file']
    site.files[f'{address}/{SETTINGS}'] = path / SETTINGS
    return [
        dict(
            label=f'{content.get("name", path.name)}, {kind}',
            folder=address,
            file=content['files'][kind]['file'],
        )
        for kind in reversed(folder.precisions)  # 8 bits first
    ]


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
