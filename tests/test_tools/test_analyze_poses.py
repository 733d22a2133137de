"""``tools/analyze_poses.py`` in a process of its own."""

import json
import re

import cv2
import pytest

CONFIG = 'td-reg_cnn6_1xb32-12e_synthetic-64x64'
ROOT_KEY = 'train_dataloader.dataset.data_root'
SAMPLER = """
_base_ = ['{base}']
train_dataloader = dict(sampler=dict(
    _delete_=True, type='mmpose_scgcn.PoseBalancedSampler', num_bins=2,
    use_abs=True, max_repeats=1))
"""


@pytest.fixture
def tool(run_python, root, synthetic_faces, tmp_path):
    def run(config, *arguments, data_root=synthetic_faces):
        script = root / 'tools' / 'analyze_poses.py'
        options = ('--cfg-options', f'{ROOT_KEY}={data_root}')
        return run_python(script, config, *arguments, *options, cwd=tmp_path)

    return run


def table(output):
    """Samples and draws of each bin."""
    rows = re.findall(
        r'^ +-?[.\d]+ +-?[.\d]+ +(\d+) +(\d+)$', output, re.MULTILINE
    )
    return [[int(count) for count in row] for row in rows]


def test_a_picture_and_a_table(tool, tmp_path):
    result = tool(CONFIG, '--num-bins', '3', '--out', 'a/poses.png')
    assert result.returncode == 0, result.stderr
    samples, draws = zip(*table(result.stdout), strict=True)
    assert len(samples) == 3 and sum(samples) == 16
    assert set(draws) - {0} == {max(samples)}
    assert f'{CONFIG}: 16 samples, component 0\n' in result.stdout
    assert cv2.imread(str(tmp_path / 'a/poses.png')).std() > 20
    assert 'reading shapes' in result.stdout + result.stderr


def test_samples_without_a_pose_are_counted(tool, synthetic_faces, tmp_path):
    name = 'face_landmarks_wflw_train.json'
    content = json.loads((synthetic_faces / name).read_text())
    for annotation in content['annotations'][:2]:
        annotation['keypoints'][8:] = [0] * len(annotation['keypoints'][8:])
    (tmp_path / name).write_text(json.dumps(content))
    result = tool(CONFIG, '--faces', '0', data_root=tmp_path)
    assert result.returncode == 0, result.stderr
    assert '16 samples (2 without a pose), component 0\n' in result.stdout


def test_options_come_from_the_sampler_and_can_be_overridden(
    tool, root, tmp_path
):
    (base,) = root.glob(f'configs/**/{CONFIG}.py')
    config = tmp_path / 'balanced.py'
    config.write_text(SAMPLER.format(base=base))
    result = tool(config)
    assert result.returncode == 0, result.stderr
    rows = table(result.stdout)
    assert len(rows) == 2
    assert all(samples == draws for samples, draws in rows)  # max_repeats=1
    assert '\n   0.000 ' in result.stdout  # folded bins start at zero
    assert (tmp_path / 'work_dirs/balanced_poses.png').is_file()
    result = tool(config, '--num-bins', '4', '--no-use-abs')
    assert len(table(result.stdout)) == 4
    assert '\n  -0.' in result.stdout


def test_another_component_gives_other_bins(tool):
    first, second = (
        tool(CONFIG, '--num-bins', '4', '--component', c).stdout for c in '01'
    )
    assert table(first) != table(second)


def fails(result, *words):
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith('analyze_poses: ')
    assert all(word in result.stderr for word in words)
    assert 'Traceback' not in result.stderr


def test_missing_annotations_are_named(tool, tmp_path):
    result = tool(CONFIG, data_root=tmp_path / 'nothing')
    assert result.returncode == 1
    assert 'Annotation files not found' in result.stderr
    assert 'Traceback' not in result.stderr


def test_too_many_bins(tool, tmp_path):
    result = tool(CONFIG, '--num-bins', '17', '--out', 'poses.png')
    fails(result, '17 bins need', 'got 16 of 16')
    assert not (tmp_path / 'poses.png').exists()


def test_missing_images_are_named(tool, synthetic_faces, tmp_path):
    name = 'face_landmarks_wflw_train.json'
    content = json.loads((synthetic_faces / name).read_text())
    (tmp_path / name).write_text(json.dumps(content))
    fails(tool(CONFIG, data_root=tmp_path), 'no image file')
    # Images are wanted for the examples only.
    result = tool(CONFIG, '--faces', '0', data_root=tmp_path)
    assert result.returncode == 0, result.stderr


def test_no_such_config(tool):
    fails(tool('nothing_at_all'), 'neither a file nor the name of a config')


def test_not_a_picture(tool):
    assert tool(CONFIG, '--out', 'poses.txt').returncode == 2
