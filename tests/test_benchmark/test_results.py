from mmpose_scgcn.benchmark import load_results, save_result

import pytest


def test_runs_are_added_and_replaced(tmp_path):
    path = tmp_path / 'deep/results.json'
    assert load_results(path) == []
    for method, seed, value in (('b', 0, 1), ('a', 1, 2), ('b', 0, 3)):
        save_result(path, dict(method=method, seed=seed, value=value))
    assert load_results(path) == [
        dict(method='a', seed=1, value=2),
        dict(method='b', seed=0, value=3),
    ]
    assert [p.name for p in path.parent.iterdir()] == ['results.json']


@pytest.mark.parametrize('text', ('{', '[]', '{"other": 1}'))
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / 'results.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=r'results\.json: expected a results'):
        load_results(path)
