from mmpose_scgcn.datasets.preparation import read_tables
from mmpose_scgcn.datasets.preparation.table import read_table
from mmpose_scgcn.structures.limits import MOST_KEYPOINTS

import numpy as np
import pytest


def read(tmp_path, text, **options):
    path = tmp_path / 'faces.csv'
    path.write_text(text, encoding='utf-8')
    return read_table(path, **options)[0]


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
        'a.jpg;1;2;3,5;4',  # decimal commas
        'name,x0,x1,y0,y1\na.jpg,1,3.5,2,4\n',  # all x, then all y
        'name,y_1,x_1,x_0,y_0\na.jpg,4,3.5,1,2\n',
        'name,x,y,x,y\na.jpg,1,2,3.5,4\n',
        'name,0,0,1,1\na.jpg,1,2,3.5,4\n',
        'name,1,1,2,2\na.jpg,1,2,3.5,4\n',
        './/a.jpg,1,2,3.5,4\n',
        'x0,y0,x1,y1,image\n1,2,3.5,4,a.jpg\n',
        'name,x0,y0,z0,x1,y1,z1\na.jpg,1,2,9,3.5,4,9\n',
        'name,x0,y0,visibility0,x1,y1,visibility1\na.jpg,1,2,.5,3.5,4,.7\n',
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
        ('a.jpg,1,82px\n', r'row 1: expected a number, got .82px.'),
        ('a.jpg,1,34 %\n', r'row 1: expected a number, got .34 %.'),
        ('a.jpg,#VALUE!,1\n', r'row 1: expected a number, got .#VALUE!.'),
        ('name,x,y\n,1,2\n', 'row 2: expected the name of an image'),
        ('name,x,y\n', 'found only a header'),
        ('name,x0,y0,v0\na,1,2,3\n', 'row 2: expected flags 0 or 1 or 2'),
        ('name,x0,y0,visible0\na,1,2,-1\n', 'expected flags 0 or 1'),
        ('name,x0,y0,x_min\na,1,2,3\n', 'all of a box .* got x_min'),
        ('name,x0,y0\na.jpg,inf,2\n', 'row 2: expected finite numbers'),
        ('name,x0,y0\na,true,2\n', "row 2: expected a number, got 'true'"),
        ('{"images": []}', 'expected a table, got JSON'),
        ('a.jpg 1 2\n', "by commas, semicolons or tabs, got 'a.jpg 1 2'"),
        ('<html>', 'expected a table, got XML or HTML'),
        # Three numbers a point: a confidence, or a depth.
        ('a.jpg,50,60,-.1,70,80,.1\n', 'column 4, 7 has values of -2 to 2'),
        (
            'a.jpg,50,60,-9,70,80,3\nb.jpg,50,60,-7,70,80,9\n',
            'every third number is negative',
        ),
        ('a.jpg,50,60,0.9,70,80,0.8\n', 'column 4, 7 has values of -2 to 2'),
        ('name,foo,x0,y0\na,1,2,3\n', 'cannot tell what .*foo.*--columns'),
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
    assert (given.name, given.origin) == ('faces', 0)


def test_all_tables_of_a_data_set_count(tmp_path):
    """With name, origin and encoding of the user, and sizes of images."""
    head = 'name,image_width,image_height,x1,y1,x3,y3\n'
    tables = {}
    for n, split in enumerate(('train', 'val', 'test'), 4):
        tables[split] = tmp_path / f'{split}.csv'
        tables[split].write_bytes(
            f'{head}ü{n}.jpg,{n}0,{n}5,2,3,4,5\n'.encode('cp1252')
        )
    source = read_tables(
        tables['train'],
        val=tables['val'],
        test=tables['test'],
        name='sheep',
        origin=1,
        encoding='cp1252',
    )
    assert (source.name, source.origin) == ('sheep', 1)
    assert list(source.splits) == ['train', 'val', 'test']
    assert source.declared == {
        f'ü{n}.jpg': (10 * n, 10 * n + 5) for n in (4, 5, 6)
    }
    for face in source.faces:
        np.testing.assert_array_equal(face.keypoints, [[1, 2], [3, 4]])
    for told in (source.notes, [p.text for p in source.problems]):
        for table in tables.values():
            assert any(str(table) in text for text in told)


def test_an_image_named_twice_is_reported(folder_csv):
    path = folder_csv / 'train.csv'
    lines = path.read_text().splitlines()
    path.write_text('\n'.join([*lines, lines[3]]))
    (problem,) = read_tables(path, folder_csv / 'frames').problems
    assert problem.kind == 'one face in several rows, or several that overlap'
    assert 'row 4, and' in problem.text
    assert 'row 22' in problem.text
    assert problem.serious


