from mmpose_scgcn.datasets.preparation import read_tables
from mmpose_scgcn.datasets.preparation.table import read_table

import numpy as np
import pytest


def read(tmp_path, text, **options):
    path = tmp_path / 'faces.csv'
    path.write_text(text, encoding='utf-8')
    return read_table(path, **options)


@pytest.mark.parametrize(
    'text',
    (
        'a.jpg,1,2,3.5,4\n',
        '\ufeff,0,1,2,3\na.jpg,1,2,3.5,4\n',  # the YouTube-Faces header
        'name,x0,y0,x1,y1\r\na.jpg,1,2,3.5,4\r\n',
        'name,0,1,2,3\na.jpg,1,2,3.5,4\n',
        'name,1,2,3,4\na.jpg,1,2,3.5,4\n',
        'name;x0;y0;x1;y1\na.jpg;1;2;3.5;4\n\n',
        'a.jpg\t1\t2\t3.5\t4',
        '"a.jpg",1,2,3.5,4',
    ),
)
def test_header_or_none_and_separators(tmp_path, text):
    (face,) = read(tmp_path, text)
    assert face.file == face.group == 'a.jpg'
    np.testing.assert_array_equal(face.keypoints, [[1, 2], [3.5, 4]])
    assert face.flags.tolist() == [1, 1]
    assert face.box is None


def test_missing_coordinates_are_not_annotated(tmp_path):
    (face,) = read(tmp_path, 'a.jpg,,,3,4,nan,nan\n')
    assert face.flags.tolist() == [0, 1, 0]


def test_flags_box_and_origin_by_the_header(tmp_path):
    head = 'name,x0,y0,v0,x1,y1,v1,x_min,y_min,x_max,y_max\n'
    (face,) = read(tmp_path, head + 'a.jpg,1,2,2,3,4,0,1,1,9,9\n', origin=1)
    np.testing.assert_array_equal(face.keypoints, [[0, 1], [2, 3]])
    assert face.flags.tolist() == [2, 0]
    assert face.box == (0, 0, 8, 8)


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('', 'expected rows'),
        ('a.jpg,1,2,3\n', 'got 3 columns of coordinates'),
        ('a.jpg,1,2\nb.jpg,1\n', 'row 2: expected 3 fields, got 2'),
        ('a.jpg,1,2\nb.jpg,1,y\n', r'row 2: expected a number, got .y.'),
        ('n,x,y\n,1,2\n', 'row 2: expected the name of an image'),
        ('n,x0,y0,v0\na,1,2,3\n', 'row 2: expected flags 0, 1 or 2'),
        ('n,x0,y0,x_min\na,1,2,3\n', '1 of a box'),
    ),
)
def test_a_broken_row_is_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=rf'faces\.csv.*{message}'):
        read(tmp_path, text)


def test_tables_of_a_data_set(folder_csv, shape_of):
    source = read_tables(
        folder_csv / 'train.csv',
        folder_csv / 'frames',
        test=folder_csv / 'test.csv',
        group_pattern=r'(.+)_\d+\.jpg',
    )
    assert {s: len(f) for s, f in source.splits.items()} == dict(
        trainval=20, test=4
    )
    face = source.splits['trainval'][6]
    assert face.group == 'Person_1'
    np.testing.assert_allclose(face.keypoints, shape_of(10, 12))
    given = read_tables(
        folder_csv / 'train.csv',
        folder_csv / 'frames',
        val=folder_csv / 'test.csv',
    )
    assert list(given.splits) == ['train', 'val']


def test_an_image_named_twice_is_reported(folder_csv):
    path = folder_csv / 'train.csv'
    lines = path.read_text().splitlines()
    path.write_text('\n'.join([*lines, lines[3]]))
    (problem,) = read_tables(path, folder_csv / 'frames').problems
    assert problem.kind == 'image named by several rows'
    assert 'row 4, and' in problem.text
    assert 'row 22' in problem.text


def test_a_missing_folder_of_images(folder_csv):
    with pytest.raises(FileNotFoundError, match='a folder of images'):
        read_tables(folder_csv / 'train.csv', folder_csv / 'nowhere')


def test_coordinates_that_look_like_columns(tmp_path):
    (face,) = read(tmp_path, 'a.jpg,0,1,2,3\n')
    np.testing.assert_array_equal(face.keypoints, [[0, 1], [2, 3]])
