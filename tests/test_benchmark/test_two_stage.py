"""The suite of two stages compares like with like."""

from mmpose_scgcn.benchmark import load_suite
from mmpose_scgcn.benchmark.costs import count_macs, input_size
from mmpose_scgcn.config_files import read_config

import numpy as np
import pytest
from mmengine.registry import init_default_scope


@pytest.fixture
def suite(root, monkeypatch):
    monkeypatch.chdir(root)
    return load_suite('benchmarks/two_stage.py')


def ring(count):
    """A graph in which each keypoint has the next one as neighbour."""
    angles = 2 * np.pi * np.arange(count) / count
    shape = 0.5 + 0.4 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return dict(
        num_keypoints=count,
        top_k=1,
        neighbors=[[i, (i + 1) % count] for i in range(count)],
        mean_shape=shape.tolist(),
    )


def test_both_networks_cost_the_same(suite):
    from mmpose.registry import MODELS

    macs = []
    for method in suite.methods:
        cfg = read_config(method.config, dict(method.options))
        init_default_scope(cfg.default_scope)
        model = MODELS.build(cfg.model).eval()
        if hasattr(model, 'reference'):
            model.reference.fill(ring(68))
        macs.append(count_macs(model, input_size(cfg)))
    assert macs[0] == pytest.approx(macs[1], rel=0.02)


def test_both_are_trained_alike(suite):
    """As long, and on faces moved as far from the centre of the crop."""
    settings = []
    for method in suite.methods:
        cfg = read_config(method.config, dict(method.options))
        steps = {
            step.type: step for step in cfg.train_dataloader.dataset.pipeline
        }
        move = steps['mmpose_scgcn.UniformBBoxTransform']
        padding = steps['GetBBoxCenterScale'].get('padding', 1.25)
        settings.append(
            dict(
                shift=pytest.approx(move.shift_factor * padding),
                scale=move.scale_factor,
                rotation=move.rotate_factor,
                iterations=cfg.train_cfg.max_iters,
                batch=cfg.train_dataloader.batch_size,
                optimizer=cfg.optim_wrapper,
                schedule=cfg.param_scheduler,
                flip_test=cfg.model.test_cfg,
                seeds=method.seeds,
            )
        )
    assert settings[0].pop('shift').expected == settings[1].pop('shift')
    assert settings[0] == settings[1]


def test_the_axes_are_what_the_tests_do(suite):
    assert list(suite.axes['rotation'].tests) == ['0', '15', '30', '45', '60']
    assert list(suite.axes['shift'].tests) == ['0', '5', '10', '15']
    for name, axis in suite.axes.items():
        for level, test in axis.tests.items():
            inserted = suite.tests[test].get('insert', [{}])[0]
            value = inserted.get(name, 0) * (100 if name == 'shift' else 1)
            assert value == pytest.approx(float(level))
