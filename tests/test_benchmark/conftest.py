"""A suite with results that are made up."""

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

import pytest

BINS = PoseBins([0.0, 1.0, 2.0, 3.0], [5, 5, 5], [3, 0, 1])
#: Of 150 faces one more at each error.
CED = list(range(151))


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
