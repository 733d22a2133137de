"""Tasks executed in this process, on a config of one iteration."""

import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path

from mmpose_scgcn.benchmark import costs
from mmpose_scgcn.benchmark.later_tests import LaterTest
from mmpose_scgcn.benchmark.results import Results, TrialRecord
from mmpose_scgcn.benchmark.scoring import ann_file_of, score_model
from mmpose_scgcn.benchmark.tasks import Costs, Run, Trial
from mmpose_scgcn.benchmark.training import (
    method_config,
    precision_of,
    train_method,
)
from mmpose_scgcn.benchmark.worker import TASKS
from mmpose_scgcn.checks import latest_checkpoint

import pytest
import torch
from mmengine.config import Config

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
    'ignore:.*PoseLocalVisualizer.* has been created',
)


@pytest.fixture
def one_round(monkeypatch):
    """Costs are measured once, not five times."""
    monkeypatch.setattr(costs, 'ROUNDS', 1)
    monkeypatch.setattr(costs, 'BATCH', 2)


def test_a_run_is_trained_and_tested(done):
    (run,) = done.known.runs
    val, hidden = run.tests['val'], run.tests['hidden']
    assert val.faces == hidden.faces == 4
    assert val.figures != hidden.figures
    assert 0 < abs(val.figures['bias_x']) < val.figures['NME']
    assert 0 < val.figures['median'] != val.figures['NME']
    assert sum(val.pose.bins.count) == 4
    assert sum(val.pose.bins.train) == 16
    assert val.subsets['first'].faces == 1
    assert len(val.ced) == 151
    assert run.options == {'optim_wrapper.optimizer.lr': 1e-3}
    assert run.iterations == len(run.val_curve) == 1
    assert run.train_seconds > 0
    assert run.precision == 'float32'
    own = {'training', 'selection', 'start', 'val', 'hidden'}
    assert run.settings.keys() == own
    folder = done.run_folder('one', 0)
    assert (folder / 'predictions/hidden.npz').is_file()
    assert done.weights(done.suite.method('one'), 0)


def test_a_run_whose_result_was_taken_out_is_trained_again(space):
    """Its data may have been corrected meanwhile."""
    folder = space.run_folder('one', 0)
    before = latest_checkpoint(folder)
    stamp = os.stat(before).st_mtime_ns
    assert (folder / 'weights.txt').is_file()
    Run('one', 0).execute(space)
    assert os.stat(before).st_mtime_ns > stamp
    assert (folder / 'weights.txt').is_file()


def test_another_seed_is_another_run(space):
    run = Run('one', 1).execute(space)
    assert run.tests['val'] != space.known.runs[0].tests['val']


def test_a_run_is_not_added_again(space):
    run = replace(space.known.runs[0], commit='other')
    text = Run('one', 0).record(space.known, run)
    assert space.known.runs[0].commit != 'other'
    assert text.startswith('one, seed 0: val ')
    text = Run('one', 1).record(space.known, replace(run, seed=1))
    assert len(space.known.runs) == 2


def test_a_method_starts_from_the_weights_of_another(space):
    """At its learning rate nothing changes."""
    run = Run('second', 0).execute(space)
    assert run.start == 'one'
    error = space.known.runs[0].tests['val'].figures['NME']
    assert run.tests['val'].figures['NME'] == pytest.approx(error, rel=1e-3)
    assert str(space.work_dir) not in repr(run)
    with pytest.raises(ValueError, match='weights differ'):
        Run('unfit', 0).execute(space)


def test_a_start_without_weights_is_told(space):
    """Results alone are not enough to start from."""
    Run('second', 0).check(space)
    shutil.rmtree(space.run_folder('one', 0))
    with pytest.raises(ValueError, match='one has left no weights to start'):
        Run('second', 0).check(space)


def test_weights_of_others_are_tested_only(space, one_round, monkeypatch):
    folder = space.results.parent
    monkeypatch.chdir(folder)
    shutil.copy(
        space.weights(space.suite.method('one'), 0), folder / 'zoo.pth'
    )
    run = Run('zoo', 0).execute(space)
    assert run.tests == space.known.runs[0].tests
    assert run.checkpoint == 'zoo.pth'
    assert run.train_seconds is None
    space.known.runs = [run]  # nothing is trained for its costs either
    found = Costs().execute(space)
    assert found['zoo'].step_ms is None
    assert found['zoo'].latency_ms > 0


def test_costs_of_what_was_run(space, one_round):
    found = Costs().execute(space)
    assert list(found) == ['one']
    assert all(value > 0 for value in asdict(found['one']).values())
    Costs().record(space.known, found)
    assert space.known.costs == found


def test_a_learning_rate_that_comes_to_nothing(space):
    trial = Trial('graph', 1e12)
    found = trial.execute(space)
    assert (found.NME, found.median) == (None, None)
    text = trial.record(space.known, found)
    assert text == 'learning rate 1e+12 for graph: nothing'


def test_a_learning_rate_is_tried(space):
    trial = Trial('graph', 1e-3)
    found = trial.execute(space)
    assert 0 < found.median != found.NME
    text = trial.record(space.known, found)
    assert text == f'learning rate 0.001 for graph: {100 * found.NME:.2f} %'
    assert found in space.known.search


@pytest.mark.parametrize(
    ('errors', 'message'),
    [
        ({1e-3: 0.2}, 'the search for the group graph is not complete'),
        ({1e-3: None, 1e12: None}, 'no learning rate suits the group graph'),
    ],
)
def test_a_run_without_a_learning_rate_is_told(space, errors, message):
    space.known.search = [
        TrialRecord('graph', 'one', value, nme)
        for value, nme in errors.items()
    ]
    with pytest.raises(ValueError, match=message):
        Run('one', 1).check(space)


