"""One loss, or the head, in a config that MMPose ships."""

from pathlib import Path

from mmpose_scgcn.datasets import collect_shapes

import mmpose
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmpose.models.losses import SoftWingLoss as StockSoftWing
from mmpose.registry import DATASETS, MODELS

ZOO = Path(mmpose.__file__).parent / '.mim/configs/face_2d_keypoint'
STOCK = (
    'topdown_regression/wflw/'
    'td-reg_res50_softwingloss_8xb64-210e_wflw-256x256.py'
)

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"'
)


@pytest.fixture
def stock(synthetic_faces):
    """The zoo's config, offline, on a small backbone and few faces."""
    cfg = Config.fromfile(ZOO / STOCK)
    init_default_scope(cfg.default_scope)
    cfg.model.backbone.update(depth=18, init_cfg=None)
    cfg.model.head.in_channels = 512
    cfg.train_dataloader.dataset.update(
        data_root=str(synthetic_faces),
        ann_file='face_landmarks_wflw_train.json',
    )
    return cfg


def losses_of(cfg, fill=None):
    """Compute the losses of two faces; also what the loss was given."""
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    np.random.seed(0)
    batch = pseudo_collate([dataset[0], dataset[1]])
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    model.init_weights()
    if fill:
        fill(model, dataset)
    data = model.data_preprocessor(batch, training=True)
    seen = []
    model.head.loss_module.register_forward_pre_hook(
        lambda module, inputs: seen.extend(inputs)
    )
    losses = model(**data, mode='loss')
    sum(losses[k].mean() for k in losses if 'loss' in k).backward()
    return losses, model, seen


def test_one_loss_changes_the_unit_and_nothing_else(stock):
    before, _, (output, target, weight) = losses_of(stock)
    # MMPose's own class, given fractions, is plain L1 ...
    error = ((output - target) * weight).abs()
    assert error.max() < 2  # no first guess is two crops off
    torch.testing.assert_close(before['loss_kpt'], error.sum() / 2)
    stock.merge_from_dict(
        {
            'model.head.loss.type': 'mmpose_scgcn.SoftWingLoss',
            'model.head.loss.input_size': (256, 256),
            'model.head.loss.reduction': 'sum',
        }
    )
    after, model, (output, target, weight) = losses_of(stock)
    assert set(after) == set(before)
    # ... and, given pixels, is ours.
    in_pixels = StockSoftWing(use_target_weight=True)
    torch.testing.assert_close(
        after['loss_kpt'], in_pixels(256 * output, 256 * target, weight)
    )
    assert model.head.fc.weight.grad.abs().sum() > 0


def test_the_head_in_place_of_the_stock_one(stock):
    stock.merge_from_dict(
        dict(
            model=dict(
                neck=None,
                head=dict(
                    _delete_=True,
                    type='mmpose_scgcn.GraphRelationalHead',
                    in_channels=512,
                    in_featuremap_size=(8, 8),
                    num_keypoints=98,
                    decoder=dict(
                        type='RegressionLabel', input_size=(256, 256)
                    ),
                ),
            )
        )
    )

    def fill(model, dataset):
        model.head.graph.fill(collect_shapes(dataset).graph())

    losses, model, _ = losses_of(stock, fill)
    assert set(losses) == {'loss_kpt', 'loss_relative', 'mean_error'}
    assert losses['mean_error'] < 0.3  # it starts at the mean shape
    grads = [p.grad for p in model.head.relation.out.parameters()]
    assert all(torch.isfinite(g).all() and g.abs().sum() > 0 for g in grads)
