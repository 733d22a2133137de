import json
from dataclasses import replace

from mmpose_scgcn.benchmark import Results, load_results
from mmpose_scgcn.benchmark.results import (
    Cost,
    Failure,
    RunRecord,
    TrialRecord,
    slugify,
)
from mmpose_scgcn.benchmark.results_file import (
    merge_results,
    save_results,
)

import pytest


def test_all_parts_are_kept(known, tmp_path):
    path = tmp_path / 'deep/results.json'
    assert load_results(path) == Results()
    save_results(known, path)
    assert load_results(path) == known
    assert [p.name for p in path.parent.iterdir()] == ['results.json']


def test_bins_of_the_pose_stand_once(known, tmp_path):
    path = tmp_path / 'results.json'
    save_results(known, path)
    content = json.loads(path.read_text())
    assert len(content['pose_bins']) == 1
    assert path.read_text().count('edges') == 1
    # Those of another training set are others.
    run = known.of('a')[0]
    pose = run.tests['val'].pose
    other = replace(pose, bins=replace(pose.bins, train=[9, 9, 9]))
    val = replace(run.tests['val'], pose=other)
    known.add_run(replace(run, tests={**run.tests, 'val': val}))
    save_results(known, path)
    assert path.read_text().count('edges') == 2
    assert load_results(path) == known


@pytest.mark.parametrize(
    ('part', 'which'), [('runs', "('a', 0)"), ('search', "('graph', 0.01)")]
)
def test_what_is_there_twice_is_refused(known, tmp_path, part, which):
    path = tmp_path / 'results.json'
    save_results(known, path)
    content = json.loads(path.read_text())
    content[part].append(content[part][0])
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError) as error:
        load_results(path)
    assert f'{which} is there more than once' in str(error.value)
    assert str(path) in str(error.value)


def test_a_run_has_a_line(known, tmp_path):
    path = tmp_path / 'results.json'
    save_results(known, path)
    before = path.read_text().splitlines()
    known.add_run(replace(known.of('a')[1], commit='other'))
    save_results(known, path)
    after = path.read_text().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_records_are_added_and_replaced_in_order():
    known = Results()
    known.add_trial(TrialRecord('g', 'a', 0.1, 0.2))
    known.add_trial(TrialRecord('g', 'a', 0.01))
    known.add_trial(TrialRecord('g', 'a', 0.1, 0.3))
    assert [trial.NME for trial in known.search] == [None, 0.3]
    known.add_failure(Failure('b', 0, 'why'))
    known.add_failure(Failure('c', 0, 'why'))
    for method, seed, commit in (('b', 1, '1'), ('b', 0, '2'), ('b', 0, '3')):
        known.add_run(RunRecord(method, seed, {}, commit))
    known.add_run(RunRecord('a', 2, {}))
    # It worked after all.
    assert [failure.method for failure in known.failed] == ['c']
    assert [run.seed for run in known.runs] == [2, 0, 1]
    assert [run.commit for run in known.of('b')] == ['3', '1']
    assert known.of('z') == []


@pytest.mark.parametrize(
    'text',
    (
        '{',
        '[]',
        '[1]',
        '{"other": 1}',
        '{"runs": [{"method": "a"}]}',
        '{"runs": [{"method": "a", "seed": 0, "tests": {}, "kind": "x"}]}',
        '{"runs": [{"method": "a", "seed": 0, "tests": '
        '{"val": {"faces": 4, "pose": {"bins": 0, "NME": []}}}}]}',
    ),
)
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / 'results.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=r'results\.json: expected a results'):
        load_results(path)


def test_names_of_folders():
    assert slugify('a + b', 0) == 'a---b_0'
    assert slugify('search', 'RLE', 0.001) == 'search_RLE_0.001'


def test_what_another_call_has_found_is_kept(known, tmp_path):
    path = tmp_path / 'results.json'
    theirs = Results()
    theirs.add_run(replace(known.runs[0], method='theirs'))
    theirs.add_run(replace(known.runs[0], iterations=7))
    theirs.add_failure(Failure(known.runs[1].method, known.runs[1].seed, 'no'))
    theirs.costs = dict(theirs=Cost())
    save_results(theirs, path)
    runs, costs = list(known.runs), set(known.costs)
    failed = list(known.failed)
    merge_results(known, path)
    assert [r for r in known.runs if r.method != 'theirs'] == runs
    assert known.of('theirs') == theirs.of('theirs')
    assert known.failed == failed
    assert set(known.costs) == {*costs, 'theirs'}
    merge_results(known, tmp_path / 'none.json')
