"""The sampler from a line of a config, in MMPose's runner."""

import json
from itertools import count

from mmpose_scgcn.datasets.samplers import PoseBalancedSampler

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

BASE = np.array([[-1.0, -1], [1, -1], [0, 0], [-0.8, 1], [0.8, 1]])
COUNT = 20
METAINFO = dict(
    dataset_name='five',
    paper_info={},
    keypoint_info={
        i: dict(name=f'k{i}', id=i, color=[0, 0, 0], type='', swap='')
        for i in range(5)
    },
    skeleton_info={},
    joint_weights=[1.0] * 5,
    sigmas=[],
)
PIPELINE = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=(16, 16)),
    dict(
        type='GenerateTarget',
        encoder=dict(type='RegressionLabel', input_size=(16, 16)),
    ),
    dict(type='PackPoseInputs'),
]


class Recorder(Hook):
    """Keeps the annotations of each epoch."""

    def __init__(self):
        self.epochs = []

    def before_train_epoch(self, runner):
        self.epochs.append([])

    def after_train_iter(self, runner, batch_idx, data_batch, outputs=None):
        self.epochs[-1] += [s.id for s in data_batch['data_samples']]


@pytest.fixture
def ann_file(make_coco, tmp_path):
    cv2.imwrite(str(tmp_path / 'face.png'), np.zeros((40, 40, 3), np.uint8))
    shapes = np.tile(BASE * 8 + 20, (COUNT, 1, 1))
    shapes[:, 2, 0] += 4 * np.linspace(-1, 1, COUNT) ** 3
    content = make_coco(
        shapes, boxes=[10.0, 10.0, 20.0, 20.0], files='face.png', size=(40, 40)
    )
    (tmp_path / 'ann.json').write_text(json.dumps(content))
    return tmp_path / 'ann.json'


@pytest.fixture
def make_runner(ann_file, tmp_path, monkeypatch):
    numbers = count()
    monkeypatch.setattr('mmengine.runner.runner.collect_env', dict)
    monkeypatch.setattr(Config, 'pretty_text', '')

    def make(train_cfg, work='work', **overrides):
        name = f'{tmp_path.name}_{next(numbers)}'
        runner = Runner.from_cfg(
            Config(
                dict(
                    default_scope='mmpose',
                    experiment_name=name,
                    work_dir=str(tmp_path / work),
                    log_level='ERROR',
                    randomness=dict(seed=3),
                    model=dict(
                        type='TopdownPoseEstimator',
                        data_preprocessor=dict(type='PoseDataPreprocessor'),
                        backbone=dict(type='mmpose_scgcn.CNN6', widths=(4,)),
                        neck=dict(type='GlobalAveragePooling'),
                        head=dict(
                            type='RegressionHead',
                            in_channels=4,
                            num_joints=5,
                            loss=dict(type='SmoothL1Loss'),
                        ),
                    ),
                    train_dataloader=dict(
                        batch_size=4,
                        num_workers=0,
                        sampler=dict(
                            type='mmpose_scgcn.PoseBalancedSampler', num_bins=4
                        ),
                        dataset=dict(
                            type='CocoDataset',
                            ann_file=str(ann_file),
                            metainfo=METAINFO,
                            data_prefix=dict(img=str(tmp_path)),
                            pipeline=PIPELINE,
                        ),
                    ),
                    train_cfg=train_cfg,
                    optim_wrapper=dict(optimizer=dict(type='Adam', lr=1e-3)),
                    visualizer=dict(type='PoseLocalVisualizer', name=name),
                    **overrides,
                )
            )
        )
        recorder = Recorder()
        runner.register_hook(recorder)
        return runner, recorder

    return make


def expected(runner, epochs):
    """The lists of these epochs; annotation ids are indices here."""
    lists = []
    sampler = PoseBalancedSampler(
        runner.train_dataloader.dataset, num_bins=4, seed=3
    )
    for epoch in epochs:
        sampler.set_epoch(epoch)
        lists.append(list(sampler))
    return lists


def test_epochs_are_balanced_and_a_resume_goes_on(make_runner):
    epochs = dict(by_epoch=True, max_epochs=1)
    make_runner(epochs)[0].train()
    epochs['max_epochs'] = 3
    runner, recorder = make_runner(epochs, resume=True)
    runner.train()
    assert isinstance(runner.train_dataloader.sampler, PoseBalancedSampler)
    assert recorder.epochs == expected(runner, [1, 2])
    bins = runner.train_dataloader.sampler.bins
    level = np.bincount(bins[recorder.epochs[0]])
    assert len(set(level)) == 1 and len(level) == 4


def test_a_loop_by_iterations_starts_the_next_epoch(make_runner):
    runner, recorder = make_runner(dict(by_epoch=False, max_iters=12))
    runner.train()
    (drawn,) = recorder.epochs
    first, second = expected(runner, [0, 1])
    assert len(first) < 48 < 2 * len(first)
    assert drawn == (first + second)[:48]
