"""The suite compares like with like, and its report reads it right."""

import importlib.util
import json

from mmpose_scgcn.benchmark import load_suite
from mmpose_scgcn.launch import read_config

import pytest


@pytest.fixture
def module(root):
    path = root / 'benchmarks' / 'two_stage_robustness.py'
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def suite(module, root, monkeypatch):
    monkeypatch.chdir(root)
    return load_suite(module.SUITE)


@pytest.fixture
def runs(suite):
    def make_run(index, method):
        tests = {
            name: {'NME': 0.01 * (index + 1) + 0.001 * level, 'FR@0.10': 0.5}
            for level, name in enumerate(suite.tests)
        }
        return dict(
            method=method.name,
            seed=0,
            tests=tests,
            parameters=1.5e6,
            iterations=7,
        )

    return [make_run(*item) for item in enumerate(suite.methods)]


def test_both_networks_cost_the_same(module, suite):
    one, two = (module.megamacs(method.config) for method in suite.methods)
    assert one == pytest.approx(two, rel=0.02)


def test_cost_is_the_sum_over_the_layers(module, tmp_path):
    config = tmp_path / 'tiny.py'
    config.write_text(
        "default_scope = 'mmpose'\n"
        'codec = dict(input_size=(8, 8))\n'
        "model = dict(type='TopdownPoseEstimator',\n"
        "    backbone=dict(type='mmpose_scgcn.CNN6', widths=(4,)),\n"
        "    head=dict(type='mmpose_scgcn.FullyConnectedHead',\n"
        '        in_channels=4, in_featuremap_size=(4, 4), num_keypoints=3,\n'
        "        hidden_channels=5, loss=dict(type='mmpose_scgcn.L1Loss')))\n"
    )
    # 8 x 8 places, 3 x 3 taps, 3 to 4 channels; 4 x 4 x 4 to 5; 5 to 6.
    expected = 64 * 9 * 12 + 64 * 5 + 5 * 6
    assert module.megamacs(str(config)) == pytest.approx(expected / 1e6)


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


def test_tests_are_read_in_order_of_their_level(module, suite):
    assert list(module.levels_of(suite, 'rotation')) == [0, 15, 30, 45, 60]
    assert list(module.levels_of(suite, 'shift')) == [0, 5, 10, 15]
    for axis in module.AXES:
        for level, name in module.levels_of(suite, axis).items():
            inserted = suite.tests[name].get('insert', [{}])[0]
            value = inserted.get(axis, 0) * (100 if axis == 'shift' else 1)
            assert value == pytest.approx(level)


def test_the_table(module, suite, runs):
    rows = module.make_table(suite, runs, 'shift')
    assert '|  | 0 | 5 | 10 | 15 |' in rows
    assert '| NME, one stage | 1.00 | 1.50 | 1.60 | 1.70 |' in rows
    assert '| FR@0.10, two stages | 50.00 | 50.00 | 50.00 | 50.00 |' in rows


def test_files(module, suite, runs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr('sys.argv', ['x', '--results', str(tmp_path)])
    with pytest.raises(SystemExit, match='has no results; run'):
        module.main()
    (tmp_path / 'two_stage.json').write_text(json.dumps(dict(runs=runs[1:])))
    module.main()
    text = (tmp_path / 'two_stage_robustness.md').read_text()
    assert '| NME, one stage |  |  |  |  |  |' in text  # not run
    assert '| 1.50 | 7 |' in text
    figure = module.plot(suite, runs)
    lines = [axes.get_lines() for axes in figure.axes]
    assert [len(panel) for panel in lines] == [2, 2]
    assert lines[1][1].get_ydata()[-1] == pytest.approx(2.7)
    assert (tmp_path / 'two_stage_robustness.png').stat().st_size
