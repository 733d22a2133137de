"""Checkpoints whose content fills the memory, or lies about itself."""

import pickle
import struct
from collections import OrderedDict

from mmpose_scgcn.compat import checkpoints
from mmpose_scgcn.pickles import read_plain
from tests.test_security.hostile import Built, Call, in_dict, save, save_pickle

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader

pytestmark = pytest.mark.usefixtures('little_memory')

RECONSTRUCT = np.empty(0).__reduce__()[0]
SCALAR = np.float64(0).__reduce__()[0]
WRONG = (ValueError, pickle.UnpicklingError)


@pytest.fixture(params=['restricted by PyTorch', 'before PyTorch 2.6'])
def load(request, monkeypatch):
    """Both ways in which files are read."""
    if request.param == 'before PyTorch 2.6':
        monkeypatch.setattr(checkpoints, 'SAFE_BY_DEFAULT', False)
    elif not checkpoints.SAFE_BY_DEFAULT:
        pytest.skip('this PyTorch does not restrict what files load')
    return lambda file: CheckpointLoader.load_checkpoint(file, 'cpu')


class Tensor:
    """Pickles into a tensor over 4 numbers that claims to be another."""

    def __init__(self, size, stride, offset=0):
        self.claims = offset, size, stride

    def __reduce__(self):
        storage = torch.zeros(4)._typed_storage()
        rest = (*self.claims, False, OrderedDict())
        return torch._utils._rebuild_tensor_v2, (storage, *rest)


def array(dtype, shape=(2,), raw=bytes(16)):
    """An array whose state is made by hand."""
    state = (1, shape, dtype, False, raw)
    return Built(RECONSTRUCT, (np.ndarray, (0,), b'b'), state)


def dtype(*rest):
    """A type of numbers whose state is made by hand."""
    return Built(np.dtype, ('f8', False, True), (3, '<', *rest))


EXTRAS = {
    'bytes': Call(bytes, 10**13),
    'bytearray': Call(bytearray, 10**13),
    'bytearray in memory': Call(bytearray, 10**10),
    'bytearray, negative': Call(bytearray, -1),
    'bytearray, no size': Call(bytearray, 2**70),
    'tensor': Tensor((10**12,), (1,)),
    'tensor in memory': Tensor((10**9,), (1,)),
    'tensor, overflow': Tensor((2**62, 2**62), (1, 1)),
    'tensor that repeats': Tensor((10**12,), (0,)),
    'tensor, offset': Tensor((1,), (1,), 10**12),
    'tensor, backwards': Tensor((4,), (-1,)),
    'array, called': Call(np.ndarray, (10**10,)),
    'array': array(np.dtype('f8'), (10**13,)),
    'array, overflow': array(np.dtype('f8'), (2**62, 2**62, 4)),
    'array of objects': np.array([{}], dtype=object),
    'array of records': np.zeros(2, 'f8,i4'),
    'objects in numbers': array(dtype(None, None, None, -1, -1, 63)),
    'fields of objects': array(
        dtype(None, ('a',), {'a': (np.dtype('O'), 1000)}, -1, -1, 0)
    ),
    'arrays in numbers': array(
        dtype((np.dtype('f8'), (1000,)), None, None, -1, -1, 0)
    ),
    'scalar': Call(SCALAR, np.dtype('f8'), b'x'),
    'number': 2**100_000,
    'dict that is no dict': Built(OrderedDict, (), dict(items=len)),
}


@pytest.mark.parametrize('archive', [True, False])
@pytest.mark.parametrize('name', [n for n in EXTRAS if 'numbers' not in n])
def test_it_is_refused(load, tmp_path, name, archive):
    file = save(tmp_path / 'bad.pth', EXTRAS[name], archive)
    with pytest.raises(WRONG, match=r'bad\.pth (was not|is no)') as error:
        load(file)
    assert '\n' not in str(error.value)
    assert len(str(error.value)) < 400 + len(file)


@pytest.mark.parametrize('name', [n for n in EXTRAS if 'numbers' in n])
def test_a_type_of_numbers_stays_one(load, tmp_path, name):
    """NumPy would find objects, or 1,000 numbers, in 8 bytes."""
    file = save(tmp_path / 'bad.pth', EXTRAS[name])
    loaded = load(file)['extra']
    assert loaded.dtype == np.float64
    assert not loaded.dtype.hasobject
    assert loaded.dtype.subdtype is loaded.dtype.names is None
    np.testing.assert_array_equal(loaded, [0, 0])


def history(**more):
    """What a log history has as its state."""
    numbers = np.array([1.0, 3.0])
    state = dict(max_length=9, _log_history=numbers, _count_history=numbers)
    return dict(state, **more)


def log(state):
    """A log history with another state."""
    return Built(HistoryBuffer, (), state)


