"""Tasks in small processes of their own, which leave what they should."""

import json
import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import replace

from mmpose_scgcn.benchmark import load_results
from mmpose_scgcn.benchmark.execute import (
    Executor,
    TaskQueue,
    run_benchmark,
)
from mmpose_scgcn.benchmark.results import (
    Accuracy,
    PoseBins,
    PoseErrors,
    RunRecord,
    TrialRecord,
)
from mmpose_scgcn.benchmark.suite import Method, Search
from mmpose_scgcn.benchmark.tables import COLUMNS
from mmpose_scgcn.benchmark.tasks import Run, Trial
from mmpose_scgcn.benchmark.worker import take_found
from mmpose_scgcn.benchmark.workspace import Workspace

import pytest

LEAVE = """
import sys, time
time.sleep({seconds})
{code}
open({path!r}, 'wb').write({found!r})
"""


@pytest.fixture
def space(suite, tmp_path):
    methods = (
        Method('a', 'graph', group='graph', seeds=(0, 1)),
        Method('b', 'heatmap', start='first'),
        Method('first', 'heatmap'),
    )
    search = Search(dict(graph='a'), (0.1, 0.01))
    suite = replace(suite, methods=methods, search=search, axes={})
    return Workspace(suite, tmp_path / 'results/heads.json', tmp_path)


DATA = """
title = 'Data'
config = 'tiny.py'
norm = 'inter_ocular'
tests = dict(val=dict(), other=dict(ann_file='other.json'))
made = {'train_dataloader.dataset.data_root': 'made/'}
methods = dict(one=dict(kind='graph'))
"""
MAKES = """
methods['one']['options'] = made
makes = {'made/face_landmarks_wflw_train.json': ('make_synthetic_faces', '-h')}
"""

FIGURES = dict.fromkeys(COLUMNS, 0.03)
POSE = PoseErrors(PoseBins([0.0, 1.0], [1], [150]), [0.03])


def found_by(task):
    if isinstance(task, Trial):
        return TrialRecord(task.group, 'a', task.value, task.value / 10)
    ced = list(range(151))
    accuracy = Accuracy(150, FIGURES, ced=ced, pose=POSE)
    return RunRecord(task.name, task.seed, {'val': accuracy})


@pytest.fixture
def executor(space):
    """Executes processes without torch: what they do is in ``code``."""
    seen, code = [], {}

    def command(space, task):
        seen.append((task, [job.task for job in executor.active.values()]))
        path = space.folder(task.slug) / 'found.pickle'
        text = LEAVE.format(
            seconds=code.get('seconds', 0),
            code=code.get(task, ''),
            path=str(path),
            found=pickle.dumps(found_by(task)),
        )
        return [sys.executable, '-c', text]

    executor = Executor(space, command=command)
    executor.seen, executor.code = seen, code
    return executor


A, B, FIRST = Run('a', 0), Run('b', 0), Run('first', 0)
TRIALS = [Trial('graph', 0.1), Trial('graph', 0.01)]


def test_what_is_ready_comes_in_the_order_of_the_list(space):
    queue = TaskQueue([*TRIALS, A, B, FIRST], space.suite)
    assert [queue.take() for _ in range(4)] == [*TRIALS, FIRST, None]
    queue.end(FIRST)
    assert queue.take() == B
    queue.end(TRIALS[0])
    assert queue.take() is None
    queue.end(TRIALS[1])
    assert queue.take() == A
    assert queue.left == 2
    # What is not in the list is not waited for.
    assert TaskQueue([A], space.suite).take() == A


def test_what_is_found_is_kept(executor, space, capsys):
    assert executor.run([*TRIALS, A, FIRST])
    assert executor.failed == 0
    known = load_results(space.results)
    assert known.runs == [found_by(A), found_by(FIRST)]
    assert known.search == [found_by(task) for task in reversed(TRIALS)]
    text = capsys.readouterr().out
    assert 'learning rate 0.1 for graph: 1.00 %' in text
    assert 'a, seed 0: val 3.00 %, 0 s' in text
    assert '| a | 0 | 3.00 |' in space.results.with_suffix('.md').read_text()
    assert take_found(space.folder(A.slug)) is None


def test_as_many_at_a_time_as_there_are_jobs(executor):
    executor.jobs = 2
    executor.code['seconds'] = 0.2
    runs = [Run('first', seed) for seed in range(5)]
    assert executor.run(runs)
    assert [task for task, _ in executor.seen] == runs
    assert max(len(active) for _, active in executor.seen) == 1  # besides it


def test_failures_are_told_and_the_others_go_on(executor, space, capsys):
    """An error, a crash, and what would start from one that failed."""
    third = Run('first', 1)
    executor.code[FIRST] = 'raise MemoryError("too large")'
    executor.code[third] = 'import os; os.abort()'
    assert executor.run([B, FIRST, third, Run('first', 2)])
    assert executor.failed == 3
    known = load_results(space.results)
    errors = {(f.method, f.seed): f.error for f in known.failed}
    assert errors['first', 0] == 'MemoryError: too large'
    assert errors['first', 1] == 'it left no message'
    assert 'first has left no weights to start from in' in errors['b', 0]
    assert [run.seed for run in known.runs] == [2]
    text = capsys.readouterr().err
    log = space.folder(FIRST.slug) / 'output.log'
    assert f'failed: first, seed 0: MemoryError: too large; see {log}' in text
    assert B not in [task for task, _ in executor.seen]  # no process for it


