"""Every row of the benchmark learns, and all of them on one protocol."""

from mmpose_scgcn.benchmark import load_suite
from mmpose_scgcn.benchmark.training import method_config
from mmpose_scgcn.launch import build_runner

import pytest
import torch
from mmengine.registry import init_default_scope

pytestmark = pytest.mark.filterwarnings(
    'ignore:The metainfo config file',
    'ignore:Use the existing "bbox_center"',
    'ignore:.*PoseLocalVisualizer.* has been created',
    'ignore:RegressionLabel normalises the labels',  # stock losses: as meant
)

TINY = {
    'train_cfg.max_iters': 1,
    'train_cfg.val_interval': 2,
    'train_dataloader.batch_size': 4,
}


@pytest.fixture(scope='module')
def suite():
    return load_suite('benchmarks/300w_cpu.py')


@pytest.fixture(autouse=True)
def at_root(root, monkeypatch):
    monkeypatch.chdir(root)


def test_what_is_the_same_is_the_same(suite, tmp_path):
    """Data, backbone, input, augmentation, length, batch, selection."""
    settings = []
    for method in suite.methods:
        cfg = method_config(method, tmp_path)
        own = ('GenerateTarget', 'PackPoseInputs')
        own += ('mmpose_scgcn.RandomOcclusion',)
        pipeline = [
            step
            for step in cfg.train_dataloader.dataset.pipeline
            if step.type not in own
        ]
        settings.append(
            dict(
                backbone=cfg.model.backbone,
                preprocessor=cfg.model.data_preprocessor,
                train=cfg.train_cfg,
                schedule=cfg.param_scheduler,
                optimizer=cfg.optim_wrapper,
                batch=cfg.train_dataloader.batch_size,
                data=cfg.train_dataloader.dataset.ann_file,
                val=cfg.val_dataloader,
                hooks=cfg.default_hooks,
                flip_test=cfg.model.test_cfg.flip_test,
                pipeline=pipeline,
            )
        )
    first = settings[0]
    for method, setting in zip(suite.methods, settings, strict=True):
        assert setting == first, method.name


def test_each_row_has_a_learning_rate_of_its_group(suite):
    for method in suite.methods:
        assert method.group in suite.search.groups
    for group, name in suite.search.groups.items():
        assert suite.method(name).group == group


@pytest.mark.parametrize('number', range(31))
def test_each_row_learns_and_predicts(number, suite, scgcn_data, tmp_path):
    method = suite.methods[number]
    roots = {
        f'{part}_dataloader.dataset.data_root': f'{scgcn_data}/300w/'
        for part in ('train', 'val', 'test')
    }
    torch.manual_seed(0)
    cfg = method_config(method, tmp_path, {**TINY, **roots})
    init_default_scope(cfg.default_scope)
    cfg.train_dataloader.dataset.indices = 16
    cfg.val_dataloader.dataset.indices = 4
    runner = build_runner(cfg)
    runner.train()
    model = runner.model.eval()
    batch = next(iter(runner.build_dataloader(cfg.val_dataloader)))
    with torch.no_grad():
        for sample in model.test_step(batch):
            assert sample.pred_instances.keypoints.shape == (1, 68, 2)


def test_all_rows_are_tested_above(suite):
    assert len(suite.methods) == 31
