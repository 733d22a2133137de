"""What ``tools/train.py`` and ``tools/test.py`` share: config to runner."""

import argparse
import os
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mmpose_scgcn.allocation import keep_freed_memory
from mmpose_scgcn.config_files import read_config, tell_config
from mmpose_scgcn.processes import join_processes, on_first
from mmpose_scgcn.staging import check_writable, recover

import torch
from mmengine.config import Config
from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.registry import RUNNERS
from mmengine.runner import Runner

#: The settings that name annotation files.
READERS = tuple(
    f'{part}_{kind}'
    for kind in ('dataloader', 'evaluator')
    for part in ('train', 'val', 'test')
)


def load_config(args: argparse.Namespace) -> Config:
    """Read the config and apply the options that training and testing share.

    Where a launcher has started several processes, they are joined. Without a
    GPU the process keeps the memory that it frees.

    Args:
        args (argparse.Namespace): With ``config`` and the options of
            :func:`~mmpose_scgcn.config_options.add_common_arguments`.

    Returns:
        mmengine.config.Config: Ready for a runner, but for what the caller
        adds.

    Raises:
        FileNotFoundError: There is no such config.
        ValueError: It is none, has not what the options set, or the launcher
            has not started this process.
        OSError: Nothing can be written to the folder for logs.
    """
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = read_config(args.config, args.cfg_options)
    cfg.launcher = args.launcher
    default_dir = Path('work_dirs') / Path(cfg.filename).stem
    named = args.work_dir or cfg.get('work_dir')
    cfg.work_dir = named or str(default_dir)
    check_writable(Path(cfg.work_dir))
    join_processes(cfg)
    if not torch.cuda.is_available():
        keep_freed_memory()
    if is_main_process():
        tell_config(args.config)
    return cfg


def _annotation_files(
    setting: object,
) -> Iterator[tuple[str, str | None, str]]:
    """Walk through a dataset setting, nested ones included.

    Yields:
        tuple[str, str | None, str]: A file, the type of what reads it, and
        the folder of its images.
    """
    if isinstance(setting, dict):
        ann_file = setting.get('ann_file')
        if isinstance(ann_file, str) and ann_file:
            kind, root = setting.get('type'), setting.get('data_root') or ''
            prefix = setting.get('data_prefix') or {}
            yield (
                os.path.join(root, ann_file),
                kind if isinstance(kind, str) else None,
                os.path.join(root, prefix.get('img') or ''),
            )
        for value in setting.values():
            yield from _annotation_files(value)
    elif isinstance(setting, (list, tuple)):
        for value in setting:
            yield from _annotation_files(value)


def _without_mapped(setting: object) -> object:
    """Leave out data sets whose annotations are mapped already."""
    # Here, not above: that imports this module.
    from mmpose_scgcn.datasets.mapped_dataset import is_mapped

    if isinstance(setting, dict):
        inner, folder = setting.get('dataset'), setting.get('folder')
        if (
            setting.get('type') == 'mmpose_scgcn.MappedDataset'
            and isinstance(inner, dict)
            and isinstance(folder, str)
            and is_mapped(inner, folder)
        ):
            return {}  # it was checked before its records were written
        return {k: _without_mapped(v) for k, v in setting.items()}
    if isinstance(setting, (list, tuple)):
        return [_without_mapped(value) for value in setting]
    return setting


def check_annotations(cfg: Config, *dataloaders: str) -> None:
    """Check that the annotation files of some data loaders can be read.

    What a killed run of ``tools/prepare_dataset.py`` has left half done is
    undone.

    Args:
        cfg (mmengine.config.Config): The whole config.
        *dataloaders (str): Such as ``'train_dataloader'``.

    Raises:
        FileNotFoundError: Names each missing file and the setting for it.
        ValueError: A file of another content than MMPose's data set reads.
    """
    files = {
        file: name
        for name in dataloaders
        for file, _, _ in _annotation_files(cfg.get(name))
        if '://' not in file
    }
    _recover_once({Path(file).parent for file in files})
    missing = {f: name for f, name in files.items() if not os.path.exists(f)}
    if missing:
        lines = [f'  {file} ({name})' for file, name in missing.items()]
        raise FileNotFoundError(
            'Annotation files not found:\n' + '\n'.join(lines) + '\n'
            'Paths are relative to the current folder: link your data as '
            '"data" there, or set data_root with --cfg-options'
        )
    if files:
        settings = [cfg.get(name) for name in dataloaders]
        on_first(partial(_check_contents, settings))


