"""docs/own_keypoints.md, carried out step by step as it is written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

PAGE = Path(__file__).resolve().parent.parent / 'docs/own_keypoints.md'


def read_blocks():
    """The page's code in its order: (language, text)."""
    return re.findall(r'```(bash|python)\n(.*?)```', PAGE.read_text(), re.S)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A folder that looks like the repository, with nothing prepared."""
    folder = tmp_path_factory.mktemp('tutorial')
    for name in ('tools', 'configs'):
        (folder / name).symlink_to(PAGE.parent.parent / name)
    return folder


@pytest.fixture(scope='module')
def outputs(folder):
    """Carry every step out; returns what each printed."""
    environment = {
        **os.environ,
        'PATH': f'{Path(sys.executable).parent}{os.pathsep}'
        + os.environ['PATH'],
        'PYTHONPATH': str(PAGE.parent.parent),
        'PYTHONWARNINGS': 'ignore',
        'OMP_NUM_THREADS': '1',
    }
    printed = []
    for language, text in read_blocks():
        if language == 'python' and '_base_' in text:
            (folder / 'my_config.py').write_text(text)
            continue
        command = ['bash', '-e', '-c', text]
        if language == 'python':
            command = [sys.executable, '-c', text]
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            text=True,
            capture_output=True,
        )
        assert done.returncode == 0, f'{text}\n{done.stdout}\n{done.stderr}'
        printed.append(done.stdout + done.stderr)
    return '\n'.join(printed)


def test_the_data_set_is_prepared(outputs, folder):
    # brows 0-1, eyes 2-5 and 3-4, nostrils 6-7, mouth 9-10
    assert 'flip pairs, inferred: 0-1,2-5,3-4,6-7,9-10' in outputs
    assert re.search(r'train +144 faces', outputs)
    assert re.search(r'val +16 faces', outputs)
    assert (folder / 'data/faces/problems.txt').read_text() == 'none\n'


def test_it_trains_and_is_tested(outputs, folder):
    errors = [float(v) for v in re.findall(r' NME: ([0-9.]+)', outputs)]
    assert len(errors) == 3  # two validations, one test
    assert 0 < errors[-1] < 0.4
    assert len(list((folder / 'work_dirs/my_config').glob('best_NME*'))) == 1


def test_the_pictures_are_there(outputs, folder):
    for name in ('samples', 'graph', 'ced', 'worst'):
        picture = cv2.imread(str(folder / f'work_dirs/{name}.png'))
        assert picture.std() > 5, name


def test_the_figures_of_plot_are_the_test_s(outputs):
    (tested,) = re.findall(r'\(test\).* NME: ([0-9.]+)', outputs)
    assert f'NME {100 * float(tested):.2f}' in outputs
