"""Train, get killed, resume, test and draw, as a user does."""

import json
import os
import signal
import subprocess
import sys
import time

from mmpose_scgcn.visualization import PREDICTED_COLOR, TRUE_COLOR

import cv2
import pytest

CONFIG = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64'
SETTINGS = (
    'train_dataloader.batch_size=8',
    'train_dataloader.num_workers=0',
    'train_dataloader.persistent_workers=False',
    'val_dataloader.num_workers=0',
    'val_dataloader.persistent_workers=False',
    'test_dataloader.num_workers=0',
    'test_dataloader.persistent_workers=False',
    'train_cfg.val_interval=1',
    'default_hooks.checkpoint.interval=1',
    'default_hooks.logger.interval=1',
)


@pytest.fixture(scope='module')
def settings(synthetic_faces):
    roots = [
        f'{n}_dataloader.dataset.data_root={synthetic_faces}'
        for n in ('train', 'val', 'test')
    ]
    return ('--cfg-options', *SETTINGS, *roots)


@pytest.fixture(scope='module')
def work_dir(root, settings, run_python, tmp_path_factory):
    """A run killed in its third epoch, and resumed to the fourth."""
    folder = tmp_path_factory.mktemp('run')
    command = [str(root / 'tools/train.py'), CONFIG]
    command += ['--work-dir', str(folder), '--seed', '1']
    env = {**os.environ, 'PYTHONPATH': str(root)}
    run = [sys.executable, *command, *settings, 'train_cfg.max_epochs=500']
    with open(folder / 'killed.log', 'w') as log:
        process = subprocess.Popen(run, stdout=log, stderr=log, env=env)
        while not (folder / 'epoch_2.pth').exists():
            assert process.poll() is None, (folder / 'killed.log').read_text()
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    resume = [*command, '--resume', *settings, 'train_cfg.max_epochs=4']
    result = run_python(*resume)
    assert result.returncode == 0, result.stderr
    (folder / 'resumed.log').write_text(result.stdout + result.stderr)
    return folder


def test_a_killed_training_resumes_where_it_was(work_dir):
    log = (work_dir / 'resumed.log').read_text()
    assert 'resumed epoch: ' in log
    assert 'Epoch(train) [1]' not in log
    assert 'Epoch(train) [4]' in log
    assert (work_dir / 'last_checkpoint').read_text().endswith('epoch_4.pth')


@pytest.fixture
def measure(run_python, root, work_dir, settings, tmp_path):
    """Test the last checkpoint; give the metrics, and what one is told."""

    def run(option):
        command = (CONFIG, work_dir / 'epoch_4.pth', '--work-dir', tmp_path)
        tool = root / 'tools/test.py'
        result = run_python(tool, *command, *settings, option)
        assert result.returncode == 0, result.stderr
        (report,) = tmp_path.glob('*/*.json')
        return json.loads(report.read_text()), result.stderr

    return run


def test_the_checkpoint_is_tested_without_its_training_set(measure):
    metrics, told = measure('train_dataloader.dataset.data_root=nowhere')
    assert 0 < metrics['NME'] < 2
    # Four faces and four epochs: errors to one side are no convention.
    assert abs(metrics['bias_x']) > max(0.006, abs(metrics['bias_y']))
    assert 'Predictions lie' not in told
    assert 0 <= metrics['FR@0.10'] <= 1


@pytest.mark.parametrize(
    ('moved', 'side'), [((-30, 0), 'right'), ((30, 0), 'left'), ((9, 99), '')]
)
def test_one_is_told_of_an_offset(
    moved, side, measure, synthetic_faces, tmp_path
):
    """Of annotations that were moved, which no model follows."""
    name = 'face_landmarks_wflw_test.json'
    content = json.loads((synthetic_faces / name).read_text())
    for annotation in content['annotations']:
        for axis, step in enumerate(moved):
            values = annotation['keypoints'][axis::3]
            annotation['keypoints'][axis::3] = [v + step for v in values]
    (tmp_path / name).write_text(json.dumps(content))
    option = f'test_dataloader.dataset.ann_file={tmp_path / name}'
    metrics, told = measure(option)
    x, y = metrics['bias_x'], metrics['bias_y']
    assert abs(x) > 0.006
    assert (abs(x) > abs(y)) == bool(side)
    offset = f'{100 * abs(x):.1f} % of the normaliser to the {side} of'
    assert (f'Predictions lie {offset}' in told) == bool(side)
    assert ('Predictions lie' in told) == bool(side)


def test_predictions_are_drawn(run_python, root, work_dir, settings, tmp_path):
    picture = tmp_path / 'faces.png'
    result = run_python(
        root / 'tools/draw_predictions.py',
        CONFIG,
        work_dir / 'epoch_4.pth',
        '--select=worst',
        '--num=3',
        f'--out={picture}',
        *settings,
    )
    assert result.returncode == 0, result.stderr
    image = cv2.imread(str(picture))
    for index in range(3):  # one face beside the other, each with both colours
        face = image[:, index * 288 : (index + 1) * 288].reshape(-1, 3)
        for color in (TRUE_COLOR, PREDICTED_COLOR):
            assert (face == color).all(axis=1).sum() > 50
    told = result.stdout.splitlines()
    errors = [float(line.split()[1]) for line in told if 'NME' in line]
    assert len(errors) == 3 and errors == sorted(errors, reverse=True)
    assert all(line.endswith('.jpg') for line in told if 'NME' in line)
