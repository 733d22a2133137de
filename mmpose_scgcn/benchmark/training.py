"""Training of one method of a benchmark, from where it stopped."""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmpose_scgcn.checks import latest_checkpoint
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.datasets.settings import class_name, type_name
from mmpose_scgcn.files import read_json, write_text
from mmpose_scgcn.launch import (
    build_runner,
    check_annotations,
)
from mmpose_scgcn.models.fit import check_checkpoint

from mmengine.config import Config, ConfigDict
from mmengine.hooks import Hook
from mmengine.runner import Runner, load_checkpoint
from torch import nn

from .suite import Method

_SECONDS = 'train_seconds'
_WEIGHTS = 'weights.txt'


@dataclass(frozen=True)
class Trained:
    """A trained model.

    Args:
        model (nn.Module): In evaluation mode: the best on the validation
            set where the config selects (``save_best``), the last otherwise.
        cfg (Config): Its config.
        weights (str): Name of its file in the folder.
        seconds (float): Duration, validation included.
        iterations (int): Their number.
        curve (list[float]): NME on the validation set over the training,
            fractions.
    """

    model: nn.Module
    cfg: Config
    weights: str
    seconds: float
    iterations: int
    curve: list[float]

    @property
    def facts(self) -> dict[str, Any]:
        """What a record of the run says of the training."""
        return dict(
            train_seconds=round(self.seconds, 1),
            iterations=self.iterations,
            precision=precision_of(self.cfg),
            val_curve=[round(value, 6) for value in self.curve],
        )


#: Number formats by the optimiser's wrapper; all others train in float32.
_PRECISIONS = {
    'BFloat16OptimWrapper': 'bfloat16',
    'AmpOptimWrapper': 'float16',
}


def precision_of(cfg: Config) -> str:
    """Tell in which number format a config trains the network."""
    wrapper = cfg.optim_wrapper
    kind = type_name(wrapper)
    usual = _PRECISIONS.get(kind, 'float32')
    return str(wrapper.get('dtype') or usual)


def _prefer_loaded_graph(cfg: Config) -> None:
    """Let the weights to start from bring their graph."""
    for hook in cfg.get('custom_hooks') or []:
        if type_name(hook) == 'GraphHook':
            hook['prefer_loaded'] = True


def train_method(
    method: Method,
    seed: int,
    folder: str | Path,
    options: Mapping | None = None,
    start: str | None = None,
) -> Trained:
    """Train a method.

    A training that was cut off in this folder goes on from its last
    checkpoint, if its settings are the same. One that was done is begun anew.

    Args:
        method (Method): The method.
        seed (int): Seed.
        folder (str | Path): For logs and checkpoints.
        options (Mapping, optional): Settings of the config on top of the
            method's, by dotted key. Defaults to None.
        start (str, optional): Weights to start from; the graph is theirs
            too. Defaults to None.

    Raises:
        FileNotFoundError: Annotations are missing.
        ValueError: The weights to start from do not fit.
    """
    cfg = method_config(method, folder, options)
    cfg.randomness = dict(seed=seed)
    check_annotations(cfg, 'train_dataloader', 'val_dataloader')
    if start:
        cfg.load_from = start
        _prefer_loaded_graph(cfg)
    cfg.resume = _keep_only(Path(folder), cfg.pretty_text)
    if cfg.resume:  # not from the start again
        cfg.load_from = None
    runner = build_runner(cfg)
    if cfg.load_from:
        check_checkpoint(runner.model, cfg.load_from)
    record = TrainingRecord(Path(folder) / 'val_curve.json', cfg.resume)
    runner.register_hook(record, priority='VERY_LOW')
    runner.train()
    best = runner.message_hub.get_info('best_ckpt')
    best = best or latest_checkpoint(folder) or ''
    if best:  # what EMAHook has averaged is in the file alone
        load_checkpoint(runner.model, best, map_location='cpu')
    return Trained(
        model=runner.model.eval(),
        cfg=cfg,
        weights=Path(best).name,
        seconds=record.seconds,
        iterations=runner.iter,
        curve=[error for _, error in record.read()],
    )


def note_weights(folder: str | Path, name: str) -> None:
    """Note in a folder which weights a run has found, when it is done."""
    write_text(Path(folder, _WEIGHTS), name)


def trained_weights(folder: str | Path) -> str | None:
    """Find the weights that a finished run has left in its folder."""
    note = Path(folder, _WEIGHTS)
    if not note.is_file():
        return None
    path = Path(folder, note.read_text('utf-8'))
    return str(path) if path.is_file() else None


