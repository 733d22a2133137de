from dataclasses import replace

from mmpose_scgcn.benchmark import Results
from mmpose_scgcn.benchmark.plots import plot_axis, plot_ced
from mmpose_scgcn.benchmark.report import make_report, write_report
from mmpose_scgcn.benchmark.results import RunRecord
from mmpose_scgcn.benchmark.suite import Method
from mmpose_scgcn.benchmark.tables import (
    make_tables,
    mean_and_spread,
    pose_bins_of,
    pose_errors,
    row,
    still_falling,
)

import numpy as np
import pytest


def test_errors_have_means_spreads_and_blanks(suite, known):
    lines = make_report(suite, known).splitlines()
    errors = '4.00 ± 1.41 | 4.00 ± 1.41 | 50.00 ± 0.00 | 25.00 ± 0.00'
    assert f'| a † | 0, 1 | {errors} | 40.0 ± 0.0 |  |  |' in lines
    assert '| b | 0 failed: out of memory |  |  |  |  |  |  |  |' in lines
    absent = 'absent: no file nowhere.pth'
    assert f'| zoo | {absent} |  |  |  |  |  |  |  |' in lines


def test_rows_that_were_not_run_are_named_once(suite, known):
    waiting = (Method('c', 'graph'), Method('d', 'graph'))
    suite = replace(suite, methods=(*suite.methods, *waiting))
    report = make_report(suite, known)
    assert report.count('Not run yet: c; d.') == 1
    assert '| c |' not in report
    assert 'Not run yet' not in make_report(
        replace(suite, methods=suite.methods[:3]), known
    )


@pytest.mark.parametrize(
    ('path', 'command'),
    [
        (
            'benchmarks/heads.py',
            'python tools/benchmark.py benchmarks/heads.py',
        ),
        ('mine/heads.py', 'python -m mmpose_scgcn benchmark heads.py'),
    ],
)
def test_the_command_is_that_of_the_suite(suite, known, path, command):
    report = make_report(replace(suite, path=path), known)
    assert f'`{command}`; percent, ' in report


def test_rows_in_another_precision_than_float32_are_named(suite, known):
    assert 'Trained in' not in make_report(suite, known)
    first, second = known.runs
    known.add_run(replace(first, precision='float32'))
    known.add_run(replace(second, precision='bfloat16'))
    report = make_report(suite, known)
    assert 'Trained in bfloat16: a (seed 1).' in report
    assert 'float16: a (seeds' not in report
    known.add_run(replace(first, precision='bfloat16'))
    told = 'Trained in bfloat16: a (seeds 0, 1).'
    assert told in make_report(suite, known)


def test_tables_without_rows_are_left_out(suite):
    suite = replace(suite, methods=suite.methods[:1])
    titles = [table.title for table in make_tables(suite, Results())]
    assert titles == ['Learning rates: NME on val, seed 0']


def test_mean_offsets_are_shown_where_they_are_known(suite, known):
    for run in known.runs:
        run.tests['val'].figures.update(bias_x=-0.02, bias_y=0.015)
    lines = make_report(suite, known).splitlines()
    (row, *_) = (line for line in lines if ' 25.00 ± 0.00 |' in line)
    assert row.endswith('| -2.00 ± 0.00 | 1.50 ± 0.00 |')


def test_the_other_tables(suite, known):
    lines = make_report(suite, known).splitlines()
    for line in (
        '## val: NME by subset',
        '| a | 8.00 ± 2.83 |',
        '| faces | 3 | 0 | 1 |  |',
        '| a | 4.00 |  | 8.00 | 6.00 |',
        '## NME by covered part, %',
        '| a | 4.00 ± 1.41 | 5.00 ± 1.41 |',
        '| a | graph | 2.00 | 61.5 | 200 | 3.46 | 66.7 |  | 0.01 | 60 |',
        '| b | heatmap, pooled |  |  |  |  |  |  |  |  |',
        '| graph | a | diverged | 4.00 (3.50) |  |',
    ):
        assert line in lines, line


def test_one_value_has_no_spread():
    assert mean_and_spread([0.0314], 2) == '3.14'
    assert mean_and_spread([], 2) == ''


def test_errors_by_pose_are_means_over_seeds(known):
    bins = pose_bins_of(known, 'val')
    np.testing.assert_allclose(
        pose_errors(known, 'a', 'val', bins), [0.04, np.nan, 0.08]
    )
    assert pose_errors(known, 'b', 'val', bins) is None


