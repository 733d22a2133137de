"""A suite and results of it, made up."""

from mmpose_scgcn.benchmark import Axis, Method, Results, Search, Suite

import pytest


def make_test(nme, **more):
    """What a test of one run looks like."""
    figures = {'NME': nme, 'median': nme, 'FR@0.08': 0.5, 'FR@0.10': 0.25}
    figures['AUC@0.10'] = 0.4
    bins = dict(edges=[0, 1, 2, 3], count=[3, 0, 1], NME=[nme, None, 2 * nme])
    ced = [min(1, i / 150) for i in range(151)]
    return dict(figures, faces=4, ced=ced, pose_bins=bins, **more)


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
        runs=(),
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
        known.add_run(
            dict(
                method='a',
                seed=seed,
                tests=dict(
                    val=make_test(nme, subsets=dict(dark=make_test(2 * nme))),
                    covered=make_test(nme + 0.01),
                ),
                options={'optim_wrapper.optimizer.lr': 0.01},
                train_seconds=60.0,
                val_curve=[0.5, 0.4, 0.3, 0.2, 0.1],
            )
        )
    known.add_failure(dict(method='b', seed=0, error='out of memory'))
    known.add_search(dict(group='graph', value=0.1, NME=None))
    known.add_search(dict(group='graph', value=0.01, NME=0.04, median=0.035))
    known.set_costs(
        dict(
            a=dict(
                parameters=2_000_000,
                macs=61_500_000,
                step_ms=200.4,
                latency_ms=3.456,
                latency_batch32_ms=66.66,
            )
        )
    )
    return known
