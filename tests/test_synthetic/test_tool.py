TOOL = 'tools/make_synthetic_faces.py'
FEW = ['--train', 2, '--val', 1, '--test', 1, '--size', 48]


def test_the_tool_writes_and_tells(run_python, root, tmp_path):
    result = run_python(root / TOOL, tmp_path / 'faces', *FEW)
    assert result.returncode == 0, result.stderr
    assert 'train      2 faces' in result.stdout
    assert '4 faces in' in result.stdout
    assert (tmp_path / 'faces' / 'preview.jpg').is_file()


def test_the_tool_refuses_a_full_folder_in_one_line(
    run_python, root, tmp_path
):
    (tmp_path / 'mine.txt').write_text('keep')
    result = run_python(root / TOOL, tmp_path, *FEW)
    assert result.returncode == 2
    assert result.stderr.startswith('error: ')
    assert 'not empty' in result.stderr
    assert len(result.stderr.splitlines()) == 1
