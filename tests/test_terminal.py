"""Tools go on when nobody reads their output any more."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

# Brows, eyes, nose, mouth.
SHAPE = np.array(
    [[30, 30], [66, 30], [32, 40], [64, 40], [48, 55], [36, 70], [60, 70]]
)
CODE = """
import sys
from mmpose_scgcn.terminal import steady_output
steady_output()
for number in range(3000):
    print('some words', number)
    print('others', file=sys.stderr)
print('\\xe9 \\udc80')
sys.stdout.flush()
open('done', 'w').close()
"""


def run(tmp_path, root, stdout, stderr, **variables):
    env = {**os.environ, 'PYTHONPATH': str(root), **variables}
    return subprocess.run(
        [sys.executable, '-c', CODE],
        cwd=tmp_path,
        env=env,
        stdout=stdout,
        stderr=stderr,
        timeout=60,
        check=False,
    )


def test_without_a_reader(tmp_path, root):
    reading, writing = os.pipe()
    os.close(reading)
    assert run(tmp_path, root, writing, writing).returncode == 0
    os.close(writing)
    assert (tmp_path / 'done').exists()


def test_with_a_reader(tmp_path, root):
    variables = dict(LC_ALL='C', PYTHONUTF8='0', PYTHONCOERCECLOCALE='0')
    with (
        open(tmp_path / 'out', 'wb') as out,
        open(tmp_path / 'err', 'wb') as err,
    ):
        result = run(tmp_path, root, out, err, **variables)
    assert result.returncode == 0
    lines = (tmp_path / 'out').read_text('ascii').splitlines()
    assert lines[:-1] == [f'some words {number}' for number in range(3000)]
    assert lines[-1] == '\\xe9 \\udc80'
    assert (tmp_path / 'err').read_text('ascii') == 'others\n' * 3000


def test_the_order_of_both_streams(tmp_path, root):
    with open(tmp_path / 'out', 'wb') as out:
        assert run(tmp_path, root, out, out).returncode == 0
    lines = (tmp_path / 'out').read_text('utf-8').splitlines()
    assert lines[1:-1:2] == ['others'] * 3000


def test_a_data_set_is_whole(tmp_path, root):
    rows = 'name,' + ','.join(f'x{i},y{i}' for i in range(7)) + '\n'
    for number in range(10):
        image = np.zeros((96, 96, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f'{number}.png'), image)
        shape = SHAPE + 0.1 * number
        rows += ','.join([f'{number}.png', *map(str, shape.ravel())]) + '\n'
    (tmp_path / 'faces.csv').write_text(rows, encoding='utf-8')
    tool = root / 'tools/prepare_dataset.py'
    command = f'{sys.executable} {tool} csv faces.csv out 2>&1 | head -1'
    done = subprocess.run(
        command,
        shell=True,
        cwd=tmp_path,
        env={**os.environ, 'PYTHONPATH': str(root)},
        check=False,
        capture_output=True,
        timeout=120,
    )
    assert done.stdout.startswith(b'read: ')
    assert (tmp_path / 'out/face_landmarks_faces_train.json').exists()


def test_orders_to_a_terminal_are_written_out(tmp_path, root):
    code = (
        'from mmpose_scgcn.terminal import steady_output\n'
        'import sys\n'
        'steady_output()\n'
        'print("a\\x1b]0;b\\x07")\n'
        'sys.exit("c\\x9b6n")\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', code],
        env={**os.environ, 'PYTHONPATH': str(root)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == b'a\\x1b]0;b\\x07\n'
    assert done.stderr == b'c\\x9b6n\n'


#: For each tool, arguments of which ``NAME`` is not what it reads.
TOOLS = {
    'adapt_labels': 'face68 NAME.json --out new.pth',
    'analyze_poses': 'NAME',
    'benchmark': 'NAME',
    'browse_dataset': 'NAME',
    'build_graph': 'NAME',
    'calibrate_detector': 'haar --config NAME',
    'check_dataset': 'NAME',
    'demo': '--work-dir NAME --train 99999999',
    'download': 'NAME',
    'draw_predictions': 'NAME weights.pth',
    'explain': '--data-set NAME --out new.json',
    'export': 'NAME out',
    'make_synthetic_faces': 'NAME',
    'plot_ced': 'NAME',
    'predict': 'NAME',
    'prepare_dataset': 'coco NAME out',
    'publish_model': 'NAME weights.pth --name a --licence b',
    'serve': '--detector none/NAME',
    'test': 'NAME weights.pth',
    'train': 'NAME',
}


def test_no_tool_is_left_out(root):
    """The doctor prints no names of others, and imports nothing of ours."""
    tools = {path.stem for path in (root / 'tools').glob('*.py')}
    assert tools - {'doctor'} == set(TOOLS)


@pytest.mark.parametrize('tool', TOOLS)
def test_no_tool_gives_orders_to_a_terminal(tool, run_python, root, tmp_path):
    name = 'a\x1b]0;b\x07'
    (tmp_path / name).touch()
    words = TOOLS[tool].replace('NAME', name).split()
    done = run_python(root / f'tools/{tool}.py', *words, cwd=tmp_path)
    told = done.stdout + done.stderr
    assert done.returncode, told
    assert 'Traceback' not in told
    assert '\x1b' not in told and '\x07' not in told
    assert 'a\\x1b]0;b\\x07' in told
