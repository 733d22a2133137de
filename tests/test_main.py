"""The tools by name."""

import pytest


@pytest.fixture
def run(run_python):
    def run(*arguments, **options):
        return run_python('-m', 'mmpose_scgcn', *arguments, **options)

    return run


def test_help_lists_every_tool_and_what_it_does(run, root):
    done = run(cold=True)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    for path in (root / 'tools').glob('*.py'):
        (line,) = [x for x in lines if x.split()[:1] == [path.stem]]
        assert len(line.split()) > 3, f'{path.name} does not say what it does'


def test_a_misspelt_tool_is_told(run):
    done = run('predct', 'photo.jpg')
    assert done.returncode == 1
    assert "no tool 'predct'. Did you mean: predict?" in done.stderr


@pytest.mark.parametrize('tool', ['predict', 'doctor', 'train', 'test'])
def test_a_tool_answers_under_its_name(run, tool):
    done = run(tool, '-h')
    assert done.returncode == 0, done.stderr
    assert f'usage: {tool}.py' in done.stdout


HELP = """
import runpy, sys
for tool in sys.argv[1:]:
    sys.argv = ['mmpose_scgcn', tool, '-h']
    try:
        runpy.run_module('mmpose_scgcn', run_name='__main__')
    except SystemExit as end:
        assert not end.code
    slow = {'torch', 'mmengine', 'mmpose', 'matplotlib'} & set(sys.modules)
    assert not slow, f'{tool} -h imports {slow}'
"""


def test_help_is_there_before_the_slow_imports(run_python, root):
    tools = sorted(path.stem for path in (root / 'tools').glob('*.py'))
    done = run_python('-c', HELP, *tools, cold=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    told = [line.split()[1] for line in lines if line.startswith('usage: ')]
    assert told == [f'{tool}.py' for tool in tools]
