from mmpose_scgcn.evaluation.functional import (
    read_face_results,
    write_face_results,
)

import numpy as np
import pytest


@pytest.fixture
def columns():
    return {
        'id': [3, 'a,b'],
        'img_path': ['x "1".jpg', 'y.jpg'],
        'nme': np.array([1 / 3, np.nan]),
        'normalizer': np.array([120.25, np.inf]),
        'num_visible': np.array([68, 0]),
        'fault': np.array(['', 'no visible keypoint']),
        'subset:pose': np.array([True, False]),
    }


def test_what_is_written_reads_back_exactly(tmp_path, columns):
    path = tmp_path / 'new' / 'faces.csv'
    write_face_results(path, columns)
    results = read_face_results(path)
    assert list(results) == list(columns)
    assert results['id'].tolist() == ['3', 'a,b']
    assert results['img_path'].tolist() == columns['img_path']
    assert results['subset:pose'].tolist() == [True, False]
    for name in ('nme', 'normalizer', 'num_visible'):
        np.testing.assert_array_equal(results[name], columns[name])


def test_no_number_is_an_empty_cell(tmp_path, columns):
    path = tmp_path / 'faces.csv'
    write_face_results(path, columns)
    last = path.read_text('utf-8').splitlines()[-1]
    assert last == '"a,b",y.jpg,,inf,0,no visible keypoint,0'


def test_columns_that_every_file_has_are_enough(tmp_path, columns):
    del columns['subset:pose']
    path = tmp_path / 'faces.csv'
    write_face_results(path, columns)
    assert list(read_face_results(path)) == list(columns)


def test_a_file_without_faces_keeps_the_types(tmp_path, columns):
    path = tmp_path / 'faces.csv'
    write_face_results(path, {name: [] for name in columns})
    kinds = {name: c.dtype.kind for name, c in read_face_results(path).items()}
    assert ''.join(kinds.values()) == 'UUfffUb'


def test_a_failed_write_leaves_the_old_file(tmp_path, columns):
    path = tmp_path / 'faces.csv'
    write_face_results(path, columns)
    before = path.read_bytes()
    with pytest.raises(ValueError, match='shorter'):
        write_face_results(path, {**columns, 'nme': [0.1]})
    assert path.read_bytes() == before


def test_other_files_are_refused(tmp_path):
    path = tmp_path / 'other.csv'
    path.write_text('name,x0\na,1\n')
    with pytest.raises(ValueError, match='per-face results'):
        read_face_results(path)


def edited(tmp_path, columns, old, new):
    """A file in which a text is replaced."""
    path = tmp_path / 'faces.csv'
    write_face_results(path, columns)
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))
    return path


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    (
        (b'120.25', b'abc', "2: expected a number as normalizer, got 'abc'"),
        (b'keypoint,0', b'keypoint,', '3: expected 0 or 1 as subset:pose, g'),
        (b'keypoint,0\r\n', b'', '3: expected 7 cells, as the header, got 6'),
        (b',1\r\n', b'\r\n', '2: expected 7 cells, as the header, got 6'),
        (b',1\r\n', b',1,1\r\n', '2: expected 7 cells, as .*, got 8'),
        (b',120.25,68,,1\r\n', b'', '2: expected 7 cells, .* cut off'),
        (b'"a,b"', b'"a,b', '3: expected 7 cells, as the header, got 1'),
    ),
)
def test_a_row_that_is_damaged_is_named(tmp_path, columns, old, new, message):
    path = edited(tmp_path, columns, old, new)
    with pytest.raises(ValueError, match=rf'faces\.csv, row {message}'):
        read_face_results(path)


@pytest.mark.parametrize('encoding', ('utf-8-sig', 'utf-16'))
def test_what_another_program_saved(tmp_path, columns, encoding):
    path = tmp_path / 'faces.csv'
    write_face_results(path, columns)
    text = path.read_bytes().decode()
    path.write_bytes(f'{text}\r\n'.encode(encoding))
    results = read_face_results(path)
    assert list(results) == list(columns)
    np.testing.assert_array_equal(results['nme'], columns['nme'])


def test_texts_that_are_no_file_of_results(tmp_path):
    path = tmp_path / 'faces.csv'
    for content in (b'', b'\xfcber', b'id,"' + b'x' * 200_000):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r'faces\.csv'):
            read_face_results(path)