def test_a_log_history_brings_no_functions(load, tmp_path):
    table = dict(HistoryBuffer()._statistics_methods)
    state = history(mean=set, statistics_methods=dict(mean=complex))
    loaded = load(save(tmp_path / 'log.pth', log(state)))['extra']
    assert type(loaded) is HistoryBuffer
    assert HistoryBuffer._statistics_methods == table
    assert loaded.mean() == loaded.statistics('mean') == 1


@pytest.mark.parametrize(
    'state',
    [
        None,
        {},
        history(max_length='9'),
        history(_count_history=np.zeros(3)),
        history(_log_history=[[1], [2]]),
        history(_log_history=['a', 'b']),
    ],
)
def test_a_log_history_of_another_kind(load, tmp_path, state):
    with pytest.raises(WRONG, match=r'log\.pth (was not|is no)'):
        load(save(tmp_path / 'log.pth', log(state)))


TUPLES = {
    'one in one': b')' + b'\x85' * 10**6,
    'two in two': b')' + b')\x86' * 10**6,
    'with a mark': b'(' * 10**5 + b't' * 10**5,
    'remembered': b')' + b'\x85q\x000h\x00' * 10**5,
    'a list between': b')' + b'\x85' * 10**5,
}


@pytest.mark.parametrize('archive', [True, False])
@pytest.mark.parametrize('name', TUPLES)
def test_deep_tuples_do_not_end_the_process(load, tmp_path, name, archive):
    """As a key of a dict they would."""
    pickled = b'\x80\x02}' + TUPLES[name] + b'K\x01s.'
    file = save_pickle(tmp_path / 'bad.pth', pickled, archive)
    with pytest.raises(pickle.UnpicklingError, match='tuples nested in more'):
        load(file)


#: Ten times the last list, thirty times.
SHARED = b']q\x00' + b''.join(
    b'](' + bytes([ord('h'), n] * 10) + b'eq' + bytes([n + 1])
    for n in range(30)
)


@pytest.mark.parametrize('archive', [True, False])
@pytest.mark.parametrize(
    'value',
    [
        b']' * 20_000 + b'a' * 19_999,
        b']q\x00h\x00a',
        SHARED,
    ],
    ids=['deep', 'in itself', 'shared'],
)
def test_lists_in_lists(load, tmp_path, value, archive):
    file = save_pickle(tmp_path / 'bad.pth', in_dict(value), archive)
    with pytest.raises(WRONG, match=r'bad\.pth (was not|is no)'):
        load(file)


@pytest.mark.parametrize('archive', [True, False])
def test_a_number_of_an_object_takes_no_room(load, tmp_path, archive):
    """The unpickler in C would make a list of 2**30 places."""
    step = b']r' + struct.pack('<I', 2**30)
    file = save_pickle(tmp_path / 'a.pth', in_dict(step), archive)
    if archive:
        assert load(file) == dict(a=[])
    else:  # which has no list of weights at its end
        with pytest.raises(WRONG, match=r'a\.pth'):
            load(file)


@pytest.mark.parametrize(
    'pickled',
    [
        b'\x80\x02]r' + struct.pack('<I', 2**30) + b'0)' + b'\x85' * 10**6,
        b'\x80\x02cos\nsystem\n.',
        b'\x80\x02\x85.',
        b'\x80\x04\x8e' + struct.pack('<Q', 10**12),
        b'garbage',
        b'',
    ],
)
def test_plain_pickles_hold_plain_things(pickled):
    with pytest.raises(pickle.UnpicklingError):
        read_plain(pickled)


def test_a_plain_pickle_is_read():
    content = {'a': [1, (2.5, None), 'b'], 'c': {'d': True}}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert read_plain(pickle.dumps(content, protocol)) == content


REBUILD = b'ctorch._utils\n_rebuild_tensor_v2\n'
ORDERED = b'ccollections\nOrderedDict\n'
STEPS = {
    'state of a function': REBUILD + b'}X\x06\x00\x00\x00markerK\x01sb',
    'state of a class': ORDERED + b'N}X\x06\x00\x00\x00markerK\x01s\x86b',
    'a call of a number': b'K\x01)R',
    'a call of a list': b'])R',
    'an object of a list': b'])\x81',
    'an item of a list': b']K\x01K\x02s',
    'an item of a function': REBUILD + b'K\x01K\x02s',
    'an item added to a dict': b'}K\x01a',
    'items added to a tuple': b')(K\x01e',
    'a step of later protocols': b'\x8c\x02os\x8c\x05mkdir\x93',
    'a call of a name in the file': b'(X\x01\x00\x00\x00aios\nmkdir\n',
    'an extension': b'\x82\x01',
}


@pytest.mark.parametrize('archive', [True, False])
@pytest.mark.parametrize('name', STEPS)
def test_steps_that_no_genuine_file_has(load, tmp_path, name, archive):
    file = save_pickle(tmp_path / 'bad.pth', in_dict(STEPS[name]), archive)
    with pytest.raises(WRONG, match=r'bad\.pth (was not|is no)') as error:
        load(file)
    assert len(str(error.value)) < 400 + len(file)
    assert not hasattr(torch._utils._rebuild_tensor_v2, 'marker')
