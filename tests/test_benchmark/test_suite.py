from mmpose_scgcn.benchmark import load_suite

import pytest

SUITE = """
title = 'Two heads'
config = 'model.py'
norm = 'inter_ocular'
tests = dict(val=dict())
methods = {
    'a': dict(kind='graph', seeds=(0, 1), ours=True),
    'b': dict(kind='heatmap', seeds=(0, 1, 2), options={'x.y': 1}),
    'c': dict(kind='regression', pooled=True, delay=1),
}
"""


@pytest.fixture
def suite_file(tmp_path):
    (tmp_path / 'model.py').write_text('model = dict()')
    path = tmp_path / 'heads.py'
    path.write_text(SUITE)
    return path


def test_first_seeds_come_first(suite_file):
    suite = load_suite(suite_file)
    assert suite.name == 'heads'
    assert [(m.name, seed) for m, seed in suite.runs] == [
        *(('a', 0), ('b', 0), ('a', 1), ('b', 1), ('c', 0)),
        ('b', 2),
    ]
    assert suite.methods[1].options == {'x.y': 1}
    assert suite.methods[2].pooled
    assert suite.methods[0].config == str(suite_file.parent / 'model.py')


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    (
        ("kind='graph'", "kind='tree'", "method a: expected kind in .*'tree'"),
        ("norm = 'inter_ocular'", '', 'expected norm too'),
    ),
)
def test_another_content_is_an_error(suite_file, old, new, message):
    suite_file.write_text(SUITE.replace(old, new))
    with pytest.raises(ValueError, match=message):
        load_suite(suite_file)


def test_a_missing_config_is_named(suite_file):
    (suite_file.parent / 'model.py').unlink()
    with pytest.raises(FileNotFoundError, match=r'method a: no config'):
        load_suite(suite_file)


@pytest.mark.parametrize('name', ['two_stage', 'wing_losses'])
def test_the_shipped_suites_are_read(root, name):
    suite = load_suite(root / f'benchmarks/{name}.py')
    assert suite.runs
    assert suite.tests
