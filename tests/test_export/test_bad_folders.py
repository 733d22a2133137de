"""A folder that is none, is damaged, or wants to be read elsewhere."""

import hashlib
import json
import os
import shutil

from mmpose_scgcn import load_model
from mmpose_scgcn.runtime import exported_folder, read_folder
from mmpose_scgcn.runtime.onnx_file import names_other_files

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
        (
            dict(
                keypoints__names=['a'],
                keypoints__skeleton=[],
                flip_test__indices=[0],
            ),
            'an output',
        ),
        (dict(input__width=10**9), 'at most 4096'),
        (dict(input__height=True), 'expected a size in px'),
        (dict(input__std=[1, 0, 1]), r'input\.std: expected 3 numbers'),
        (dict(input__mean=[1, 'a', 3]), r'input\.mean: expected 3 numbers'),
        (dict(keypoints__names=[[]] * 98), 'expected texts'),
        (dict(keypoints__names=['a'] * 10**5), 'at most 2000 keypoints'),
        (dict(keypoints__skeleton=[[0, 98]]), 'expected pairs of 0 to 97'),
        (dict(keypoints__skeleton=3), 'values of other kinds'),
        (dict(flip_test__indices=3), 'values of other kinds'),
        (dict(box__padding=1e300), 'expected numbers'),
        (dict(files='float32'), 'files is missing'),
    ],
)
def test_a_wrong_description_is_named(folder, changes, message):
    change(folder, **changes)
    with pytest.raises(ValueError, match=message):
        load_model(folder)


def replace_network(folder, content):
    """Put another network there, with its hash."""
    (folder / 'model.onnx').write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    change(folder, files__float32__sha256=digest)


@pytest.mark.parametrize('place', ['weights', 'a constant', 'a branch'])
def test_weights_in_other_files_are_not_read(folder, tmp_path, place):
    """Whatever ONNX Runtime makes of the path."""
    from onnx import TensorProto, helper

    secret = TensorProto(name='w', data_type=1, dims=[1])
    secret.data_location = TensorProto.EXTERNAL
    entry = secret.external_data.add()
    entry.key, entry.value = 'location', '../secret.bin'
    constant = helper.make_node('Constant', [], ['w'], value=secret)
    nodes, weights = [constant], []
    if place == 'weights':
        nodes, weights = [], [secret]
    elif place == 'a branch':
        output = helper.make_tensor_value_info('w', 1, [1])
        branch = helper.make_graph([constant], 'branch', [], [output])
        choice = helper.make_tensor('c', TensorProto.BOOL, [], [True])
        nodes = [
            helper.make_node('Constant', [], ['c'], value=choice),
            helper.make_node(
                'If', ['c'], ['w'], then_branch=branch, else_branch=branch
            ),
        ]
    output = helper.make_tensor_value_info('w', 1, [1])
    graph = helper.make_graph(nodes, 'graph', [], [output], weights)
    replace_network(folder, helper.make_model(graph).SerializeToString())
    with pytest.raises(ValueError, match='weights in other files'):
        load_model(folder)


#: Bytes before a graph that ONNX Runtime steps over, and the tag of a graph.
DISGUISES = {
    'a group': (b'\xf3\x07\xf4\x07', b'\x3a'),
    'a group with a field': (b'\xf3\x07\x08\x01\xf4\x07', b'\x3a'),
    'groups in a group': (b'\xf3\x07\xfb\x07\xfc\x07\xf4\x07', b'\x3a'),
    'a long tag': (b'', b'\xba\x80\x80\x80\x00'),
    'a tag of too many bits': (b'', b'\xba\x80\x80\x80\x10'),
}


@pytest.mark.parametrize('name', DISGUISES)
def test_a_graph_is_found_where_onnx_runtime_finds_it(name):
    import onnxruntime
    from onnx import TensorProto, helper

    before, tag = DISGUISES[name]

    def network(weights):
        output = helper.make_tensor_value_info('w', 1, [1])
        graph = helper.make_graph([], 'g', [], [output], [weights])
        model = helper.make_model(
            graph,
            ir_version=8,
            opset_imports=[helper.make_opsetid('', 17)],
        )
        model.ClearField('graph')
        content = graph.SerializeToString()
        assert len(content) < 128  # a length of one byte
        head = model.SerializeToString() + before + tag
        return head + bytes([len(content)]) + content

    own = network(helper.make_tensor('w', TensorProto.FLOAT, [1], [3.0]))
    assert not names_other_files(own)
    session = onnxruntime.InferenceSession(
        own, providers=['CPUExecutionProvider']
    )
    assert session.run(None, {})[0].tolist() == [3.0]
    secret = TensorProto(name='w', data_type=1, dims=[1])
    secret.data_location = TensorProto.EXTERNAL
    assert names_other_files(network(secret))


def test_a_genuine_network_has_its_weights(folder):
    for name in ('model.onnx', 'model.int8.onnx'):
        assert not names_other_files((folder / name).read_bytes())


@pytest.mark.parametrize('name', ['model.onnx', 'model.json'])
def test_links_and_pipes_are_not_read(folder, tmp_path, name):
    outside = tmp_path / 'outside'
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    with pytest.raises(ValueError, match='a link to another place'):
        load_model(folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises((ValueError, FileNotFoundError), match=r'pipe|without'):
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


def test_a_network_alone_is_no_model(folder, tmp_path):
    network = folder / 'model.onnx'
    with pytest.raises(ValueError, match='give its folder: ') as error:
        load_model(network)
    assert str(error.value).endswith(f': {folder}')
    alone = tmp_path / 'alone.ONNX'
    shutil.copy(network, alone)
    with pytest.raises(ValueError, match=r'alone.ONNX is an ONNX file alone'):
        load_model(str(alone))


def test_a_folder_without_eight_bits_says_how_to_get_them(folder):
    change(folder, files__int8=None)
    with pytest.raises(ValueError, match='--int8'):
        load_model(folder, precision='int8')


def test_what_is_no_network_is_named(folder):
    replace_network(folder, b'no network')
    with pytest.raises(ValueError, match='no network that ONNX Runtime'):
        load_model(folder)


def test_text_that_is_no_json_is_named(folder):
    (folder / 'model.json').write_text('{')
    with pytest.raises(ValueError, match=r'model\.json: expected JSON'):
        load_model(folder)


def test_a_device_that_is_not_there_is_named(folder):
    with pytest.raises(ValueError, match="device 'cuda:0' cannot be used"):
        load_model(folder, device='cuda:0')


@pytest.mark.filterwarnings('ignore:Specified provider')
def test_a_device_that_does_not_load_is_named(folder, monkeypatch):
    """ONNX Runtime has it, and takes the CPU instead."""
    onnxruntime = pytest.importorskip('onnxruntime')
    monkeypatch.setattr(
        onnxruntime,
        'get_available_providers',
        lambda: ['CUDAExecutionProvider', 'CPUExecutionProvider'],
    )
    with pytest.raises(ValueError, match='would run on CPUExecutionProvider'):
        load_model(folder, device='cuda')
    assert load_model(folder, device='cpu').num_keypoints == 98


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
