"""The data that the tasks of a benchmark need."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable

from mmpose_scgcn.launch import check_annotations

from .processes import interruptible, process_environment
from .scoring import ann_file_of
from .suite import Method
from .training import method_config
from .workspace import Workspace


def make_training_sets(space: Workspace, methods: Iterable[Method]) -> None:
    """Make the training sets that are missing, if the suite says how.

    Raises:
        ValueError: A tool failed, or did not make what it should.
    """
    if not space.suite.makes:
        return
    for method in methods:
        cfg = method_config(method, space.work_dir)
        path = ann_file_of(cfg.train_dataloader.dataset)
        if path in space.suite.makes and not os.path.exists(path):
            _make_training_set(space, path)


def check_data(space: Workspace, methods: Iterable[Method]) -> None:
    """Check that annotations are there before anything starts.

    Raises:
        FileNotFoundError: Annotations are missing.
    """
    for method in methods:
        cfg = method_config(method, space.work_dir)
        if not method.checkpoint:  # a predictor may fit something
            check_annotations(cfg, 'train_dataloader', 'val_dataloader')
        for name, setting in space.suite.tests.items():
            path = ann_file_of({**cfg.test_dataloader.dataset, **setting})
            if not os.path.exists(path):
                raise FileNotFoundError(
                    f'{method.name}: test {name}: no annotations {path}'
                )


def _make_training_set(space: Workspace, path: str) -> None:
    words = ['-m', 'mmpose_scgcn', *space.suite.makes[path]]
    line = shlex.join(['python', *words])
    print(f'making {path}: {line}', flush=True)
    with interruptible():  # which ends the tool too
        done = subprocess.run(
            [sys.executable, *words], env=process_environment(0)
        )
    if done.returncode or not os.path.exists(path):
        raise ValueError(
            f'{space.suite.path}: expected {path} from {line}, which ended '
            f'with code {done.returncode}'
        )
