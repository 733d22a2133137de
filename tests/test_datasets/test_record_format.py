"""Records are read as they were written, or not at all."""

import json
import struct

from mmpose_scgcn.datasets.record_format import read_record, write_record

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

TYPES = st.one_of(
    hnp.boolean_dtypes(), hnp.integer_dtypes(), hnp.floating_dtypes()
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    hnp.arrays(TYPES, hnp.array_shapes(min_dims=0, min_side=0, max_side=3)),
    TYPES.flatmap(hnp.from_dtype),
)
NAMES = st.text().filter(lambda name: not name.startswith('\0'))
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(NAMES, inner, max_size=3),
    ),
    max_leaves=8,
)


def same(first, second):
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return list(first) == list(second) and all(
            same(value, second[name]) for name, value in first.items()
        )
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, (np.ndarray, np.generic)):
        return (
            first.dtype == second.dtype
            and first.shape == second.shape
            and first.tobytes() == second.tobytes()
        )
    return first == second


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_a_record_comes_back(record):
    assert same(read_record(write_record(record)), record)


@given(st.binary(max_size=60), st.integers(0, 400))
def test_anything_else_is_an_error_or_plain(junk, place):
    whole = write_record(dict(a=np.zeros((3, 4)), b=[1, (2, 'c')]))
    content = whole[:place] + junk + whole[place + len(junk) :]
    try:
        record = read_record(content)
    except ValueError:
        return
    assert type(record) is dict


def forged(text, rest=b''):
    text = json.dumps(text).encode()
    return struct.pack('<I', len(text)) + text + rest


@pytest.mark.parametrize(
    'array',
    [
        ['<f8', [10**9, 10**9]],
        ['<f8', [-1]],
        ['<f8', [2.0]],
        ['<f8', [True]],
        ['|O', [1]],
        ['<i4,<i4', [1]],
        ['(2,)<i4', [1]],
        ['|S1000000000', [0]],
        ['no type', [1]],
        ['<f8'],
        7,
    ],
    ids=str,
)
def test_forged_arrays(array):
    with pytest.raises(ValueError, match=r'.'):
        read_record(forged({'a': {'\0array': array}}, bytes(64)))


def test_forged_depth():
    content = b'[' * 100_000
    with pytest.raises(ValueError, match='Recursion'):
        read_record(struct.pack('<I', len(content)) + content)


@pytest.mark.parametrize(
    'value',
    [
        {1, 2},
        {1: 'a'},
        {'\0array': 1},
        b'a',
        np.array(['a']),
        np.array([None]),
        3j,
        dict,
    ],
    ids=repr,
)
def test_what_a_record_cannot_hold(value):
    with pytest.raises(TypeError, match='expected'):
        write_record(dict(a=value))


def test_a_read_array_may_be_written_to():
    array = read_record(write_record(dict(a=np.zeros(3))))['a']
    array[0] = 1