def method_config(
    method: Method, folder: str | Path, options: Mapping | None = None
) -> Config:
    """Read the config of a method, and add settings by dotted key.

    Raises:
        ValueError: It has no such transform as the method changes.
    """
    cfg = read_config(method.config, dict(method.options))
    cfg.merge_from_dict(dict(options or {}))
    for kind, settings in method.transforms.items():
        parts = ('train', 'val', 'test')
        if not sum(
            _change_step(cfg, p, kind, settings, method)
            for p in parts
            if cfg.get(f'{p}_dataloader')
        ):
            raise ValueError(
                f'method {method.name}: no pipeline of {method.config} has '
                f'the transform {kind}'
            )
    if method.codec:
        codec = dict(method.codec)
        cfg.codec = cfg.model.head.decoder = codec
        change = dict(encoder=codec)
        _change_step(cfg, 'train', 'GenerateTarget', change, method)
    for transform in method.augment:
        steps = _steps(cfg, 'train', method)
        types = [type_name(step) for step in steps]
        steps.insert(types.index('GenerateTarget'), ConfigDict(transform))
    cfg.work_dir = str(folder)
    # MMEngine's own names are the same within a second.
    cfg.experiment_name = str(folder)
    return cfg


def _change_step(
    cfg: Config, part: str, kind: str, settings: Mapping, method: Method
) -> bool:
    """Change settings of a transform; tell if the pipeline has it."""
    steps = _steps(cfg, part, method)
    name = class_name(kind)
    found = any(type_name(step) == name for step in steps)
    steps[:] = [
        ConfigDict(step, **settings) if type_name(step) == name else step
        for step in steps
    ]
    return found


def _steps(cfg: Config, part: str, method: Method) -> list:
    """Give the pipeline of a part, a list of its own: loaders may share it.

    Raises:
        ValueError: There is no such part, or not one pipeline.
    """
    told = (
        f'method {method.name}: {method.config} has no {part}_dataloader '
        'whose data set, wrapped or not, has one pipeline'
    )
    loader = cfg.get(f'{part}_dataloader')
    dataset = loader.get('dataset') if loader else None
    while dataset and 'pipeline' not in dataset:
        dataset = dataset.get('dataset')
    if not dataset:
        raise ValueError(told)
    dataset.pipeline = list(dataset.pipeline)
    return dataset.pipeline


def _keep_only(folder: Path, settings: str) -> bool:
    """Empty a folder of runs with other settings; tell if one can go on."""
    record = folder / 'settings.txt'
    same = record.is_file() and record.read_text('utf-8') == settings
    # What a training is from may have changed otherwise: data, weights, code.
    same = same and not (folder / _WEIGHTS).is_file()
    if not same:
        for path in folder.glob('*'):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.suffix != '.log':  # one of them is being written
                path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    write_text(record, settings)
    return same and latest_checkpoint(folder) is not None


class TrainingRecord(Hook):
    """Keep time and validation errors, over interruptions too.

    Args:
        path (Path): JSON file for the errors; a checkpoint is written before
            the validation that follows it and does not know of it.
        resumed (bool): Whether the training goes on; weights to start from
            carry a time too, which does not count.
    """

    def __init__(self, path: Path, resumed: bool) -> None:
        self._path = path
        self._resumed = resumed
        self._before = 0.0
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long the training has taken, up to the present."""
        return self._before + time.perf_counter() - self._start

    def read(self) -> list[tuple[int, float]]:
        """Read iterations and NME, a fraction, of each validation."""
        if not self._path.is_file():
            return []
        return read_json(self._path)

    def before_train(self, runner: Runner) -> None:
        """Start."""
        self._start = time.perf_counter()
        if not runner.iter:
            self._path.unlink(missing_ok=True)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Go on from what the training took before it was cut off."""
        if self._resumed:
            self._before = checkpoint.get('meta', {}).get(_SECONDS, 0.0)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Note the time."""
        checkpoint['meta'][_SECONDS] = self.seconds

    def after_val_epoch(self, runner: Runner, metrics: dict) -> None:
        """Note the error."""
        if 'NME' in metrics:
            before = [item for item in self.read() if item[0] < runner.iter]
            items = [*before, (runner.iter, float(metrics['NME']))]
            partial = self._path.with_suffix('.partial')
            partial.write_text(json.dumps(items), encoding='utf-8')
            partial.replace(self._path)