def test_faces_that_lie_apart_in_one_image(folder_csv):
    path = folder_csv / 'train.csv'
    lines = path.read_text().splitlines()
    name, *cells = lines[3].split(',')
    moved = [str(float(cell) + 60) for cell in cells]
    path.write_text('\n'.join([*lines, ','.join([name, *moved])]))
    (problem,) = read_tables(path, folder_csv / 'frames').problems
    assert problem.kind == 'several faces in one image'
    assert not problem.serious


def test_a_missing_folder_of_images(folder_csv):
    with pytest.raises(FileNotFoundError, match='a folder of images'):
        read_tables(folder_csv / 'train.csv', folder_csv / 'nowhere')


def test_coordinates_that_look_like_columns(tmp_path):
    (face,) = read(tmp_path, 'a.jpg,0,1,2,3\n')
    np.testing.assert_array_equal(face.keypoints, [[0, 1], [2, 3]])


def test_a_first_row_with_missing_values_is_no_header(tmp_path):
    for missing in ('NA', 'nan', '', 'null'):
        text = f'a.jpg,1,2,{missing},{missing}\nb.jpg,1,2,3,4\n'
        first, second = read(tmp_path, text)
        assert first.flags.tolist() == [1, 0]
        assert second.flags.tolist() == [1, 1]
    first, _ = read(tmp_path, 'a.jpg,NA,NA\nb.jpg,1,2\n')
    assert first.flags.tolist() == [0]


@pytest.mark.parametrize(
    ('box', 'values'),
    (
        ('xmin,ymin,xmax,ymax', '1,2,11,22'),
        ('xmax,ymax,xmin,ymin', '11,22,1,2'),
        ('x,y,w,h', '1,2,10,20'),
        ('bbox_x,bbox_y,bbox_width,bbox_height', '1,2,10,20'),
        ('left,top,right,bottom', '1,2,11,22'),
        ('face_x1,face_y1,face_x2,face_y2', '1,2,11,22'),
        ('cx,cy,w,h', '6,12,10,20'),
        ('width,height,class,xmin,ymin,xmax,ymax', '99,99,face,1,2,11,22'),
    ),
)
def test_boxes_by_their_names(tmp_path, box, values):
    text = f'name,{box},x0,y0,x1,y1\na.jpg,{values},3,4,5,6\n'
    (face,) = read(tmp_path, text)
    assert face.box == (1, 2, 11, 22)
    np.testing.assert_array_equal(face.keypoints, [[3, 4], [5, 6]])


def test_a_row_without_a_box_has_that_of_its_keypoints(tmp_path):
    text = 'name,x,y,w,h,x0,y0,x1,y1\n'
    rows = 'a.jpg,1,2,10,20,3,4,5,6\nb.jpg,,,,,3,4,5,7\n'
    (tmp_path / 'faces.csv').write_text(text + rows, encoding='utf-8')
    source = read_tables(tmp_path / 'faces.csv')
    assert [f.box for f in source.faces] == [(1, 2, 11, 22), (3, 4, 5, 7)]
    assert [p.kind for p in source.problems] == [
        'face without a given box, its keypoints taken for one'
    ]
    (face,) = read(tmp_path, text + 'b.jpg,,,,,3,4,5,7\n')
    assert face.box is None


@pytest.mark.parametrize(
    ('mark', 'flags'),
    (
        ('v', [1, 2, 0]),
        ('occluded', [1, 2, 0]),
        ('hidden', [1, 2, 0]),
        ('visible', [1, 2, 0]),
    ),
)
def test_marks_of_keypoints(tmp_path, mark, flags):
    values = dict(v='1,2,0', occluded='True,False,0', visible='0,1,1')
    values['hidden'] = 'yes,no,no'
    text = f'name,x0,y0,x1,y1,x2,y2,{mark}0,{mark}1,{mark}2\n'
    (face,) = read(tmp_path, f'{text}a.jpg,1,2,3,4,,,{values[mark]}\n')
    assert face.flags.tolist() == flags


def test_tables_with_the_same_names_in_another_order(tmp_path):
    (tmp_path / 'a.csv').write_text(
        'name,eye_x,eye_y,nose_x,nose_y\na,1,2,3,4\n', encoding='utf-8'
    )
    test = tmp_path / 'b.csv'
    test.write_text(
        'name,nose_x,nose_y,eye_x,eye_y\nb,3,4,1,2\n', encoding='utf-8'
    )
    source = read_tables(tmp_path / 'a.csv', test=test)
    assert source.names == ('eye', 'nose')
    for face in source.faces:
        np.testing.assert_array_equal(face.keypoints, [[1, 2], [3, 4]])
    test.write_text('name,x0,y0,x1,y1\nb,3,4,1,2\n', encoding='utf-8')
    with pytest.raises(ValueError, match=r'b\.csv: expected keypoints eye'):
        read_tables(tmp_path / 'a.csv', test=test)


