import sys
from dataclasses import replace

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
        ("kind='graph'", "sort='graph'", r"method a: .*argument 'sort'"),
        (
            'config = ',
            "axes = dict(x=dict(label='x', tests={'0': 'y'}))\nconfig = ",
            r"no tests \['y'\]",
        ),
        (
            'config = ',
            "axes = dict(x=dict(label='x', tests={'few': 'val'}))\nconfig = ",
            'axis x: expected tests to be a dict from numbers to names',
        ),
        (
            'config = ',
            "summary = {'FR': ('val', 'FR@0.05')}\nconfig = ",
            "summary 'FR': no figure 'FR@0.05' of AUC@0.10, ",
        ),
        (
            'seeds=(0, 1),',
            'seeds=(0, 0),',
            'method a: expected seeds that dif',
        ),
        ('seeds=(0, 1),', 'seeds=(),', 'method a: expected seeds that differ'),
        (
            "'b': dict(kind='heatmap'",
            "'a ': dict(kind='graph'),\n    'a+': dict(kind='heatmap'",
            r"'a ' and 'a\+' differ in signs only",
        ),
        ("kind='graph'", "kind='graph', group='g'", r"no search .*\['g'\]"),
        (
            'config = ',
            "summary = dict(NME=('test', 'NME'))\nconfig = ",
            r"no tests \['test'\]",
        ),
        (
            'config = ',
            "search = dict(groups=dict(g='d'), values=(1.0,))\nconfig = ",
            "has no method 'd'",
        ),
        (
            'config = ',
            "search = dict(groups={}, values=(1.0,), test='z')\nconfig = ",
            r"no tests \['z'\]",
        ),
        (
            'config = ',
            "search = dict(groups={}, values=(1.0,), test='val', "
            "more={'h': (2.0,)})\nconfig = ",
            r"no search .*\['h'\]",
        ),
        ("kind='graph'", "kind='tree'", "method a: expected kind in .*'tree'"),
        ("norm = 'inter_ocular'", '', 'expected norm too'),
        (
            'tests = dict(val=dict())',
            "tests = {'val': 'a.json'}",
            'tests to be a dict with a dict .*got .a.json. for .val',
        ),
        (
            'tests = dict(val=dict())',
            "tests = ['val']",
            r"tests to be a dict.*got \['val'\]",
        ),
        (
            'tests = dict(val=dict())',
            'tests = {}',
            'tests to be a dict with a dict for each name, got none',
        ),
        (
            'methods = {',
            'methods = {}\n_others = {',
            'methods to be a dict with a dict for each name, got none',
        ),
        (
            'methods = {',
            'methods = [',
            r'heads.py cannot be read: line \d+: SyntaxError',
        ),
        (
            'methods = {',
            'import nothing_of_this_name\nmethods = {',
            'line 6: ModuleNotFoundError: No module named',
        ),
        (
            'seeds=(0, 1)',
            'seeds=3',
            r'method a: expected a list of seeds.* got seeds=3',
        ),
        (
            "kind='graph'",
            "kind='graph', start='d'",
            "method a: start 'd': there is no such method",
        ),
        (
            "kind='graph'",
            "kind='graph', start='b', checkpoint='x.pth'",
            "method a: start 'b': a method with a checkpoint is not trained",
        ),
        (
            "kind='heatmap'",
            "kind='heatmap', start='c'),\n"
            "    'd': dict(start='b', kind='graph'",
            "method d: start 'b': expected a method that is trained from",
        ),
        (
            "'c': dict(",
            "'zoo': dict(kind='graph', checkpoint='x.pth'),\n"
            "    'c': dict(start='zoo', ",
            "method c: start 'zoo': expected a method that is trained from",
        ),
    ),
)
def test_another_content_is_an_error(suite_file, old, new, message):
    suite_file.write_text(SUITE.replace(old, new))
    with pytest.raises(ValueError, match=message):
        load_suite(suite_file)


def test_modules_beside_it_are_found_from_anywhere(tmp_path, monkeypatch):
    """And those beside another suite are not taken for them."""
    monkeypatch.chdir('/')
    for name in ('one', 'two'):
        folder = tmp_path / name
        folder.mkdir()
        (folder / 'model.py').write_text('model = dict()')
        (folder / 'rows.py').write_text(f'title = {name!r}')
        text = SUITE.replace("title = 'Two heads'", 'from rows import title')
        (folder / 'heads.py').write_text(text)
        before = list(sys.path)
        assert load_suite(folder / 'heads.py').title == name
        assert sys.path == before


def test_search_and_axes(suite_file):
    more = """
search = dict(groups=dict(g='a'), values=(1e-3, 1e-2))
axes = dict(x=dict(label='covered, %', tests={'0': 'val'}))
"""
    text = SUITE.replace("kind='graph'", "kind='graph', group='g'")
    suite_file.write_text(text + more)
    suite = load_suite(suite_file)
    assert suite.search.values == (1e-3, 1e-2)
    assert suite.search.test == 'val'
    assert suite.axes['x'].tests == {'0': 'val'}
    assert suite.method('a').group == 'g'
    suite_file.write_text(SUITE)
    assert load_suite(suite_file).search is None


def test_weights_of_others(suite_file):
    method = load_suite(suite_file).method('a')
    path = suite_file.parent / 'weights.pth'
    assert not method.absent
    assert replace(method, checkpoint=str(path)).absent
    path.write_bytes(b'x')
    assert not replace(method, checkpoint=str(path)).absent
    assert not replace(method, checkpoint='https://a.b/c.pth').absent


def test_weights_beside_a_suite_are_found_from_anywhere(
    suite_file, tmp_path, monkeypatch
):
    text = SUITE.replace("kind='graph'", "kind='graph', checkpoint='x.pth'")
    suite_file.write_text(text)
    assert load_suite(suite_file).method('a').absent == 'no file x.pth'
    (suite_file.parent / 'x.pth').write_bytes(b'x')
    monkeypatch.chdir('/')
    method = load_suite(suite_file).method('a')
    assert method.checkpoint == str(suite_file.parent / 'x.pth')
    assert not method.absent


def test_a_missing_config_is_named(suite_file):
    (suite_file.parent / 'model.py').unlink()
    with pytest.raises(FileNotFoundError, match=r'method a: no config'):
        load_suite(suite_file)


@pytest.mark.parametrize(
    'name',
    [
        '300w_128px',
        '300w_cpu',
        '300w_gpu',
        '300w_zoo_scale',
        'two_stage',
        'wing_losses',
    ],
)
def test_the_shipped_suites_are_read(root, name):
    suite = load_suite(root / f'benchmarks/{name}.py')
    assert suite.runs
    assert suite.tests


def test_values_of_an_axis_may_be_numbers(suite_file):
    axis = "axes = dict(x=dict(label='x', tests={0: 'val', 0.5: 'val'}))\n"
    suite_file.write_text(axis + SUITE)
    tests = load_suite(suite_file).axes['x'].tests
    assert tests == {'0': 'val', '0.5': 'val'}
