from mmpose_scgcn.benchmark import Method, Suite
from mmpose_scgcn.benchmark.report import (
    make_report,
    mean_and_spread,
    pose_errors,
    write_report,
)

import numpy as np
import pytest

SUITE = Suite(
    name='heads',
    methods=(Method('a', 'graph'), Method('b', 'graph')),
    runs=(),
    tests=dict(val=dict()),
    norm='inter_ocular',
    title='Heads',
)


def make_run(method, seed, nme):
    figures = {'NME': nme, 'median': nme, 'FR@0.08': 0.5, 'FR@0.10': 0.25}
    figures['AUC@0.10'] = 0.4
    bins = dict(edges=[0, 1, 2, 3], count=[3, 0, 1], NME=[nme, None, 2 * nme])
    test = dict(figures, ced=[0, 0.5, 1], pose_bins=bins)
    return dict(method=method, seed=seed, tests=dict(val=test))


RUNS = [make_run('a', 1, 0.05), make_run('a', 0, 0.03)]


def test_the_table_has_means_spreads_and_blanks():
    lines = make_report(SUITE, RUNS).splitlines()
    assert '| a | 0, 1 | 4.00 ± 1.41 | 4.00 ± 1.41 | 50.00 ± 0.00 |' in (
        '\n'.join(lines)
    )
    assert '| b |  |  |  |  |  |  |' in lines
    assert '| faces | 3 | 0 | 1 |' in lines
    assert '| a | 4.00 |  | 8.00 |' in lines


def test_one_value_has_no_spread():
    assert mean_and_spread([0.0314], 2) == '3.14'
    assert mean_and_spread([], 2) == ''


def test_errors_by_pose_are_means_over_seeds():
    np.testing.assert_allclose(
        pose_errors(RUNS, 'a', 'val'), [0.04, np.nan, 0.08]
    )
    assert pose_errors(RUNS, 'b', 'val') is None


@pytest.mark.parametrize('runs', ([], RUNS))
def test_files(tmp_path, runs):
    files = write_report(SUITE, runs, tmp_path)
    names = {path.name for path in files}
    assert names >= {'heads.md'}
    assert ('heads_ced_val.png' in names) == bool(runs)
    assert all(path.stat().st_size for path in files)
