"""Suites whose rows see the same faces: the codec alone may differ."""

from mmpose_scgcn.benchmark import load_results, load_suite
from mmpose_scgcn.benchmark.tasks import best_rate
from mmpose_scgcn.benchmark.training import method_config
from mmpose_scgcn.checks import check_heatmaps
from mmpose_scgcn.config_files import read_config

import pytest
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

#: Crops of heatmaps whose corners are those of the crop.
UDP = 'heatmap, UDP'
PAPER = 'graph: dynamic, Soft Wing, relative'


def pipelines(method, folder):
    """Give the transforms of a row, but for the encoder of its labels."""
    cfg = method_config(method, folder)
    found = {}
    for part in ('train', 'val', 'test'):
        loader = cfg[f'{part}_dataloader'].to_dict()
        steps = [dict(step) for step in loader['dataset']['pipeline']]
        for step in steps:
            step.pop('encoder', None)
            if step['type'] == 'TopdownAffine' and method.name == UDP:
                assert step.pop('use_udp')
        loader['dataset']['pipeline'] = steps
        found[part] = loader
    found['length'] = cfg.train_cfg.to_dict()
    found['schedule'] = cfg.param_scheduler
    return found


@pytest.mark.parametrize('name', ['300w_128px', '300w_zoo_scale'])
def test_all_rows_see_the_same_faces(name, root, tmp_path, monkeypatch):
    monkeypatch.chdir(root)
    first, *others = load_suite(f'benchmarks/{name}.py').methods
    expected = pipelines(first, tmp_path)
    kinds = [s['type'] for s in expected['train']['dataset']['pipeline']]
    assert 'mmpose_scgcn.RandomOcclusion' in kinds
    assert 'mmpose_scgcn.ShiftKeypointOrigin' in kinds
    for method in others:
        assert pipelines(method, tmp_path) == expected, method.name


@pytest.mark.parametrize('name', ['300w_cpu', '300w_gpu', '300w_128px'])
def test_no_heatmap_is_displaced_at_the_edges(
    name, root, tmp_path, monkeypatch
):
    monkeypatch.chdir(root)
    methods = {m.name: m for m in load_suite(f'benchmarks/{name}.py').methods}
    for row in (UDP, 'integral'):
        if row in methods:
            cfg = method_config(methods[row], tmp_path)
            assert not check_heatmaps(cfg).warnings, row


@pytest.mark.parametrize('name', ['300w_cpu', '300w_128px', '300w_zoo_scale'])
def test_no_search_ends_at_its_largest_value(name, root):
    """A search that does would have found a better one beyond."""
    search = load_suite(root / f'benchmarks/{name}.py').search
    known = load_results(root / f'benchmarks/results/{name}.json')
    ended = 0
    for group in search.groups:
        tried = {t.value for t in known.search if t.group == group}
        values = search.values_of(group)
        if tried >= set(values):
            assert best_rate(search, known, group) < max(values), group
            ended += 1
    assert ended


@pytest.mark.parametrize('name', ['300w_128px', '300w_zoo_scale'])
def test_each_row_has_a_searched_rate(name, root):
    suite = load_suite(root / f'benchmarks/{name}.py')
    assert {method.group for method in suite.methods} == set(
        suite.search.groups
    )


def test_the_config_at_128_px_is_the_row_that_its_results_are_from(
    root, tmp_path, monkeypatch
):
    monkeypatch.chdir(root)
    suite = load_suite('benchmarks/300w_128px.py')
    known = load_results('benchmarks/results/300w_128px.json')
    (method,) = (m for m in suite.methods if m.name == PAPER)
    row = method_config(method, tmp_path)
    cfg = read_config('td-reg_cnn6-scgcn_1xb32-36e_300w-128x128', {})
    (load, *mine), (_, *theirs) = (
        c.train_dataloader.dataset.pipeline for c in (cfg, row)
    )
    assert load['type'] == 'mmpose_scgcn.LoadFaceImage'
    assert mine == theirs
    rates = {r for run in known.of(PAPER) for r in run.options.values()}
    assert rates == {cfg.optim_wrapper.optimizer.lr}
    init_default_scope('mmpose')
    models = [MODELS.build(c.model) for c in (cfg, row)]
    assert repr(models[0]) == repr(models[1])
