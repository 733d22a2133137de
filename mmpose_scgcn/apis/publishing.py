"""From a training's checkpoint to a file that others can use."""

import hashlib
import io
import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mmpose_scgcn.datasets.settings import prediction_setting
from mmpose_scgcn.detection import LANDMARK_BOX
from mmpose_scgcn.files import replace_file

import numpy as np
import torch
from mmengine.config import Config
from torch import Tensor

from . import zoo
from .loading import SETTINGS, is_pretrained

_NAME = re.compile(r'[a-z0-9][a-z0-9-]*')

#: What of a config a model needs to predict.
_NEEDED = ('default_scope', 'data_mode', 'dataset_type', 'codec')


def model_settings(cfg: Config) -> dict:
    """Take out of a config what is needed to predict.

    Args:
        cfg (Config): The config of a training.

    Returns:
        dict: Plain values: ``model``, the pipeline of the test set, and what
        MMPose's inferencers ask for. Nothing refers to a file.
    """
    plain = cfg.to_dict()
    settings = {key: plain[key] for key in _NEEDED if key in plain}
    settings['model'] = _without_start(plain['model'])
    settings['test_dataloader'] = dict(dataset=prediction_setting(plain))
    return json.loads(json.dumps(settings))


def _without_start(settings: Any) -> Any:
    """Leave out weights that training started from."""
    if isinstance(settings, dict):
        return {
            key: _without_start(value)
            for key, value in settings.items()
            if not (key == 'init_cfg' and is_pretrained(value))
        }
    if isinstance(settings, (list, tuple)):
        return [_without_start(value) for value in settings]
    return settings


def strip_state(state: Mapping[str, Tensor], half: bool) -> dict[str, Tensor]:
    """Keep what a model computes with.

    Args:
        state (Mapping[str, Tensor]): Weights and buffers.
        half (bool): Whether weights of layers become float16. Vectors (norms,
            biases), the graph and its mean shape, and an adapter keep their
            precision.

    Returns:
        dict[str, Tensor]: New tensors on the CPU.

    Raises:
        ValueError: A weight is not finite, or not in float16.
    """
    kept = {}
    for name, value in state.items():
        value = value.detach().cpu().contiguous().clone()
        exact = name.endswith(('.mean_shape', '.neighbors'))
        exact |= name.startswith('adapter.')
        if half and value.is_floating_point() and value.ndim > 1 and not exact:
            value = value.half()
        if value.is_floating_point() and not value.isfinite().all():
            raise ValueError(f'{name} has values that are not finite')
        kept[name] = value
    return kept


def check_name(name: str) -> None:
    """Check the name of a model.

    Args:
        name (str): Small letters, digits and ``-``, not first.

    Raises:
        ValueError: Not such a name.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f'name: expected small letters, digits and "-", got {name!r}'
        )


def write_model(
    folder: Path,
    name: str,
    state: Mapping[str, Tensor],
    cfg: Config,
    dataset_meta: Mapping,
    facts: Mapping,
) -> Path:
    """Write a file of weights that says by itself what it is.

    Args:
        folder (pathlib.Path): Where to.
        name (str): Of the model: small letters, digits and ``-``.
        state (Mapping[str, Tensor]): Its weights, see :func:`strip_state`.
        cfg (Config): Its config.
        dataset_meta (Mapping): What the keypoints are.
        facts (Mapping): ``licence`` and whatever else is to be known, plain
            values.

    Returns:
        pathlib.Path: ``folder/NAME-<first 8 of its SHA-256>.pth``.

    Raises:
        ValueError: Not such a name.
    """
    check_name(name)
    plain = folder / f'{name}.pth'
    save_model(plain, state, cfg, dataset_meta, dict(facts, name=name))
    digest = hashlib.sha256(plain.read_bytes()).hexdigest()
    return plain.replace(folder / f'{name}-{digest[:8]}.pth')


def save_model(
    path: Path,
    state: Mapping[str, Tensor],
    cfg: Config,
    dataset_meta: Mapping,
    facts: Mapping,
) -> None:
    """Write such a file, whatever its name.

    Args:
        path (pathlib.Path): The file.
        state (Mapping[str, Tensor]): The weights, see :func:`strip_state`.
        cfg (Config): The config.
        dataset_meta (Mapping): What the keypoints are.
        facts (Mapping): Whatever else is to be known, plain values.
    """
    settings = dict(facts, config=model_settings(cfg), box_kind=LANDMARK_BOX)
    # Plain PyTorch refuses NumPy's arrays in files that hold data only.
    keypoints = {
        key: value.tolist() if isinstance(value, np.ndarray) else value
        for key, value in dataset_meta.items()
    }
    meta = {SETTINGS: json.dumps(settings), 'dataset_meta': keypoints}
    # Not into the file itself: PyTorch writes the name of a file into it, and
    # the same model would have another hash each time.
    content = io.BytesIO()
    torch.save(dict(meta=meta, state_dict=dict(state)), content)
    with replace_file(path) as partial:
        partial.write_bytes(content.getvalue())


def check_earlier(folder: Path, name: str) -> None:
    """Refuse a second file of a model where it is found by its name.

    Args:
        folder (pathlib.Path): Where a file is to be. In any folder but the
            package's own, files are found by their paths, and several of one
            name may be side by side.
        name (str): Of the model.

    Raises:
        FileExistsError: There is an earlier file; the message names it.
    """
    earlier = _files_of(folder, name)
    if earlier and folder.resolve() == zoo.WEIGHTS.resolve():
        raise FileExistsError(
            f'{earlier[0]} is there already, and the package finds one file '
            f'by the name {name}: choose another name or --out-dir, or say '
            '--overwrite, which replaces that file'
        )


def install_model(
    path: Path, folder: Path, overwrite: bool = False
) -> tuple[Path, list[Path]]:
    """Put a file of weights into a folder.

    Args:
        path (pathlib.Path): What :func:`write_model` wrote.
        folder (pathlib.Path): Where it is to be.
        overwrite (bool): Whether earlier files of that model go. Defaults to
            False.

    Returns:
        tuple[pathlib.Path, list[pathlib.Path]]: The file there, and the
        earlier ones that it has replaced.

    Raises:
        FileExistsError: See :func:`check_earlier`.
    """
    name = path.stem.rpartition('-')[0]
    if not overwrite:
        check_earlier(folder, name)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    with replace_file(target) as partial:
        shutil.copyfile(path, partial)
    if not overwrite:
        return target, []
    replaced = [file for file in _files_of(folder, name) if file != target]
    for file in replaced:
        file.unlink()
    return target, replaced


def _files_of(folder: Path, name: str) -> list[Path]:
    """Find the published files of a model, by the names of the files."""
    return sorted(folder.glob(f'{name}-' + '[0-9a-f]' * 8 + '.pth'))


def training_facts(content: Mapping) -> dict:
    """Read from a training's checkpoint what is known of the training.

    Args:
        content (Mapping): The whole checkpoint.

    Returns:
        dict: ``epoch``, ``iterations``, ``seed``, ``trained`` (the day) and
        the versions of MMEngine and of PyTorch, as far as they are known.
    """
    meta = content.get('meta', {})
    # MMEngine adds the commit of the current folder to its version.
    version = re.sub('[0-9a-f]{40}$', '', meta.get('mmengine_version') or '')
    facts = dict(
        epoch=meta.get('epoch'),
        iterations=meta.get('iter'),
        seed=meta.get('seed'),
        trained=str(meta.get('time', ''))[:8] or None,
        mmengine=version or None,
        torch=torch.__version__,
        published=date.today().isoformat(),
    )
    return {key: value for key, value in facts.items() if value is not None}
