"""docs/own_keypoints.md, carried out step by step as it is written."""

import json
import multiprocessing
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / 'docs/own_keypoints.md'
#: Every command of Python is a process of its own; imported once for all.
PRELOADED = ['mmpose_scgcn.launch', 'mmpose.models', 'mmpose.datasets']


def read_blocks():
    """The page's code in its order: (language, text)."""
    return re.findall(r'```(bash|python)\n(.*?)```', PAGE.read_text(), re.S)


def run_python(arguments, folder, log):
    """Be ``python ARGUMENTS`` in a folder; what is printed goes to a file."""
    os.chdir(folder)
    with open(log, 'w') as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = arguments
    sys.path.insert(0, str(Path(folder, arguments[0]).parent))
    if arguments[0] == '-c':
        exec(compile(arguments[1], 'page', 'exec'), {'__name__': '__main__'})
    elif arguments[0] == '-m':
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name='__main__', alter_sys=True)
    else:
        runpy.run_path(arguments[0], run_name='__main__')


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A folder that looks like the repository, with nothing prepared."""
    folder = tmp_path_factory.mktemp('tutorial')
    for name in ('tools', 'configs'):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope='module')
def python(folder):
    """Run ``python ARGUMENTS`` there; returns what it printed."""
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(PRELOADED)

    def run(arguments):
        log = folder / 'printed.txt'
        process = context.Process(
            target=run_python, args=(arguments, folder, log)
        )
        process.start()
        process.join()
        printed = log.read_text()
        assert process.exitcode == 0, f'{arguments}\n{printed}'
        return printed

    return run


def shell(line, folder):
    """Run a line of bash there."""
    done = subprocess.run(
        ['bash', '-c', line], cwd=folder, text=True, capture_output=True
    )
    assert done.returncode == 0, f'{line}\n{done.stdout}\n{done.stderr}'
    return done.stdout


@pytest.fixture(scope='module')
def outputs(folder, python):
    """Carry every step out; returns what all of them printed."""
    printed = []
    for language, text in read_blocks():
        if language == 'python' and '_base_' in text:
            (folder / 'my_config.py').write_text(text)
        elif language == 'python':
            printed.append(python(['-c', text]))
        else:
            for line in text.splitlines():
                command = shlex.split(line)
                printed.append(
                    python(command[1:])
                    if command[0] == 'python'
                    else shell(line, folder)
                )
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
    assert len(list((folder / 'work_dirs/trial').glob('best_NME*'))) == 1


def test_the_pictures_are_there(outputs, folder):
    for name in ('samples', 'graph', 'ced', 'worst'):
        picture = cv2.imread(str(folder / f'work_dirs/{name}.png'))
        assert picture.std() > 5, name


def test_the_figures_of_plot_are_the_test_s(outputs):
    (tested,) = re.findall(r'\(test\).* NME: ([0-9.]+)', outputs)
    assert f'NME {100 * float(tested):.2f}' in outputs


def test_the_model_is_used(outputs, folder):
    predicted = folder / 'work_dirs/predicted'
    (face,) = json.loads((predicted / 'predictions/photo.json').read_text())
    points = np.array(face['keypoints'])
    assert points.shape == (12, 2) and 0 < points.min() < points.max() < 128
    drawn = cv2.imread(str(predicted / 'visualizations/photo.jpg'))
    photo = cv2.imread(str(folder / 'work_dirs/photo.jpg'))
    assert drawn.shape == photo.shape and (drawn != photo).any()
    assert '(1, 12, 2)' in outputs  # the same in Python
