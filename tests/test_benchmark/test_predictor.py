"""Rows whose keypoints come from a program beside the suite."""

import hashlib
import importlib
import os
import re
import shutil
import sys
from types import SimpleNamespace

from mmpose_scgcn.benchmark import Predictor, load_results, load_suite
from mmpose_scgcn.benchmark.execute import run_benchmark
from mmpose_scgcn.benchmark.later_tests import LaterTest
from mmpose_scgcn.benchmark.plan import costs_are_missing, missing_tasks
from mmpose_scgcn.benchmark.predicted_faces import (
    annotated_faces,
    one_core,
    time_predictors,
)
from mmpose_scgcn.benchmark.predictor import made_of
from mmpose_scgcn.benchmark.report import make_report
from mmpose_scgcn.benchmark.results_file import save_results
from mmpose_scgcn.benchmark.tasks import Run
from mmpose_scgcn.benchmark.training import method_config
from mmpose_scgcn.benchmark.workspace import Workspace

import numpy as np
import pytest

#: The mean face of the training set, in the box. It misses the faces whose
#: numbers stand in a file.
PREDICTORS = """
from pathlib import Path

from mmpose_scgcn.benchmark import Predictor

import numpy as np


class MeanFace(Predictor):
    def __init__(self, file):
        self.file = Path(file)

    def files(self):
        return [self.file]

    def load(self, cfg):
        from mmpose_scgcn.benchmark.predicted_faces import annotated_faces

        self.missed = [int(n) for n in self.file.read_text().split()]
        shapes = [
            (face.gt - face.box[:2]) / (face.box[2:] - face.box[:2])
            for _, face in annotated_faces(cfg, 'train')
        ]
        self.mean = np.mean(shapes, axis=0)
        return dict(faces=len(shapes))

    def __call__(self, image, face):
        assert image.ndim == 3 and image.dtype == np.uint8
        if face.id in self.missed:
            return None
        return face.box[:2] + self.mean * (face.box[2:] - face.box[:2])


class Elsewhere(MeanFace):
    modules = {'no_such_package': 'no-such-package'}
    install = 'pip install no-such-package'


class Wrong(Predictor):
    def __init__(self, keypoints):
        self.keypoints = keypoints

    def __call__(self, image, face):
        return self.keypoints
"""
SUITE = """
from predictors import Elsewhere, MeanFace, Wrong
import numpy as np

title = 'Faces of others'
config = 'tiny.py'
norm = 'inter_ocular'
tests = dict(val=dict(subsets=dict(first=dict(field='id', values=[{first}]))))
methods = {{
    'mean face': dict(kind='regression', predictor=MeanFace({file!r})),
    'elsewhere': dict(kind='regression', predictor=Elsewhere({file!r})),
    'none': dict(kind='regression', predictor=Wrong(None)),
    'shape': dict(kind='regression', predictor=Wrong(np.zeros((5, 2)))),
    'nan': dict(kind='regression',
                predictor=Wrong(np.full((98, 2), np.nan))),
}}
"""


@pytest.fixture(scope='module')
def val_faces(write_config, tmp_path_factory):
    """The four faces, with their images, and the training faces."""
    folder = tmp_path_factory.mktemp('val')
    write_config(folder)
    method = SimpleNamespace(
        name='',
        config=str(folder / 'tiny.py'),
        options={},
        transforms={},
        codec={},
        augment=(),
    )
    cfg = method_config(method, folder)
    return [list(annotated_faces(cfg, p)) for p in ('test', 'train')]


@pytest.fixture
def space(write_config, val_faces, tmp_path):
    """A workspace whose first row misses the first face of four."""
    write_config(tmp_path)
    first = val_faces[0][0][1].id
    file = tmp_path / 'missed.txt'
    file.write_text(str(first))
    (tmp_path / 'predictors.py').write_text(PREDICTORS)
    suite = tmp_path / 'suite.py'
    suite.write_text(SUITE.format(file=str(file), first=first))
    return reopen(tmp_path)


def reopen(folder):
    names = 'suite.py', 'results/suite.json', 'work'
    return Workspace.open(*(str(folder / name) for name in names))


