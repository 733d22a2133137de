"""Every row of the refinement suite is built, and fits its backbone."""

from mmpose_scgcn.benchmark import load_suite
from mmpose_scgcn.benchmark.training import method_config

import pytest
import torch
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

PATH = 'benchmarks/refinement.py'


@pytest.fixture(autouse=True)
def at_root(root, monkeypatch):
    monkeypatch.chdir(root)


def test_rows_differ_and_give_keypoints(tmp_path):
    suite = load_suite(PATH)
    graph = dict(
        num_keypoints=68,
        top_k=3,
        neighbors=[[(i + j) % 68 for j in range(4)] for i in range(68)],
        mean_shape=[[0.5, 0.5]] * 68,
    )
    heads = []
    for method in suite.methods:
        cfg = method_config(method, tmp_path)
        init_default_scope(cfg.default_scope)
        cfg.model.head.graph = graph
        heads.append(cfg.model.head.to_dict())
        model = MODELS.build(cfg.model).eval()
        with torch.no_grad():
            points = model(torch.zeros(1, 3, 64, 64), None, mode='tensor')
        assert points.shape == (1, 68, 2)
        assert method.group == 'refinement'
    assert all(head not in heads[:i] for i, head in enumerate(heads))
