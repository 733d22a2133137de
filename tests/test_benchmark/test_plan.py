"""What is missing of a benchmark, from its suite and results alone."""

from dataclasses import replace

from mmpose_scgcn.benchmark.later_tests import LaterTest
from mmpose_scgcn.benchmark.plan import costs_are_missing, missing_tasks
from mmpose_scgcn.benchmark.results import Cost, RunRecord, TrialRecord
from mmpose_scgcn.benchmark.suite import Method, Search
from mmpose_scgcn.benchmark.tasks import Run, Trial
from mmpose_scgcn.benchmark.training import note_weights
from mmpose_scgcn.benchmark.workspace import Workspace

import pytest


@pytest.fixture
def space(suite, tmp_path):
    methods = (
        Method('a', 'graph', group='graph', seeds=(0, 1)),
        Method('b', 'heatmap', start='first'),
        Method('first', 'heatmap', seeds=(3,)),
        Method('zoo', 'heatmap', checkpoint='nowhere.pth'),
    )
    search = Search(dict(graph='a'), (0.1, 0.01))
    suite = replace(suite, methods=methods, search=search, axes={})
    return Workspace(suite, tmp_path / 'heads.json', tmp_path)


TRIALS = [Trial('graph', 0.1), Trial('graph', 0.01)]
FIRST = [Run('a', 0), Run('b', 0), Run('first', 3), Run('a', 1)]


def add_run(space, method, seed, *tests, weights=True):
    tests = dict.fromkeys(tests or space.suite.tests)
    space.known.add_run(RunRecord(method, seed, tests))
    if weights:
        folder = space.run_folder(method, seed)
        folder.mkdir(parents=True)
        (folder / 'best.pth').touch()
        note_weights(folder, 'best.pth')


def test_at_first_everything_is(space, capsys):
    assert missing_tasks(space) == [*TRIALS, *FIRST]
    assert 'absent: zoo: no file nowhere.pth' in capsys.readouterr().out


def test_what_is_there_is_not(space):
    add_run(space, 'a', 0)
    space.known.add_trial(TrialRecord('graph', 'a', 0.1))
    assert missing_tasks(space) == [
        Trial('graph', 0.01),
        *(Run('b', 0), Run('first', 3), Run('a', 1)),
    ]
    add_run(space, 'a', 1)
    assert missing_tasks(space) == [Run('b', 0), Run('first', 3)]


def test_a_group_may_try_more_values(space):
    search = replace(space.suite.search, more=dict(graph=(1.0,)))
    space.suite = replace(space.suite, search=search)
    assert missing_tasks(space) == [*TRIALS, Trial('graph', 1.0), *FIRST]


def test_a_start_comes_with_its_method(space):
    assert missing_tasks(space, ['b']) == [Run('first', 3), Run('b', 0)]
    add_run(space, 'first', 3, weights=False)  # again, for its weights
    assert missing_tasks(space, ['b']) == [Run('first', 3), Run('b', 0)]


def test_a_start_with_weights_is_not_run_again(space):
    add_run(space, 'first', 3)
    assert missing_tasks(space, ['b']) == [Run('b', 0)]


def test_tests_that_came_later_are_first(space, capsys):
    add_run(space, 'a', 0, 'val')
    add_run(space, 'a', 1, 'val', weights=False)
    add_run(space, 'gone', 0, 'val')  # not of the suite any more
    assert missing_tasks(space, ['a']) == [LaterTest('a', 0)]
    text = capsys.readouterr().out
    assert 'not tested: tests of a, seed 1: no weights in ' in text
    assert missing_tasks(space, ['zoo']) == []


def test_a_run_needs_its_learning_rate_and_its_start(space):
    assert Run('a', 0).needs(space.suite) == TRIALS
    assert Run('b', 0).needs(space.suite) == [Run('first', 3)]
    assert Run('first', 3).needs(space.suite) == []


def test_costs_are_missing_until_every_method_has_them(space):
    assert not costs_are_missing(space)  # nothing has been run
    add_run(space, 'a', 0)
    assert costs_are_missing(space)
    space.known.costs['a'] = Cost(parameters=1)  # measured another way
    assert costs_are_missing(space)
    space.known.costs['a'] = Cost(parameters=1, macs=1)
    assert not costs_are_missing(space)
