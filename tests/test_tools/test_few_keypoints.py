"""One, two and three keypoints: what works, and what is said."""

import json

import cv2
import numpy as np
import pytest

WING = 'td-reg_cnn6-wing_1xb32-60e_300w-64x64'
SHAPE = np.array([[34, 40], [62, 40], [48, 60]])
ONE_EPOCH = ('train_cfg.max_epochs=1', 'train_cfg.val_interval=1')


@pytest.fixture
def table(tmp_path):
    """A table of so many keypoints of twelve faces, with boxes."""

    def write(count):
        rng = np.random.default_rng(0)
        names = ','.join(f'x{i},y{i}' for i in range(count))
        rows = [f'name,{names},left,top,width,height']
        for index in range(12):
            image = rng.integers(0, 255, (96, 96, 3), np.uint8)
            cv2.imwrite(str(tmp_path / f'{index}.png'), image)
            shape = SHAPE[:count] + rng.normal(0, 2, (count, 2))
            cells = [f'{value:.2f}' for value in shape.ravel()]
            rows.append(','.join([f'{index}.png', *cells, '20,20,56,56']))
        (tmp_path / 'faces.csv').write_text('\n'.join(rows))

    return write


@pytest.fixture
def tool(run_python, root, tmp_path):
    """Run a tool in a process of its own."""

    def run(name, *options):
        return run_python(root / f'tools/{name}.py', *options, cwd=tmp_path)

    return run


def prepare(tool, *options):
    return tool('prepare_dataset', 'csv', 'faces.csv', 'out', *options)


def train(tool):
    options = [
        f'{part}_dataloader.{option}'
        for part in ('train', 'val')
        for option in ('num_workers=0', 'persistent_workers=False')
    ]
    return tool(
        *('train', 'my.py', '--work-dir', 'run', '--cfg-options'),
        *(*options, *ONE_EPOCH),
    )


def test_one_keypoint_has_no_box_and_no_graph(table, tool, tmp_path):
    table(1)
    result = prepare(tool)
    assert result.returncode == 1
    assert 'a single keypoint has no tight box: give boxes' in result.stderr
    given = ('--box', 'given', '--config', 'my.py')
    result = prepare(tool, *given)
    assert result.returncode == 1
    assert 'needs a graph of at least 2 keypoints' in result.stderr
    assert f'such as --base {WING}' in result.stderr
    assert not (tmp_path / 'out').exists()
    result = prepare(tool, *given, '--base', WING)
    assert result.returncode == 0, result.stderr
    assert 'flip pairs, inferred: none' in result.stdout
    result = train(tool)
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / 'run').glob('best_NME_epoch_1.pth'))
    result = tool('build_graph', '--ann-file', annotations(tmp_path))
    assert result.returncode == 1
    assert 'got 1; a graph needs at least 2' in result.stderr


@pytest.mark.parametrize('count', (2, 3))
def test_a_small_graph_fits_the_config(table, tool, tmp_path, count):
    table(count)
    result = prepare(tool, '--config', 'my.py')
    if count == 2:
        assert result.returncode == 1
        assert 'two keypoints are too few to tell' in result.stderr
        assert 'give --flip-pairs 0-1 or none' in result.stderr
        result = prepare(tool, '--config', 'my.py', '--flip-pairs', '0-1')
    assert result.returncode == 0, result.stderr
    result = train(tool)
    assert result.returncode == 0, result.stderr
    result = tool('build_graph', '--ann-file', annotations(tmp_path))
    assert result.returncode == 1
    assert f'--top-k {count - 1} of tools/build_graph.py' in result.stderr


def test_two_eyes_at_one_height_have_a_box(tool, tmp_path):
    """In whole pixels that is often so."""
    rows = ['name,x0,y0,x1,y1']
    for index in range(4):
        image = np.full((96, 96, 3), 50 * index, np.uint8)
        cv2.imwrite(str(tmp_path / f'{index}.png'), image)
        rows.append(f'{index}.png,30,40,60,{40 + index % 2}')
    (tmp_path / 'faces.csv').write_text('\n'.join(rows))
    result = prepare(tool, '--flip-pairs', '0-1', '--val-share', '0')
    assert result.returncode == 0, result.stderr
    assert 'no box' not in result.stderr
    content = json.loads(
        (tmp_path / 'out/face_landmarks_faces_train.json').read_text()
    )
    boxes = [entry['bbox'] for entry in content['annotations']]
    assert boxes == [[30, 25, 30, 30], [30, 40, 30, 1]] * 2


def annotations(folder):
    return folder / 'out/face_landmarks_faces_train.json'
