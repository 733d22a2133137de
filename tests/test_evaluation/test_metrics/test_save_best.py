"""The metric inside a run of MMEngine's runner."""

import pytest
import torch
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn
from torch.utils.data import DataLoader

GT = torch.tensor([[0.0, 0.0], [100.0, 0.0], [50.0, 60.0]])


class ErrsByPlan(BaseModel):
    """Predicts keypoints that are off by a planned number of px."""

    def __init__(self, plan):
        super().__init__()
        self.plan = list(plan)
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, ids, mode='tensor'):
        if mode == 'loss':
            return dict(loss=self.weight.sum())
        off = torch.tensor([self.plan.pop(0), 0.0])
        return [self.predict(face_id.item(), GT + off) for face_id in ids]

    def predict(self, face_id, keypoints):
        return dict(
            id=face_id,
            raw_ann_info=dict(subset='ibug'),
            gt_instances=dict(
                keypoints=GT[None].numpy(), keypoints_visible=torch.ones(1, 3)
            ),
            pred_instances=dict(keypoints=keypoints[None]),
        )


def make_batch(ids):
    return dict(ids=torch.tensor(ids))


@pytest.fixture
def best_of_run(tmp_path):
    """Train by plan and tell which checkpoint was kept as the best."""

    def run(plan, **checkpoint):
        loader = DataLoader([1, 2], batch_size=2, collate_fn=make_batch)
        Runner(
            model=ErrsByPlan(plan),
            work_dir=str(tmp_path),
            experiment_name=tmp_path.name,
            train_dataloader=loader,
            train_cfg=dict(by_epoch=True, max_epochs=len(plan)),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
            val_dataloader=loader,
            val_cfg=dict(),
            val_evaluator=dict(
                type='mmpose_scgcn.FaceAlignmentMetric',
                norm=((0,), (1,)),
                subsets='300w',
            ),
            default_scope='mmpose',
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', **checkpoint)
            ),
        ).train()
        return [path.name for path in tmp_path.glob('best_*')]

    return run


@pytest.mark.parametrize('key', ['NME', 'challenge/NME'])
def test_save_best_keeps_the_lowest_and_survives_nan(best_of_run, key):
    plan = [float('nan'), 5.0, 2.0, float('nan'), 3.0]
    best = best_of_run(plan, save_best=key, rule='less')
    assert best == [f'best_{key.replace("/", "_")}_epoch_3.pth']


def test_save_best_by_auc_keeps_the_highest(best_of_run):
    best = best_of_run([5.0, 2.0, 3.0], save_best='AUC@0.10', rule='greater')
    assert best == ['best_AUC@0.10_epoch_2.pth']