@pytest.mark.parametrize(
    ('curve', 'falling'),
    (
        ((0.9, 0.5, 0.2, 0.1, 0.099), False),
        ((0.9, 0.5, 0.2, 0.1, 0.09), True),
        ((0.9, 0.5, 0.1, 0.2, 0.15), False),  # it has been better
        ((0.9, 0.5, 0.1), False),  # too few validations to tell
        ((), False),
    ),
)
def test_a_training_has_converged_when_its_end_changes_little(curve, falling):
    assert still_falling(RunRecord('a', 0, {}, val_curve=curve)) is falling


def test_a_cell_does_not_end_a_row():
    assert row(['a|b', 'c']) == '| a&#124;b | c |'


def test_files(suite, known, tmp_path):
    names = {path.name for path in write_report(suite, known, tmp_path)}
    assert names == {
        'heads.md',
        'heads_ced_val.png',  # not of `covered`: it is on an axis
        'heads_pose_val.png',
        'heads_occlusion.png',
    }
    assert {path.name for path in tmp_path.iterdir()} == names
    assert all(path.stat().st_size > 500 for path in tmp_path.iterdir())


def test_a_test_of_one_seed_is_blank_and_has_no_plot(suite, known, tmp_path):
    """Of means over seeds, some would be of fewer than the row says."""
    known.runs[0].tests.pop('covered')
    table, *plots = write_report(suite, known, tmp_path)
    assert '| a | 4.00 ± 1.41 |  |' in table.read_text()
    for run in known.runs:
        run.tests.pop('covered', None)
    _, *others = write_report(suite, known, tmp_path)
    assert {p.name for p in plots} - {p.name for p in others} == {
        'heads_occlusion.png'
    }


def test_a_row_has_one_colour_and_style(suite, known):
    """Also beside rows that have not been tested there."""
    run = known.of('a')[0]
    known.add_run(replace(run, method='b'))
    first, second = plot_ced(suite, known, 'val').axes[0].lines
    known.add_run(replace(run, tests=dict(covered=run.tests['covered'])))
    (alone,) = plot_ced(suite, known, 'val').axes[0].lines
    assert first.get_color() != second.get_color() == alone.get_color()
    assert alone.get_linestyle() == second.get_linestyle()


def test_nothing_has_been_run(suite, tmp_path):
    (table,) = write_report(suite, Results(), tmp_path)
    text = table.read_text()
    assert 'Not run yet: a; b.' in text
    assert '| a |' not in text.partition('## Learning rates')[0]


def test_curves_are_those_of_the_figures(suite, known):
    (axes,) = plot_axis(suite, known, 'occlusion').axes
    (line,) = axes.get_lines()
    np.testing.assert_allclose(line.get_xydata(), [[0, 4], [30, 5]])
    (axes,) = plot_ced(suite, known, 'val').axes
    (line,) = axes.get_lines()
    np.testing.assert_allclose(line.get_ydata(), np.arange(151) / 1.5)


def test_a_summary_comes_first(suite, known):
    suite = replace(
        suite,
        summary={
            'NME': ('val', 'NME'),
            'covered: FR@0.10': ('covered', 'FR@0.10'),
        },
    )
    first = make_tables(suite, known)[0]
    assert first.head[:4] == ['method', 'seeds', 'NME', 'covered: FR@0.10']
    a, b, zoo = first.rows
    assert a == ['a †', '0, 1', '4.00 ± 1.41', '25.00 ± 0.00', '2.00', '3.5']
    assert b == ['b', '0 failed: out of memory', '', '', '', '']
    assert zoo[1] == 'absent: no file nowhere.pth'


def test_rows_with_other_bins_of_pose_are_in_no_table_of_them(suite, known):
    """Their faces are others: what a model was trained on makes the bins."""
    first = known.runs[0]
    test = first.tests['val']
    bins = replace(test.pose.bins, count=[1, 2, 1])
    pose = replace(test.pose, bins=bins)
    other = replace(first, method='b', tests={'val': replace(test, pose=pose)})
    known.runs.insert(0, other)
    assert pose_errors(known, 'b', 'val', bins) is not None
    assert pose_errors(known, 'b', 'val', test.pose.bins) is None
    (table,) = (
        t
        for t in make_tables(suite, known)
        if t.title.startswith('val: NME by p')
    )
    assert table.rows[0][:4] == ['faces', *map(str, test.pose.bins.count)]
    assert [row[0] for row in table.rows] == ['faces', 'a']
