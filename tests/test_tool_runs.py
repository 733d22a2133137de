"""Tools are found and run by name."""

from mmpose_scgcn.tools import find_tools, run_tool

import pytest


def test_the_tools_of_the_source_tree_are_found(root):
    tools = find_tools()
    assert set(tools) == {path.stem for path in (root / 'tools').glob('*.py')}
    assert tools['predict'] == root / 'tools/predict.py'


def test_a_tool_shows_the_lines_that_are_asked_for(root, capfd, monkeypatch):
    monkeypatch.chdir(root)
    run_tool('make_synthetic_faces', '-h', prefix='faces', only='usage')
    out = capfd.readouterr().out
    lines = out.splitlines()
    assert lines[0] == '$ python tools/make_synthetic_faces.py -h'
    assert lines[1].startswith('[faces] usage: make_synthetic_faces.py')
    assert len(lines) == 2


def test_a_tool_that_fails_shows_why(capfd):
    with pytest.raises(
        RuntimeError, match=r'plot_ced.py failed with status 2'
    ):
        run_tool('plot_ced', '--nonsense', only='nothing')
    shown = capfd.readouterr()
    assert 'plot_ced.py: error' in shown.err
    assert len(shown.out.splitlines()) == 1
