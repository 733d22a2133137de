import runpy

import pytest

FEW = ['--train', '2', '--val', '1', '--test', '1', '--size', '48']


@pytest.fixture
def run_tool(root, monkeypatch, capsys):
    """Run the script in this process; returns status, stdout and stderr."""

    def run(*arguments):
        script = str(root / 'tools' / 'make_synthetic_faces.py')
        monkeypatch.setattr('sys.argv', [script, *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            runpy.run_path(script, run_name='__main__')
        return stop.value.code, *capsys.readouterr()

    return run


def test_the_tool_writes_and_tells(run_tool, tmp_path):
    status, out, _ = run_tool(tmp_path / 'faces', *FEW)
    assert status == 0
    assert 'train      2 faces' in out
    assert '4 faces in' in out
    assert (tmp_path / 'faces' / 'preview.jpg').is_file()


def test_the_tool_refuses_a_full_folder_in_one_line(run_tool, tmp_path):
    (tmp_path / 'mine.txt').write_text('keep')
    status, _, err = run_tool(tmp_path, *FEW)
    assert status == 2
    assert err.startswith('error: ')
    assert 'not empty' in err
    assert len(err.splitlines()) == 1
