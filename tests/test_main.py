"""The tools by name."""

import subprocess
import sys

import pytest


def run(*arguments):
    return subprocess.run(
        [sys.executable, '-m', 'mmpose_scgcn', *arguments],
        capture_output=True,
        text=True,
    )


def test_help_lists_every_tool_and_what_it_does(root):
    done = run()
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    for path in (root / 'tools').glob('*.py'):
        (line,) = [x for x in lines if x.split()[:1] == [path.stem]]
        assert len(line.split()) > 3, f'{path.name} does not say what it does'


def test_a_misspelt_tool_is_told():
    done = run('predct', 'photo.jpg')
    assert done.returncode == 1
    assert "no tool 'predct'. Did you mean: predict?" in done.stderr


@pytest.mark.parametrize('tool', ['predict', 'doctor', 'train', 'test'])
def test_a_tool_answers_under_its_name(tool):
    done = run(tool, '-h')
    assert done.returncode == 0, done.stderr
    assert f'usage: {tool}.py' in done.stdout