def inside(face):
    """Annotated keypoints in shares of the box."""
    return (face.gt - face.box[:2]) / (face.box[2:] - face.box[:2])


def expected_errors(val_faces):
    """Errors of the mean face, written out: (4,), fractions."""
    test, train = val_faces
    mean = np.mean([inside(face) for _, face in train], axis=0)
    errors = []
    for _, face in test:
        pred = face.box[:2] + mean * (face.box[2:] - face.box[:2])
        eyes = np.linalg.norm(face.gt[60] - face.gt[72])
        away = np.linalg.norm(pred - face.gt, axis=1)
        errors.append(away.mean() / eyes)
    return np.array(errors)


def test_faces_are_whole_images_with_what_is_annotated(val_faces):
    image, face = val_faces[0][0]
    assert image.shape == (96, 96, 3)
    assert face.gt.shape == (98, 2) and face.visible.all()
    assert np.isnan(face.pred).all()
    low, high = face.gt.min(0), face.gt.max(0)
    assert (face.box[:2] <= low + 1).all() and (face.box[2:] >= high - 1).all()


def test_a_missed_face_has_failed_but_has_no_error(space, val_faces):
    run = Run('mean face', 0).execute(space)
    errors = expected_errors(val_faces)
    val = run.tests['val']
    found = errors[1:]
    assert (val.faces, val.missed) == (4, 1)
    assert val.figures['NME'] == pytest.approx(found.mean(), rel=1e-4)
    assert val.figures['median'] == pytest.approx(np.median(found), rel=1e-4)
    for at in (0.08, 0.10):
        rate = (1 + (found > at).sum()) / 4
        assert val.figures[f'FR@{at:.2f}'] == rate
    area = np.maximum(0, 1 - found / 0.1).sum() / 4
    assert val.figures['AUC@0.10'] == pytest.approx(area, abs=1e-5)
    assert val.ced[-1] <= 3
    means = [mean for mean in val.pose.NME if mean is not None]
    assert np.isfinite(means).all() and sum(val.pose.bins.count) == 4
    first = val.subsets['first']
    assert first.faces == 1 and first.figures['FR@0.10'] == 1
    assert np.isnan(first.figures['NME'])  # none of them was found


def test_the_record_says_what_it_was_made_of(space):
    run = Run('mean face', 0).execute(space)
    content = (space.results.parent.parent / 'missed.txt').read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:8]
    assert run.made_of == {'missed.txt': digest}
    assert run.options == {'faces': 16}
    space.known.add_run(run)
    save_results(space.known, space.results)
    (again,) = load_results(space.results).runs
    assert again.made_of == run.made_of
    assert again.tests['val'].missed == 1


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('none', 'no face of .*test.json was found'),
        ('shape', r'Wrong predicted \(5, 2\) for .*; expected finite .*98, 2'),
        ('nan', r'Wrong predicted \(98, 2\) for .*; expected finite keypoint'),
    ],
)
def test_what_is_no_prediction_is_told(space, name, message):
    with pytest.raises(ValueError, match=message):
        Run(name, 0).execute(space)


def test_what_is_not_installed_is_told_and_left_out(space, capsys):
    (task,) = missing_tasks(space, ['mean face', 'elsewhere'])
    assert task == Run('mean face', 0)
    reason = 'no module no_such_package; pip install no-such-package'
    assert f'absent: elsewhere: {reason}' in capsys.readouterr().out
    report = make_report(space.suite, space.known)
    assert f'| elsewhere | absent: {reason} |' in report


def test_a_row_is_run_again_when_its_files_change(space, tmp_path, capsys):
    """At first in processes of their own, as the command runs them."""
    rows = ['mean face', 'elsewhere']
    assert run_benchmark(space, only=rows) == 0
    assert '1 runs to do' in capsys.readouterr().out
    report = (tmp_path / 'results/suite.md').read_text()
    assert 'missed' in report and '| 1 of 4 |' in report
    assert 'a missed face has failed' in report
    (cost,) = space.known.costs.values()
    assert cost.latency_ms > 0 and cost.parameters is None
    again = reopen(tmp_path)
    assert run_benchmark(again, only=rows) == 0
    assert '0 runs to do' in capsys.readouterr().out
    (tmp_path / 'missed.txt').write_text('')
    (task,) = missing_tasks(again, rows)
    task.record(again.known, task.execute(again))
    (run,) = again.known.runs
    assert run.tests['val'].missed == 0
    assert costs_are_missing(again)  # it may take another time now


