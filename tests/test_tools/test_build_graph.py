"""``tools/build_graph.py`` in a process of its own."""

import json
from pathlib import Path

from mmpose_scgcn.datasets import shapes_from_coco

import pytest
from mmengine.config import Config

CONFIG = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64'


@pytest.fixture
def tool(run_python, root, tmp_path):
    def run(*arguments):
        script = root / 'tools' / 'build_graph.py'
        return run_python(script, *arguments, cwd=tmp_path)

    return run


@pytest.fixture(scope='module')
def ann_file(synthetic_faces):
    return synthetic_faces / 'face_landmarks_wflw_train.json'


def test_fragment_and_picture_from_annotations(tool, ann_file, tmp_path):
    result = tool('--ann-file', ann_file, '--top-k', 5, '--out', 'g/faces.py')
    assert result.returncode == 0, result.stderr
    graph = Config.fromfile(tmp_path / 'g/faces.py').graph
    assert graph.to_dict() == shapes_from_coco(ann_file).graph(top_k=5)
    assert (tmp_path / 'g/faces.png').stat().st_size > 10_000
    assert sorted(p.name for p in (tmp_path / 'g').iterdir()) == [
        'faces.png',
        'faces.py',
    ]


def test_config_and_annotations_agree(
    tool, synthetic_faces, ann_file, tmp_path
):
    key = 'train_dataloader.dataset.data_root'
    options = ('--cfg-options', f'{key}={synthetic_faces}')
    result = tool(CONFIG, '--out', 'graph.py', *options)
    assert result.returncode == 0, result.stderr
    graph = Config.fromfile(tmp_path / 'graph.py').graph
    assert graph.to_dict() == shapes_from_coco(ann_file).graph()


def test_missing_annotations_are_named(tool, tmp_path):
    result = tool('--ann-file', 'nothing.json')
    assert result.returncode == 1
    assert 'nothing.json' in result.stderr
    assert 'Traceback' not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_keypoint_never_visible_is_named(tool, ann_file, tmp_path):
    content = json.loads(ann_file.read_text())
    for annotation in content['annotations']:
        annotation['keypoints'][3 * 7 + 2] = 0
    (tmp_path / 'hidden.json').write_text(json.dumps(content))
    result = tool('--ann-file', 'hidden.json', '--out', 'graph.py')
    assert result.returncode == 1
    assert 'never visible' in result.stderr and '7' in result.stderr
    assert not (tmp_path / 'graph.py').exists()


def test_config_or_annotations_not_both(tool):
    assert tool(CONFIG, '--ann-file', 'a.json').returncode == 2


def test_the_mean_face_has_the_images_of_subfolders(
    tool, ann_file, synthetic_faces, tmp_path
):
    """Names are those of the annotations, with as many folders as lead."""
    content = json.loads(ann_file.read_text())
    images = tmp_path / 'pictures'
    for image in content['images']:
        source = synthetic_faces / 'images' / Path(image['file_name']).name
        target = images / 'a' / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        image['file_name'] = f'x/a/{source.name}'
        (images / source.name).write_bytes(b'another picture')
    (tmp_path / 'faces.json').write_text(json.dumps(content))
    result = tool(
        *('--ann-file', 'faces.json', '--image-dir', images),
        *('--out', 'graph.py'),
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / 'graph.png').is_file()


def test_other_files_are_not_replaced(tool, ann_file, tmp_path):
    before = ann_file.read_bytes()
    for out in (ann_file, 'g.png'):
        result = tool('--ann-file', ann_file, '--out', out)
        assert result.returncode == 2
        assert f'--out must be a .py file, got {out}' in result.stderr
    assert ann_file.read_bytes() == before
    (tmp_path / 'mine.png').write_bytes(b'mine')
    (tmp_path / 'other.py').write_text('model = dict()')
    for out, told in (('mine.py', 'mine.png'), ('other.py', 'other.py')):
        result = tool('--ann-file', ann_file, '--out', out)
        assert f'{told} is there, and no graph of this tool' in result.stderr
    assert (tmp_path / 'mine.png').read_bytes() == b'mine'
    for _ in range(2):  # its own it does replace
        assert tool('--ann-file', ann_file, '--out', 'g.py').returncode == 0
    (tmp_path / 'g.png').write_bytes(b'of an earlier version: no mark')
    assert tool('--ann-file', ann_file, '--out', 'g.py').returncode == 0
    (tmp_path / 'g.py').unlink()  # moved to where it is used
    assert tool('--ann-file', ann_file, '--out', 'g.py').returncode == 0


def test_a_padding_is_a_positive_number(tool, ann_file, tmp_path):
    for padding in ('-1', 'nan', '0'):
        options = '--padding', padding, '--out', 'g.py'
        result = tool('--ann-file', ann_file, *options)
        assert result.returncode == 2
        assert '--padding' in result.stderr
    assert list(tmp_path.iterdir()) == []
