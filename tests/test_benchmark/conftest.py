"""A suite with results that are made up, and one of a tiny config."""

import shutil

from mmpose_scgcn.benchmark import Axis, Method, Results, Search, Suite
from mmpose_scgcn.benchmark.results import (
    Accuracy,
    Cost,
    Failure,
    PoseBins,
    PoseErrors,
    RunRecord,
    TrialRecord,
)
from mmpose_scgcn.benchmark.results_file import save_results
from mmpose_scgcn.benchmark.tasks import Run
from mmpose_scgcn.benchmark.workspace import Workspace

import pytest

BINS = PoseBins([0.0, 1.0, 2.0, 3.0], [5, 5, 5], [3, 0, 1])
#: Of 150 faces one more at each error.
CED = list(range(151))
TINY = """
title = 'Tiny'
config = 'tiny.py'
norm = 'inter_ocular'
hidden = dict(type='mmpose_scgcn.PerturbFace', occlusion=0.4)
tests = dict(
    val=dict(subsets=dict(first=dict(field='id', values=[1, 17, 21]))),
    hidden=dict(insert=[hidden]),
)
search = dict(groups=dict(graph='one'), values=(1e-3, 1e12))
still = {'optim_wrapper.optimizer.lr': 1e-12}
methods = {
    'one': dict(kind='graph', seeds=(0, 1), ours=True, group='graph'),
    'second': dict(kind='graph', options=still, start='one'),
    'unfit': dict(kind='graph', start='one',
                  options={'model.head.hidden_channels': 64}),
    'zoo': dict(kind='graph', checkpoint='zoo.pth'),
}
"""


def make_accuracy(nme, **more):
    """What a model reaches on a test set."""
    figures = {'NME': nme, 'median': nme, 'FR@0.08': 0.5, 'FR@0.10': 0.25}
    figures['AUC@0.10'] = 0.4
    pose = PoseErrors(BINS, [nme, None, 2 * nme])
    return Accuracy(150, figures, ced=CED, pose=pose, **more)


@pytest.fixture
def suite():
    tests = dict(val=dict(subsets=dict(dark=dict(attribute='dark'))))
    tests['covered'] = dict(insert=[dict(type='PerturbFace', occlusion=0.3)])
    return Suite(
        name='heads',
        path='benchmarks/heads.py',
        methods=(
            Method('a', 'graph', ours=True, group='graph'),
            Method('b', 'heatmap', pooled=True),
            Method('zoo', 'heatmap', checkpoint='nowhere.pth'),
        ),
        tests=tests,
        norm='inter_ocular',
        title='Heads & tails',
        search=Search(dict(graph='a'), (0.1, 0.01, 0.001)),
        axes=dict(
            occlusion=Axis('covered part, %', {'0': 'val', '30': 'covered'})
        ),
    )


@pytest.fixture
def known():
    known = Results()
    for seed, nme in ((1, 0.05), (0, 0.03)):
        dark = dict(dark=make_accuracy(2 * nme))
        tests = dict(
            val=make_accuracy(nme, subsets=dark),
            covered=make_accuracy(nme + 0.01),
        )
        known.add_run(
            RunRecord(
                'a',
                seed,
                tests,
                options={'optim_wrapper.optimizer.lr': 0.01},
                train_seconds=60.0,
                val_curve=[0.5, 0.4, 0.3, 0.2, 0.1],
            )
        )
    known.add_failure(Failure('b', 0, 'out of memory'))
    known.add_trial(TrialRecord('graph', 'a', 0.1))
    known.add_trial(TrialRecord('graph', 'a', 0.01, 0.04, 0.035))
    known.costs['a'] = Cost(2_000_000, 61_500_000, 200.4, 3.456, 66.66)
    return known


@pytest.fixture(scope='package')
def done(write_config, tmp_path_factory):
    """A workspace with one run of one method, searched for and trained."""
    folder = tmp_path_factory.mktemp('tasks')
    write_config(folder)
    (folder / 'suite.py').write_text(TINY)
    paths = folder / 'suite.py', folder / 'suite.json', folder / 'work'
    space = Workspace.open(*map(str, paths))
    for value, nme in ((1e-3, 0.2), (1e12, None)):
        trial = TrialRecord('graph', 'one', value, nme)
        space.known.add_trial(trial)
    space.known.add_run(Run('one', 0).execute(space))
    save_results(space.known, space.results)
    return space


@pytest.fixture
def space(done, tmp_path):
    """A copy of it, to be changed."""
    folder = done.results.parent
    shutil.copytree(folder, tmp_path / 'copy')
    names = 'suite.py', 'suite.json', 'work'
    return Workspace.open(*(str(tmp_path / 'copy' / name) for name in names))
