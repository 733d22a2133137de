"""Real runs of MMEngine's runner on a few tiny images."""

import json
from itertools import count

from tests.test_engine.tiny_runs import COUNT, HEAD, STOCK_HEAD, K, loader

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner


@pytest.fixture
def annotate(make_coco, tmp_path):
    """Write images and annotations; each seed gives other shapes."""

    def write(seed, first=0):
        rng = np.random.default_rng(seed)
        shapes = []
        for i in range(first, first + COUNT):
            image = rng.integers(0, 255, (48, 64, 3), dtype=np.uint8)
            cv2.imwrite(str(tmp_path / f'{i}.png'), image)
            shapes.append(rng.uniform([20, 10], [50, 36], (K, 2)))
        content = make_coco(
            shapes, boxes=[18.0, 8.0, 34.0, 30.0], size=(64, 48), first=first
        )
        path = tmp_path / f'ann_{seed}.json'
        path.write_text(json.dumps(content))
        return str(path)

    return write


@pytest.fixture
def make_runner(tmp_path, monkeypatch):
    """A runner for one epoch on the given training set, without logs."""
    numbers = count()
    # What makes a runner slow: it asks compilers and git for their versions
    # and formats the config with yapf, four times a run.
    monkeypatch.setattr('mmengine.runner.runner.collect_env', dict)
    monkeypatch.setattr(Config, 'pretty_text', '')

    def make(train_set, head=HEAD, epochs=1, **overrides):
        pooled = head['type'] == STOCK_HEAD['type']
        neck = dict(type='GlobalAveragePooling') if pooled else None
        # MMEngine keeps its global objects by name for the whole process.
        name = f'{tmp_path.name}_{next(numbers)}'
        settings = dict(
            default_scope='mmpose',
            experiment_name=name,
            work_dir=str(tmp_path / 'work'),
            log_level='ERROR',
            randomness=dict(seed=0),
            model=dict(
                type='TopdownPoseEstimator',
                data_preprocessor=dict(type='PoseDataPreprocessor'),
                backbone=dict(type='mmpose_scgcn.CNN6', widths=(4, 4)),
                neck=neck,
                head=head,
            ),
            train_dataloader=loader(train_set),
            train_cfg=dict(by_epoch=True, max_epochs=epochs),
            optim_wrapper=dict(optimizer=dict(type='Adam', lr=1e-3)),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', interval=1)
            ),
            custom_hooks=[dict(type='mmpose_scgcn.GraphHook')],
            visualizer=dict(type='PoseLocalVisualizer', name=name),
        )
        return Runner.from_cfg(Config({**settings, **overrides}))

    return make
