"""Which settings a result is from, to tell when they have changed since."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config

from .results import RunRecord
from .suite import Method, Suite
from .training import method_config
from .workspace import Workspace

#: Of a config, what its training depends on.
_TRAINING = ('model', 'param_scheduler', 'train_cfg')
_DATA = ('dataset', 'batch_size', 'sampler', 'batch_sampler')
_AROUND = ('custom_hooks', 'load_from', 'val_evaluator')


def settings_of(suite: Suite, method: Method) -> dict[str, str]:
    """Give a digest of what each result of a method depends on.

    The learning rate that is searched for, the number format and the version
    of the program are no part of it.

    Args:
        suite (Suite): The benchmark.
        method (Method): A row of it.

    Returns:
        dict[str, str]: Eight digits for each test; where the method is
        trained, for ``training``, ``selection`` (hooks, and what the best
        checkpoint is chosen on) and ``start``; for one that comes trained,
        for ``model`` and the file ``checkpoint``.
    """
    cfg = method_config(method, '')
    found = {
        name: _digest([suite.norm, cfg.test_dataloader.dataset, setting])
        for name, setting in suite.tests.items()
    }
    if method.trained:
        found['training'] = _digest(_training(cfg))
        found['selection'] = _digest(_selection(cfg))
        found['start'] = _digest(method.start)
    elif method.checkpoint:
        found['model'] = _digest(cfg.get('model'))
        if Path(method.checkpoint).is_file():
            found['checkpoint'] = _file_digest(method.checkpoint)
    return found


def changed_runs(space: Workspace) -> Iterator[str]:
    """Tell which results are from other settings than the suite has now.

    Results without a record of their settings are passed over.

    Yields:
        str: A sentence for each such run.
    """
    for method in space.suite.methods:
        runs = [run for run in space.known.of(method.name) if run.settings]
        if not runs:
            continue
        now = settings_of(space.suite, method)
        for run in runs:
            if parts := _changed(run, now):
                yield (
                    f'changed: {run.method}, seed {run.seed}: the settings '
                    f'of {", ".join(parts)} are not those that its result '
                    'is from; to run it again, take its line out of '
                    f'{space.results}'
                )


def _changed(run: RunRecord, now: Mapping[str, str]) -> list[str]:
    return [
        name
        for name, digest in run.settings.items()
        if now.get(name, digest) != digest
    ]


def _training(cfg: Config) -> list[Any]:
    """List what the training of a config depends on."""
    wrapper = dict(cfg.optim_wrapper, type=None, dtype=None)
    loader = cfg.train_dataloader
    return [
        wrapper,
        *(cfg.get(name) for name in _TRAINING),
        *(loader.get(name) for name in _DATA),
    ]


def _selection(cfg: Config) -> list[Any]:
    """List what else decides which weights are tested."""
    loader = cfg.get('val_dataloader') or {}
    return [
        *(cfg.get(name) for name in _AROUND),
        cfg.get('default_hooks', {}).get('checkpoint'),
        loader.get('dataset'),
    ]


def _file_digest(path: str) -> str:
    """Give eight digits of what a file holds."""
    found = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(2**20):
            found.update(block)
    return found.hexdigest()[:8]


def _digest(setting: Any) -> str:
    text = json.dumps(setting, sort_keys=True, default=_without_address)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _without_address(value: Any) -> str:
    """Write a function or another object, the same in each process."""
    return re.sub(r' at 0x[0-9a-f]+', '', repr(value))
