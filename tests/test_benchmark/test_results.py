import json

from mmpose_scgcn.benchmark import Results, load_results
from mmpose_scgcn.benchmark.results import task_slug

import pytest


def make_run(method, seed, **more):
    return dict(method=method, seed=seed, tests={}, **more)


def test_runs_are_added_and_replaced(tmp_path):
    path = tmp_path / 'deep/results.json'
    assert load_results(path) == Results()
    for method, seed, value in (('b', 0, 1), ('a', 1, 2), ('b', 0, 3)):
        known = load_results(path)
        known.add_run(make_run(method, seed, value=value))
        known.save(path)
    runs = [make_run('a', 1, value=2), make_run('b', 0, value=3)]
    assert load_results(path).runs == runs
    assert json.loads(path.read_text()) == dict(runs=runs)
    assert [p.name for p in path.parent.iterdir()] == ['results.json']


def test_all_parts_are_kept(tmp_path):
    path = tmp_path / 'results.json'
    known = Results()
    known.add_search(dict(group='g', value=0.1, NME=0.2))
    known.add_search(dict(group='g', value=0.01, NME=None))
    known.add_search(dict(group='g', value=0.1, NME=0.3))
    known.add_failure(dict(method='b', seed=0, error='why'))
    known.add_failure(dict(method='c', seed=0, error='why'))
    known.add_run(make_run('a', 0))
    known.set_costs(dict(b=dict(macs=2), a=dict(macs=1)))
    known.add_run(make_run('b', 0))  # it worked after all
    known.save(path)
    again = load_results(path)
    assert again == known
    assert [run['NME'] for run in again.search] == [None, 0.3]
    assert [run['method'] for run in again.failed] == ['c']
    # Whichever comes first, a run has the costs of its method.
    assert [run['macs'] for run in again.runs] == [1, 2]


def test_runs_of_a_method_come_by_seed():
    known = Results(runs=[make_run('a', 2), make_run('a', 0)])
    assert [run['seed'] for run in known.of('a')] == [0, 2]
    assert known.of('b') == []


@pytest.mark.parametrize(
    'text',
    ('{', '[]', '[1]', '{"other": 1}', '{"runs": [{"method": "a"}]}'),
)
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / 'results.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=r'results\.json: expected a results'):
        load_results(path)


def test_folders_of_tasks_differ():
    tasks = [
        dict(kind='run', method='a + b', seed=0),
        dict(kind='run', method='a + b', seed=1),
        dict(kind='test', method='a + b', seed=0),
        dict(kind='search', group='a', value=0.001),
        dict(kind='search', group='a', value=0.01),
        dict(kind='costs', methods=['a']),
    ]
    slugs = [task_slug(task) for task in tasks]
    assert slugs[0] == 'a---b_0'
    assert len(set(slugs)) == 6
    assert not any(set(slug) & set(' /+') for slug in slugs)
