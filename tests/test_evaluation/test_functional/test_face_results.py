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