def read_two(tmp_path, first, second):
    """Two tables with a face each; ``None`` for no header."""
    for name, header in (('a', first), ('b', second)):
        text = f'{header}\n' if header else ''
        width = (header or first or second).count(',')
        row = ','.join([f'{name}.jpg', *map(str, range(1, width + 1))])
        (tmp_path / f'{name}.csv').write_text(text + row, encoding='utf-8')
    return read_tables(tmp_path / 'a.csv', test=tmp_path / 'b.csv')


NAMED = 'name,nose_x,nose_y,eye_x,eye_y'
NUMBERED = 'name,x0,y0,x1,y1'
OTHERS = 'name,x36,y36,x37,y37'


@pytest.mark.parametrize(
    ('first', 'second', 'message'),
    (
        (NUMBERED, NAMED, 'numbered from 0 or 1, as .*, got nose, eye'),
        (None, NAMED, 'numbered from 0 or 1, as .*, got nose, eye'),
        (NAMED, NUMBERED, 'keypoints nose, eye, as .*, got numbers'),
        (NAMED, None, 'keypoints nose, eye, as .*, got numbers'),
        (
            OTHERS,
            'name,x48,y48,x49,y49',
            'keypoints 36, 37, as .*, got 48, 49',
        ),
        (OTHERS, NUMBERED, 'keypoints 36, 37, as .*, got numbers from'),
        (NUMBERED, OTHERS, 'numbered from 0 or 1, as .*, got 36, 37'),
        (NUMBERED, 'name,x0,y0,x2,y2', 'numbered from 0 or 1, .* got 0, 2'),
        (OTHERS, NAMED, 'keypoints 36, 37, as .*, got nose, eye'),
    ),
)
def test_a_table_of_other_keypoints_is_refused(
    tmp_path, first, second, message
):
    with pytest.raises(ValueError, match=rf'b\.csv: .*{message}'):
        read_two(tmp_path, first, second)


@pytest.mark.parametrize(
    ('first', 'second'),
    (
        (NUMBERED, None),
        (None, 'name,x1,y1,x2,y2'),
        ('name,x,y,x,y', NUMBERED),
        ('name,x,y,x.1,y.1', NUMBERED),
        ('name,0,1,2,3', 'name,lm_0_x,lm_0_y,lm_1_x,lm_1_y'),
        (OTHERS, 'name,y37,x36,y36,x37'),
        ('name,x1,y1,x3,y3', 'name,x1,y1,x3,y3'),
        ('name,x,y', 'name,x0,y0'),
    ),
)
def test_tables_that_number_the_same_keypoints(tmp_path, first, second):
    source = read_two(tmp_path, first, second)
    assert source.names == ()
    assert list(source.splits) == ['trainval', 'test']


@pytest.mark.parametrize(
    'encoding', ('utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'cp1252')
)
def test_encodings(tmp_path, encoding):
    path = tmp_path / 'faces.csv'
    path.write_bytes('name,x0,y0\nMüller.jpg,1,2\n'.encode(encoding))
    if encoding in ('utf-16-le', 'cp1252'):  # nothing in the file tells
        with pytest.raises(ValueError, match=r'faces\.csv.*say --encoding'):
            read_table(path)
        faces, *_ = read_table(path, encoding=encoding)
    else:
        faces, *_ = read_table(path)
    assert faces[0].file == 'Müller.jpg'


def test_an_encoding_that_does_not_exist(tmp_path):
    (tmp_path / 'faces.csv').write_bytes(b'a.jpg,1,2')
    with pytest.raises(ValueError, match=r'no encoding .latin-99.'):
        read_table(tmp_path / 'faces.csv', encoding='latin-99')


def test_all_x_before_all_y_without_a_header_is_refused(tmp_path):
    rng = np.random.default_rng(0)
    base = np.array([30, 43, 54, 66, 48, 37, 57, 47])
    faces = np.stack([base, [40, 40, 41, 40, 54, 66, 66, 77]], axis=-1)
    faces = faces + rng.normal(0, 1, (20, 8, 2))

    def rows(order):
        values = faces.transpose(order).reshape(20, -1).round(2).tolist()
        return '\n'.join(
            ','.join([f'{i}.jpg', *map(str, v)]) for i, v in enumerate(values)
        )

    plain, split = rows((0, 1, 2)), rows((0, 2, 1))
    assert len(read(tmp_path, plain)) == 20
    with pytest.raises(ValueError, match=r'all x .* before all y: give'):
        read(tmp_path, split)
    header = ','.join(['name', *(f'{a}{i}' for a in 'xy' for i in range(8))])
    told = read(tmp_path, f'{header}\n{split}')
    np.testing.assert_allclose(told[3].keypoints, faces[3], atol=0.01)


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('scorer,A,A\nbodyparts,a,a\ncoords,x,y\n', 'are of the kind dlc'),
        ('1\nlefteye_x lefteye_y\na.jpg 1 2\n', 'are of the kind celeba'),
    ),
)
def test_tables_of_other_kinds_are_told(tmp_path, text, message):
    path = tmp_path / 'labels.csv'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_tables(path)