def test_a_run_without_its_search_is_not_started(executor, space):
    for task in TRIALS:
        executor.code[task] = 'sys.exit(3)'
    executor.run([*TRIALS, A])
    assert executor.failed == 3
    (failure,) = space.known.failed
    assert failure.error == 'the search for the group graph is not complete'


def test_time_is_up(executor, capsys):
    executor.code['seconds'] = 60
    start = time.monotonic()
    executor.until = start + 1
    assert not executor.run([FIRST, Run('first', 1)])
    assert time.monotonic() - start < 20
    assert executor.failed == 0
    assert 'stopped; 2 runs are left' in capsys.readouterr().out
    (job,) = executor.active.values()
    assert job.process.poll() is not None  # nothing is left behind


def test_an_interruption_ends_the_processes(executor):
    """A request to end is one too."""
    executor.code['seconds'] = 60
    start = time.monotonic()
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    with pytest.raises(KeyboardInterrupt):
        executor.run([FIRST])
    assert time.monotonic() - start < 20
    (job,) = executor.active.values()
    assert job.process.poll() is not None


def test_what_ended_after_its_caller_is_kept(executor, space):
    folder = space.folder(FIRST.slug)
    folder.mkdir(parents=True)
    (folder / 'found.pickle').write_bytes(pickle.dumps(found_by(FIRST)))
    assert executor.keep(FIRST)
    assert not executor.keep(FIRST)
    assert load_results(space.results).runs == [found_by(FIRST)]


def test_nothing_starts_without_its_data(write_config, tmp_path, capsys):
    """Nor without the time for it."""
    write_config(tmp_path)
    suite = tmp_path / 'suite.py'
    suite.write_text(DATA)
    names = suite, tmp_path / 'suite.json', tmp_path / 'work'
    space = Workspace.open(*map(str, names))
    with pytest.raises(FileNotFoundError, match='one: test other: no annota'):
        run_benchmark(space)
    suite.write_text(DATA.replace("other=dict(ann_file='other.json')", ''))
    space = Workspace.open(*map(str, names))
    assert run_benchmark(space, minutes=0) == 0
    text = capsys.readouterr().out
    assert '1 runs to do' in text
    assert 'stopped; 1 runs are left' in text
    assert not space.results.exists()


@pytest.mark.parametrize(
    ('old', 'new', 'told'),
    [
        ("'inter_ocular'", "'interocular'", "got 'interocular'"),
        (
            'val=dict()',
            "val=dict(subsets=dict(dark=dict(atribute='dark')))",
            "subset 'dark' must be",
        ),
        (
            'val=dict()',
            "val=dict(subsets=dict(dark=dict(attribute='dark')))",
            "subsets go by 'dark', which an annotation does not",
        ),
        (
            'val=dict()',
            "val=dict(insert=[dict(type='mmpose_scgcn.PerturbFace', x=1)])",
            "argument 'x'",
        ),
        ('val=dict()', "val=dict(type='NoSuchSet')", 'NoSuchSet'),
    ],
)
def test_a_test_that_cannot_be_scored_is_told_before_a_training(
    old, new, told, write_config, tmp_path
):
    write_config(tmp_path)
    suite = tmp_path / 'suite.py'
    text = DATA.replace(", other=dict(ann_file='other.json')", '')
    suite.write_text(text.replace(old, new))
    names = suite, tmp_path / 'suite.json', tmp_path / 'work'
    space = Workspace.open(*map(str, names))
    with pytest.raises(ValueError, match=r'suite\.py: test val: .*' + told):
        run_benchmark(space, minutes=0)


def test_a_training_set_that_is_not_made_is_told(write_config, tmp_path):
    write_config(tmp_path)
    path = tmp_path / 'suite.py'
    path.write_text(DATA + MAKES)
    space = Workspace.open(str(path), 'none.json', str(tmp_path / 'work'))
    with pytest.raises(ValueError, match=r'suite.py: expected made/face_land'):
        run_benchmark(space)


def test_faces_without_an_error_are_told_before_a_training(
    write_config, synthetic_faces, tmp_path
):
    write_config(tmp_path)
    source = synthetic_faces / 'face_landmarks_wflw_val.json'
    content = json.loads(source.read_text())
    hidden = content['annotations'][2]
    hidden['keypoints'][3 * 60 : 3 * 60 + 3] = 0, 0, 0  # an eye corner
    file = tmp_path / 'hidden.json'
    file.write_text(json.dumps(content))
    suite = tmp_path / 'suite.py'
    text = DATA.replace("other=dict(ann_file='other.json')", '')
    suite.write_text(
        text.replace('val=dict()', f'val=dict(ann_file={str(file)!r})')
    )
    names = suite, tmp_path / 'suite.json', tmp_path / 'work'
    total = len(content['annotations'])
    told = (
        rf'test val: 1 of {total} faces have no error .*: annotations '
        f'{hidden["id"]};'
    )
    with pytest.raises(ValueError, match=told):
        run_benchmark(Workspace.open(*map(str, names)), minutes=0)
    suite.write_text(suite.read_text().replace('inter_ocular', 'box_size'))
    assert run_benchmark(Workspace.open(*map(str, names)), minutes=0) == 0