@pytest.fixture
def later(space):
    """A run that was tested by one of the tests only."""
    (run,) = space.known.runs
    tests = dict(val=run.tests['val'])
    settings = {k: v for k, v in run.settings.items() if k != 'hidden'}
    space.known.add_run(replace(run, tests=tests, settings=settings))
    (space.run_folder('one', 0) / 'predictions/hidden.npz').unlink()
    return space, run


def test_later_tests_need_no_training(later):
    space, run = later
    found = LaterTest('one', 0).execute(space)
    assert found.tests == run.tests
    assert list(found.tested_at) == ['hidden']
    assert replace(found, tested_at={}) == run
    folder = space.run_folder('one', 0)
    assert (folder / 'predictions/hidden.npz').is_file()
    LaterTest('one', 0).record(space.known, found)
    assert space.known.runs == [found]


def test_later_tests_refuse_weights_of_another_run(later):
    space, _ = later
    (run,) = space.known.runs
    val = run.tests['val']
    figures = {**val.figures, 'median': 1.01 * val.figures['median']}
    other = replace(run, tests=dict(val=replace(val, figures=figures)))
    space.known.add_run(other)
    task = LaterTest('one', 0)
    text = task.record(space.known, task.execute(space))
    reason = 'not tested: tests of one, seed 0: expected weights with median'
    assert text.startswith(reason)
    assert space.known.runs == [other]


def test_later_tests_are_checked_first(later):
    space, run = later
    task = LaterTest('one', 0)
    task.check(space)
    space.known.add_run(replace(run, tests={}))
    with pytest.raises(ValueError, match='no test that the run has tells'):
        task.check(space)
    shutil.rmtree(space.run_folder('one', 0))
    with pytest.raises(ValueError, match=r'no weights in .*one_0'):
        task.check(space)


@pytest.mark.parametrize(
    ('task', 'slug', 'label'),
    [
        (Run('a + b', 0), 'a---b_0', 'a + b, seed 0'),
        (LaterTest('a', 0), 'test_a_0', 'tests of a, seed 0'),
        (Trial('RLE', 5e-4), 'search_RLE_0.0005', None),
        (Costs(), 'costs', 'costs'),
    ],
)
def test_names_and_the_way_to_another_process(task, slug, label):
    assert task.slug == slug
    assert label is None or task.label == label
    values = json.loads(json.dumps(asdict(task)))
    assert TASKS[type(task).__name__](**values) == task


def test_a_failure_is_a_row_of_a_run_only():
    known = Results()
    for task in (Trial('g', 1.0), LaterTest('a', 0), Costs(), Run('a', 0)):
        task.record_failure(known, 'why')
    (failure,) = known.failed
    assert (failure.method, failure.error) == ('a', 'why')


def test_transforms_are_changed_by_their_type(space):
    one = space.suite.method('one')
    jitter = {'RandomBBoxTransform': dict(shift_factor=0.5)}
    cfg = method_config(replace(one, transforms=jitter), 'x')
    changed = [
        (part, step.shift_factor)
        for part in ('train', 'val', 'test')
        for step in cfg[f'{part}_dataloader'].dataset.pipeline
        if step.type == 'RandomBBoxTransform'
    ]
    assert changed == [('train', 0.5)]
    gone = replace(one, transforms={'Gone': {}})
    with pytest.raises(ValueError, match=r'method one: no pipeline of .*Gone'):
        method_config(gone, 'x')


@pytest.mark.parametrize(
    ('wrapper', 'precision'),
    [
        (dict(), 'float32'),
        (dict(type='OptimWrapper'), 'float32'),
        (dict(type='mmpose_scgcn.BFloat16OptimWrapper'), 'bfloat16'),
        (dict(type='AmpOptimWrapper'), 'float16'),
        (dict(type='AmpOptimWrapper', dtype='bfloat16'), 'bfloat16'),
    ],
)
def test_the_precision_of_a_training_is_recorded(wrapper, precision):
    assert precision_of(Config(dict(optim_wrapper=wrapper))) == precision


def test_faces_of_no_shape_are_in_no_bin_of_pose(space, tmp_path):
    """A face with one visible keypoint has an error by its box."""
    trained = train_method(space.suite.method('one'), 0, tmp_path, {})
    source = Path(ann_file_of(trained.cfg.test_dataloader.dataset))
    content = json.loads(source.read_text())
    for visibility in range(5, 3 * 98, 3):
        content['annotations'][1]['keypoints'][visibility] = 0
    file = tmp_path / 'one.json'
    file.write_text(json.dumps(content))
    suite = replace(
        space.suite, norm='box_size', tests=dict(one=dict(ann_file=str(file)))
    )
    scored = score_model(suite, trained.cfg, trained.model, 'one')
    total = len(content['annotations'])
    assert scored.faces == total
    assert sum(scored.pose.bins.count) == total - 1


def test_the_last_checkpoint_is_what_is_scored(space, tmp_path):
    """Where none is the best; ``EMAHook``'s averages are in the file alone."""
    options = {
        'default_hooks.checkpoint.save_best': None,
        'custom_hooks': [
            dict(type='mmpose_scgcn.GraphHook'),
            dict(type='EMAHook', momentum=0.1),
        ],
        'train_cfg.max_epochs': 3,
    }
    method = space.suite.method('one')
    trained = train_method(method, 0, tmp_path, options)
    content = torch.load(tmp_path / trained.weights, weights_only=False)
    saved = content['state_dict']
    for name, value in trained.model.state_dict().items():
        torch.testing.assert_close(value, saved[name])