def check_not_read(file: str | Path, cfg: Config) -> None:
    """Check that a file to write is none that data sets or metrics read.

    Args:
        file (str | Path): The file.
        cfg (mmengine.config.Config): The whole config.

    Raises:
        ValueError: It is an annotation file.
    """
    for name in READERS:
        for read, _, _ in _annotation_files(cfg.get(name)):
            if os.path.realpath(read) == os.path.realpath(file):
                raise ValueError(
                    f'{file} is an annotation file that the config reads '
                    f'({name}); choose another file to write to'
                )


def _check_contents(settings: list) -> None:
    """Check the annotation files of data sets that are not mapped yet.

    Raises:
        OSError, ValueError: See ``check_content``.
    """
    # Here, not above: that imports this module.
    from mmpose_scgcn.checks.annotation_file import check_content

    for file, kind, images in _annotation_files(_without_mapped(settings)):
        if '://' not in file:
            check_content(file, kind, images)


def _recover_once(folders: Iterable[Path]) -> None:
    """Undo what killed preparations have left, by one process for all.

    Raises:
        ValueError: Something cannot be put back.
    """
    told: list = [None]
    if is_main_process():
        try:
            for folder in folders:
                recover(folder)
        except OSError as error:  # the others wait for an answer
            told = [f'a preparation that was killed is not undone: {error}']
    broadcast_object_list(told)
    if told[0]:
        raise ValueError(told[0])


def build_runner(cfg: Config, resume_with: str | None = None) -> Runner:
    """Build MMEngine's runner, or the one that the config names.

    It has a :class:`~mmpose_scgcn.engine.hooks.CheckHook` and a
    :class:`~mmpose_scgcn.engine.hooks.RepeatableHook` whatever the config.

    Args:
        cfg (mmengine.config.Config): The config.
        resume_with (str, optional): See the hook; None leaves it as the
            config has it.

    Returns:
        Runner: The runner. A loader without worker processes has no settings
        for them in ``cfg`` any more.
    """
    # Here, not above: that imports this module.
    from mmpose_scgcn.engine.hooks import CheckHook, RepeatableHook

    for name in READERS:
        loader = cfg.get(name)
        if isinstance(loader, dict) and loader.get('num_workers') == 0:
            # PyTorch refuses what is for worker processes.
            loader.pop('prefetch_factor', None)
            loader['persistent_workers'] = False
    runner = (
        RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)
    )
    for kind in (CheckHook, RepeatableHook):
        if not any(isinstance(hook, kind) for hook in runner.hooks):
            runner.register_hook(kind())
    for hook in runner.hooks:
        if isinstance(hook, CheckHook) and resume_with:
            hook.resume_with = resume_with
    return runner


@contextmanager
def building_in_words() -> Iterator[None]:
    """End the process in words where a runner, or a part of it, is not built.

    Raises:
        SystemExit: What went wrong, instead of what MMEngine's builders
            raised. Other errors, as of a training, stay.
    """
    try:
        yield
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        if not any(_is_builder(frame) for frame in frames):
            raise
        raise SystemExit(describe_failure(error)) from error


def describe_failure(error: Exception) -> str:
    """Say why a config cannot be built.

    Args:
        error (Exception): What was raised.

    Returns:
        str: Its own words where they are meant for users; otherwise also
        the kind of the error and where it was raised.
    """
    if isinstance(error, (OSError, ValueError)):
        return str(error)
    place = ''
    if error.__traceback__ is not None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f' ({last.filename}, line {last.lineno})'
    kind = type(error).__name__
    return f'the config cannot be built: {kind}: {error}{place}'


def _is_builder(frame: traceback.FrameSummary) -> bool:
    """Tell whether a frame is one of MMEngine's runner that builds."""
    builds = frame.name.startswith('build_') or frame.name == 'from_cfg'
    return builds and Path(frame.filename).name == 'runner.py'
