"""A folder that is none, is damaged, or wants to be read elsewhere."""

import json
import shutil

from mmpose_scgcn import load_model
from mmpose_scgcn.runtime import exported_folder, read_folder

import pytest


@pytest.fixture
def folder(exported, tmp_path):
    copy = tmp_path / 'copy'
    shutil.copytree(exported[0], copy)
    return copy


def change(folder, **changes):
    """Change entries of ``model.json`` by their dotted names."""
    file = folder / 'model.json'
    settings = json.loads(file.read_text('utf-8'))
    for name, value in changes.items():
        *path, last = name.split('__')
        section = settings
        for part in path:
            section = section[part]
        if value is None:
            del section[last]
        else:
            section[last] = value
    file.write_text(json.dumps(settings), 'utf-8')


def test_a_folder_without_a_description(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'without model\.json'):
        load_model(tmp_path)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(format=2), 'expected format 1, got 2'),
        (dict(format=None), 'expected format 1, got None'),
        (dict(input=None), 'input is missing'),
        (dict(input__mean=None), r'input\.mean is missing'),
        (dict(input__mean=[1, 2]), 'expected 3 numbers'),
        (dict(input__width='wide'), 'expected a size in px'),
        (dict(input__channels='GRB'), 'expected RGB or BGR'),
        (dict(decoder__type='heatmap'), 'decoder.type: expected one of'),
        (dict(flip_test__indices=[0, 0]), 'each of 0 to 97'),
        (dict(files__float32=None), r'files\.float32 is missing'),
        (dict(files__float32__file='../secret'), 'a file in the folder'),
        (dict(files__float32__file='/etc/passwd'), 'a file in the folder'),
        (dict(files__float32__file='..\\secret'), 'a file in the folder'),
        (dict(files__float32__file='..'), 'a file in the folder'),
        (dict(files__float32__file=3), 'a file in the folder'),
        (dict(files__float32__sha256='00' * 32), 'damaged or is another'),
        (dict(input__width=64), r'expected one input image \(N, 3, 128, 64\)'),
        (dict(keypoints__names=['a'], flip_test__indices=[0]), 'an output'),
    ],
)
def test_a_wrong_description_is_named(folder, changes, message):
    change(folder, **changes)
    with pytest.raises(ValueError, match=message):
        load_model(folder)


def test_a_damaged_network_is_noticed(folder):
    file = folder / 'model.onnx'
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r'model\.onnx is damaged'):
        load_model(folder)


def test_a_missing_network_is_named(folder):
    (folder / 'model.int8.onnx').unlink()
    with pytest.raises(FileNotFoundError, match=r'int8\.onnx is missing'):
        load_model(folder, precision='int8')


def test_a_folder_without_eight_bits_says_how_to_get_them(folder):
    change(folder, files__int8=None)
    with pytest.raises(ValueError, match='--int8'):
        load_model(folder, precision='int8')


def test_what_is_no_network_is_named(folder):
    import hashlib

    (folder / 'model.onnx').write_bytes(b'no network')
    digest = hashlib.sha256(b'no network').hexdigest()
    change(folder, files__float32__sha256=digest)
    with pytest.raises(ValueError, match='no network that ONNX Runtime'):
        load_model(folder)


def test_text_that_is_no_json_is_named(folder):
    (folder / 'model.json').write_text('{')
    with pytest.raises(ValueError, match=r'model\.json: expected JSON'):
        load_model(folder)


def test_a_device_that_is_not_there_is_named(folder):
    with pytest.raises(ValueError, match="device 'cuda:0' cannot be used"):
        load_model(folder, device='cuda:0')


def test_a_checkpoint_does_not_go_with_it(folder):
    with pytest.raises(ValueError, match='brings its weights'):
        load_model(folder, 'best.pth')


def test_precision_is_for_folders():
    with pytest.raises(ValueError, match='one of exported folders'):
        load_model('face68', precision='int8')


def test_a_name_of_the_package_comes_first(folder, tmp_path, monkeypatch):
    shutil.copytree(folder, tmp_path / 'face68')
    monkeypatch.chdir(tmp_path)
    assert exported_folder('face68') is None
    assert exported_folder('face68/') is not None
    assert read_folder('face68/').num_keypoints == 98