def test_names_without_a_suffix_are_no_header(tmp_path):
    first, second = read(tmp_path, 'a,1.5,2\nb,3,4\n')
    assert (first.file, second.file) == ('a', 'b')
    first, _ = read(tmp_path, 'a,NA,\nb,3,4\n')
    assert first.flags.tolist() == [0]


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('', 'expected rows, found none'),
        ('name,x0,y0\n', 'expected rows, found only a header'),
        (
            ' Scorer ,A,A\nbodyparts,a,a\n',
            "expected a table, got DeepLabCut's labels; they are of the kind "
            'dlc',
        ),
        (
            '\n12 \nlefteye_x lefteye_y\na.jpg 1 2\n',
            "expected a table, got a list of CelebA's; these are of the kind "
            'celeba',
        ),
        (
            ' {"images": []}',
            'expected a table, got JSON, which prepare_dataset.py coco and '
            'labelme read',
        ),
        (
            '<dataset>',
            'expected a table, got XML or HTML; prepare_dataset.py imglab '
            'reads the XML of imglab',
        ),
        (
            f'a.jpg{",7" * (2 * MOST_KEYPOINTS + 2)}\n',
            f'expected at most {MOST_KEYPOINTS} keypoints, got '
            f'{MOST_KEYPOINTS + 1}',
        ),
    ),
    ids=['empty', 'header', 'dlc', 'celeba', 'json', 'xml', 'wide'],
)
def test_what_is_said_of_other_files(tmp_path, text, message):
    with pytest.raises(ValueError) as error:
        read(tmp_path, text)
    assert str(error.value) == f'{tmp_path / "faces.csv"}: {message}'


def test_a_list_without_a_first_count_is_no_list_of_celeba(tmp_path):
    text = 'name,lefteye_x,lefteye_y,nose_x,nose_y\n12,1,2,3,4\n'
    (face,) = read(tmp_path, text)
    assert face.file == '12'


def test_columns_need_a_header(tmp_path):
    message = 'csv: --columns names columns, but there is no header$'
    with pytest.raises(ValueError, match=message):
        read(tmp_path, 'a.jpg,1,2\n', columns='x=x{i}')


def test_columns_of_the_user_in_a_table(tmp_path):
    (face,) = read(
        tmp_path, 'foto,px_1,py_1\na.jpg,1,2\n', columns='x=px_{i},y=py_{i}'
    )
    assert face.file == 'a.jpg'
    np.testing.assert_array_equal(face.keypoints, [[1, 2]])


def test_groups_in_a_table(tmp_path):
    (face,) = read(tmp_path, 'Ann_1.jpg,1,2\n', group_pattern=r'(.+)_\d')
    assert face.group == 'Ann' and face.fields == dict(identity='Ann')


@pytest.mark.parametrize(
    'header',
    ('name,0,1', 'name,1,2', ',0,1', 'name,1,1', 'photo, 0 , 1 '),
)
def test_headers_that_count(tmp_path, header):
    (face,) = read(tmp_path, f'{header}\nb.jpg,5,6\n')
    assert face.file == 'b.jpg'


@pytest.mark.parametrize('first', ('a,7,8', 'a,1.5,2', 'a,NA,NA', 'a, 7 ,8'))
def test_first_rows_that_are_no_header(tmp_path, first):
    found = read(tmp_path, f'{first}\nb,5,6\n')
    assert [face.file for face in found] == ['a', 'b']


def test_what_was_read_without_a_header_is_said(tmp_path):
    table = tmp_path / 'faces.csv'
    table.write_text('a.jpg,1,2,3,4\n', encoding='utf-8')
    assert read_tables(table).notes == (
        f'{table}: no header',
        f'{table}: 2 keypoints, as name, x0, y0, x1, y1, ...',
    )