def test_tests_that_came_later_are_run_alone(space, tmp_path):
    space.known.add_run(Run('mean face', 0).execute(space))
    save_results(space.known, space.results)
    path = tmp_path / 'suite.py'
    more = "\ntests['later'] = dict(ann_file='face_landmarks_wflw_val.json')\n"
    path.write_text(path.read_text() + more)
    again = reopen(tmp_path)
    (task,) = missing_tasks(again, ['mean face'])
    assert task == LaterTest('mean face', 0)
    run = task.execute(again)
    assert list(run.tested_at) == ['later']
    (before,) = again.known.runs
    assert run.tests['val'] == before.tests['val']
    assert run.tests['later'].faces == 4
    (tmp_path / 'missed.txt').write_text('')  # now all of it
    assert missing_tasks(again, ['mean face']) == [Run('mean face', 0)]


def test_results_stay_where_the_package_is_gone(space):
    run = Run('mean face', 0).execute(space)
    space.known.add_run(run)
    shutil.move(space.suite.methods[0].predictor.file, space.work_dir)
    with pytest.raises(FileNotFoundError):
        missing_tasks(space, ['mean face'])
    type(space.suite.methods[0].predictor).modules = {'no_such': 'no-such'}
    assert missing_tasks(space, ['mean face']) == []


def test_a_predictor_has_nothing_of_a_training(space, tmp_path):
    path = tmp_path / 'suite.py'
    text = path.read_text()
    for more in ("options={'a': 1}", "checkpoint='x.pth'", "start='none'"):
        changed = text.replace('predictor=Wrong(None)', f'\\g, {more}')
        changed = changed.replace('\\g', 'predictor=Wrong(None)')
        path.write_text(changed)
        message = 'method none: a method with a predictor has no options'
        with pytest.raises(ValueError, match=message):
            load_suite(path)


def test_the_example_of_the_page_runs(root, val_faces, tmp_path, monkeypatch):
    page = (root / 'docs/benchmark.md').read_text('utf-8')
    (code,) = re.findall(r'```python\n(# template.py.*?)```', page, re.S)
    test, _ = val_faces
    shape = np.mean([inside(face) for _, face in test], axis=0)
    np.savetxt(tmp_path / 'template.txt', shape)
    (tmp_path / 'template.py').write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    template = importlib.import_module('template')
    monkeypatch.delitem(sys.modules, 'template')
    row = template.Template(tmp_path / 'template.txt')
    assert not row.absent
    assert list(made_of(row)) == ['template.txt', 'opencv-python']
    assert row.load(None) == {'points': 98}
    image, face = test[0]
    found = row(image, face)
    assert np.linalg.norm(found - face.gt, axis=1).mean() < 10


class Noted(Predictor):
    """Notes who has predicted whom."""

    def __init__(self, name, notes):
        self.name = name
        self.notes = notes

    def __call__(self, image, face):
        self.notes.append((self.name, face))
        return image


def test_methods_take_turns_after_a_warm_up():
    notes = []
    predictors = {name: Noted(name, notes) for name in 'ab'}
    faces = [(np.zeros(1), number) for number in range(25)]
    times = time_predictors(predictors, faces)
    assert all(value > 0 for value in times.values())
    turns = [[0, 1, *range(20)], [20, 21, *range(20, 25)]]
    assert notes == [(n, f) for turn in turns for n in 'ab' for f in turn]


@pytest.mark.skipif(
    not hasattr(os, 'sched_setaffinity'), reason='only Linux binds to a core'
)
def test_one_core_is_left_again():
    before = os.sched_getaffinity(0)
    with one_core():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before
