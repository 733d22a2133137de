"""The data that the tasks of a benchmark need."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from io import StringIO

from mmpose_scgcn.evaluation.annotation_fields import AnnotationFields
from mmpose_scgcn.evaluation.face_samples import FaceSample
from mmpose_scgcn.evaluation.face_scores import score_samples
from mmpose_scgcn.evaluation.functional import build_subsets, resolve_norm
from mmpose_scgcn.launch import check_annotations

import numpy as np
from mmengine.config import Config
from mmengine.dataset import BaseDataset

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
    """Check that annotations and test settings are good before a training.

    Raises:
        FileNotFoundError: Annotations are missing.
        ValueError: A test cannot be scored as the suite says.
    """
    tried = set()
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
            kind = cfg.test_dataloader.dataset.type
            if (key := (name, path, kind)) not in tried:
                tried.add(key)
                where = f'{space.suite.path}: test {name}'
                _check_test(cfg, setting, space.suite.norm, where)


def _check_test(
    cfg: Config, setting: Mapping, norm: str | tuple, where: str
) -> None:
    """Make what a test needs, and read the subsets of its faces."""
    from mmpose.registry import DATASETS, TRANSFORMS

    setting = {**cfg.test_dataloader.dataset, **setting, 'pipeline': []}
    try:
        for step in setting.pop('insert', ()):
            TRANSFORMS.build(step)
        subsets = build_subsets(setting.pop('subsets', None))
        AnnotationFields(subsets, False, ann_file_of(setting)).prepare()
        with redirect_stdout(StringIO()):  # COCO's reader tells its steps
            dataset = DATASETS.build(setting)
        _check_faces(dataset, norm)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        told = error.args[0] if isinstance(error, KeyError) else error
        raise ValueError(f'{where}: {told}') from error


def _check_faces(dataset: BaseDataset, norm: str | tuple) -> None:
    """Check that each face has an error, whatever is predicted.

    Raises:
        ValueError: The normaliser does not suit the data set, or is not known
            for some faces, as where an eye corner is not visible.
    """
    name = dataset.metainfo['dataset_name']
    resolve_norm(norm, name)
    infos = [dataset.get_data_info(n) for n in range(len(dataset))]
    faces = [
        FaceSample(
            id=info['id'],
            dataset=name,
            img_path=info['img_path'],
            pred=info['keypoints'][0],
            gt=info['keypoints'][0],
            visible=info['keypoints_visible'][0] > 0,
            box=info['bbox'][0],
        )
        for info in infos
    ]
    known = np.isfinite(score_samples(faces, norm, name).nme)
    bad = [
        face.id for face, good in zip(faces, known, strict=True) if not good
    ]
    if bad:
        listed = ', '.join(map(str, bad[:5])) + (', ...' * (len(bad) > 5))
        raise ValueError(
            f'{len(bad)} of {len(faces)} faces have no error by norm '
            f'{norm!r}, which needs keypoints or a box that they lack: '
            f'annotations {listed}; leave these out of the file'
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
