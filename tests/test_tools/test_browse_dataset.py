"""``tools/browse_dataset.py`` in a process of its own."""

import json

import cv2
import pytest

CONFIG = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64'


@pytest.fixture
def tool(run_python, root, tmp_path):
    def run(*arguments):
        script = root / 'tools' / 'browse_dataset.py'
        return run_python(script, *arguments, cwd=tmp_path)

    return run


@pytest.fixture
def options(synthetic_faces):
    keys = ('train', 'val', 'test')
    return [
        '--cfg-options',
        *(f'{k}_dataloader.dataset.data_root={synthetic_faces}' for k in keys),
    ]


def test_a_grid_after_the_pipeline_and_as_annotated(tool, options, tmp_path):
    pictures = []
    for stage in ('transformed', 'input'):
        result = tool(
            *(CONFIG, '--num', 5, '--size', 200, '--stage', stage),
            *('--out', f'out/{stage}.png', *options),
        )
        assert result.returncode == 0, result.stderr
        assert 'wflw: 16 samples, 98 keypoints, 44 flip pairs' in result.stdout
        assert 'warning' not in result.stderr
        pictures.append(cv2.imread(str(tmp_path / f'out/{stage}.png')))
    assert pictures[0].shape == pictures[1].shape == (2 * 218, 600, 3)
    assert (pictures[0] != pictures[1]).any()


def test_the_seed_repeats_a_picture(tool, options, tmp_path):
    contents = []
    for seed in (1, 1, 2):
        result = tool(CONFIG, '--num', 2, '--seed', seed, *options)
        assert result.returncode == 0, result.stderr
        contents.append((tmp_path / 'samples.png').read_bytes())
    assert contents[0] == contents[1] != contents[2]


def test_a_wrong_pair_is_named(tool, tmp_path, synthetic_faces):
    """The outer corner of one eye and the nose as partners."""
    keypoints = {i: dict(name=f'k{i}', id=i, swap='') for i in range(98)}
    for first, second in ((60, 54), (64, 68)):
        keypoints[first]['swap'] = f'k{second}'
        keypoints[second]['swap'] = f'k{first}'
    for point in keypoints.values():
        point.update(color=[0, 0, 0], type='')
    info = dict(
        dataset_name='mine',
        keypoint_info=keypoints,
        skeleton_info={},
        joint_weights=[1.0] * 98,
        sigmas=[0.02] * 98,
    )
    (tmp_path / 'info.py').write_text(f'dataset_info = {info}')
    dataset = 'train_dataloader.dataset'
    result = tool(
        *(CONFIG, '--cfg-options', f'{dataset}.data_root={synthetic_faces}'),
        f'{dataset}.metainfo.from_file=info.py',
    )
    assert result.returncode == 0, result.stderr
    assert 'warning: keypoints 54 and 60 are partners, but lie' in (
        result.stderr
    )
    assert '64 and 68' not in result.stderr


def test_bad_input_is_one_clear_line(tool, options, tmp_path, synthetic_faces):
    cases = {
        ('nothing',): 'neither a file nor the name of a config',
        (CONFIG,): 'Annotation files not found',
        (
            'td-reg_cnn6-scgcn_1xb32-60e_ytf68-64x64',
            *('--split', 'val'),
        ): 'the config has no val_dataloader',
        (CONFIG, '--num', '0'): 'at least 1',
        (CONFIG, '--out', 'a.txt'): '--out: must be a picture',
    }
    for arguments, message in cases.items():
        result = tool(*arguments)
        assert result.returncode != 0
        assert message in result.stderr
        assert 'Traceback' not in result.stderr


def test_a_missing_image_is_named(tool, tmp_path, synthetic_faces):
    name = 'face_landmarks_wflw_train.json'
    content = json.loads((synthetic_faces / name).read_text())
    content['images'][0]['file_name'] = 'lost.jpg'
    (tmp_path / name).write_text(json.dumps(content))
    option = f'train_dataloader.dataset.data_root={tmp_path}'
    for stage in ('input', 'transformed'):
        result = tool(
            *(CONFIG, '--select', 'first', '--num', 1, '--stage', stage),
            *('--cfg-options', option),
        )
        assert result.returncode == 1
        assert 'lost.jpg' in result.stderr
        assert 'Traceback' not in result.stderr
    assert not (tmp_path / 'samples.png').exists()


def test_the_largest_seed_is_one(tool, options, tmp_path):
    result = tool(
        CONFIG, *options, '--seed', 2**32 - 1, '--num', 4, '--out', 'a.png'
    )
    assert result.returncode == 0, result.stderr
