"""The rows of the refinement head are built, and fit their backbones."""

from mmpose_scgcn.benchmark import load_suite
from mmpose_scgcn.benchmark.training import method_config

import pytest
import torch
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

GRAPH = dict(
    num_keypoints=68,
    top_k=3,
    neighbors=[[(i + j) % 68 for j in range(4)] for i in range(68)],
    mean_shape=[[0.5, 0.5]] * 68,
)


@pytest.fixture(autouse=True)
def at_root(root, monkeypatch):
    monkeypatch.chdir(root)


def refinement(name):
    suite = load_suite(f'benchmarks/{name}.py')
    return [m for m in suite.methods if 'refinement head' in m.name]


def test_rows_differ(tmp_path):
    seen = []
    for method in refinement('300w_cpu'):
        assert method.group == 'refinement'
        cfg = method_config(method, tmp_path)
        setting = (
            cfg.model.head.to_dict(),
            cfg.train_dataloader.to_dict(),
            method.start,
        )
        assert setting not in seen, method.name
        seen.append(setting)


@pytest.mark.parametrize(
    ('name', 'side'),
    [
        ('300w_cpu', 64),
        ('300w_128px', 128),
        ('300w_gpu', 256),
        ('300w_zoo_scale', 256),
    ],
)
def test_the_head_fits_the_backbone(name, side, tmp_path):
    method = refinement(name)[0]
    cfg = method_config(method, tmp_path)
    init_default_scope(cfg.default_scope)
    cfg.model.head.graph = GRAPH
    model = MODELS.build(cfg.model).eval()
    with torch.no_grad():
        points = model(torch.zeros(1, 3, side, side), None, mode='tensor')
    assert points.shape == (1, 68, 2)
    assert points.isfinite().all()


def test_what_the_data_do_is_changed_step_by_step(tmp_path):
    """Of the pipelines one step differs, in the parts that have it."""
    suite = load_suite('benchmarks/300w_cpu.py')
    for head in ('refinement head', 'heatmap, UDP', 'SimCC'):
        plain = method_config(suite.method(head), tmp_path)
        for name, kind, parts in (
            ('mild box jitter', 'RandomBBoxTransform', ['train']),
            (
                'no occlusion augmentation',
                'mmpose_scgcn.RandomOcclusion',
                ['train'],
            ),
            ('tight crops', 'GetBBoxCenterScale', ['train', 'val', 'test']),
        ):
            cfg = method_config(suite.method(f'{head}: {name}'), tmp_path)
            for part in ('train', 'val', 'test'):
                ours, others = (
                    c[f'{part}_dataloader'].dataset.pipeline
                    for c in (cfg, plain)
                )
                differ = [
                    a.type for a, b in zip(ours, others, strict=True) if a != b
                ]
                assert differ == [kind] * (part in parts)
