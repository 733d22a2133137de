from mmpose_scgcn.datasets.preparation.column_groups import listed
from mmpose_scgcn.datasets.preparation.column_map import map_columns
from mmpose_scgcn.datasets.preparation.column_names import tell_mark
from mmpose_scgcn.datasets.preparation.columns import (
    find_columns,
    plain_columns,
)

import pytest

OPENFACE = [
    *('name', 'frame', 'face_id', 'timestamp', 'confidence', 'success'),
    *('gaze_0_x', 'gaze_0_y', 'gaze_0_z', 'gaze_angle_x', 'gaze_angle_y'),
    *(f'eye_lmk_{axis}_{i}' for axis in 'xyXYZ' for i in range(2)),
    *('pose_Tx', 'pose_Ty', 'pose_Tz', 'pose_Rx', 'pose_Ry', 'pose_Rz'),
    *(f'{axis}_{i}' for axis in 'xyXYZ' for i in range(3)),
    *('p_scale', 'p_rx', 'p_tx', 'p_0', 'p_33', 'AU01_r', 'AU45_c'),
]


def find(header, mapping=None, sample=None):
    names = header.split(',') if isinstance(header, str) else header
    mapped = map_columns(mapping, names) if mapping else None
    return find_columns(names, sample or ['1'] * len(names), mapped)


def read_names(columns, header):
    names = header.split(',') if isinstance(header, str) else header
    return [
        f'{names[x]} {names[y]}'
        for x, y in zip(columns.x, columns.y, strict=True)
    ]


@pytest.mark.parametrize(
    ('header', 'pairs'),
    (
        ('name,x0,y0,x1,y1', 'x0 y0,x1 y1'),
        ('name,x1,y1,x0,y0', 'x0 y0,x1 y1'),
        ('name,x_1,x_10,x_2,y_10,y_2,y_1', 'x_1 y_1,x_2 y_2,x_10 y_10'),
        ('landmark_0_x,landmark_0_y,file', 'landmark_0_x landmark_0_y'),
        ('name,eye_y,nose.x,eye_x,nose.y', 'eye_x eye_y,nose.x nose.y'),
        ('name,leftEyeX,leftEyeY', 'leftEyeX leftEyeY'),
        ('name,x_nose,y_nose', 'x_nose y_nose'),
        ('image_name,scale,center_w,center_h,o_0_x,o_0_y', 'o_0_x o_0_y'),
        ('name,x0,y0,z0,score0', 'x0 y0'),
        ('name,X0,Y0,Z0', 'X0 Y0'),
        ('name,x0,y0,X1,Y1', 'x0 y0,X1 Y1'),
        ('name,x0,Y0', 'x0 Y0'),
        ('name,x.1,y.1,x,y', 'x y,x.1 y.1'),
        ('name,x,y,x.1,y.1', 'x y,x.1 y.1'),
        (OPENFACE, 'x_0 y_0,x_1 y_1,x_2 y_2'),
    ),
)
def test_x_and_y_are_paired_by_name_and_number(header, pairs):
    assert read_names(find(header), header) == pairs.split(',')


@pytest.mark.parametrize(
    ('header', 'note'),
    (
        ('name,x0,y0,z0', 'not used, z (depth): z0'),
        ('name,x0,y0,likelihood0', 'confidences of keypoints: likelihood0'),
        ('name,scale,x0,y0', "HRNet's scale and centre: scale"),
        ('name,x0,y0,width,height', 'sizes and centres: width, height'),
        ('name,emotion,x0,y0', 'classes, splits and attributes: emotion'),
        (OPENFACE, '3-D coordinates in capitals: X_0, X_1, X_2, ..., Z_2'),
        (OPENFACE, 'action units: frame, face_id, timestamp, ..., AU45_c'),
        (',name,x0,y0', 'numbers of rows: (no name)'),
    ),
)
def test_what_is_not_used_is_said(header, note):
    assert any(note in text for text in find(header).notes)


@pytest.mark.parametrize(
    ('header', 'message'),
    (
        ('name,valence,x0,y0', 'cannot tell what the columns valence hold'),
        ('name,visible,x0,y0', 'what the columns visible hold'),
        ('name,px0,py0', 'what the columns px0, py0 hold; .*--columns'),
        ('name,x0,y0,x1', 'an x and a y of every keypoint, got x1 alone'),
        ('name,z0', 'got z0 alone'),
        ('name,x0,y0,X_0,x_0', 'x0 and x_0 name the same'),
        ('name,x0,y0,v0,v_0', 'the columns v0 and v_0 name the same'),
        ('name,gt_0_x,gt_0_y,pred_0_x,pred_0_y', 'one set of keypoints, got'),
        ('name,x0,y0,kp0_x,kp0_y', 'one set of keypoints, got x, y, kp'),
        ('name,xmin,ymin,x0,y0', 'expected all of a box'),
        ('name,xmin,xmin,x0,y0', 'expected one box, got more'),
        ('frame,x0,y0', 'one column with the names of the images'),
        ('name,image,x0,y0', 'found name, image'),
        ('name,x0,y0,x1,y1,v0', 'of each of the 2 keypoints, got v0'),
        ('name,x0,y0,v0,visible0', 'one mark of each keypoint, got v, visi'),
        ('name,gt_a_x,gt_a_y,pred_a_x,pred_a_y', 'got gt a, pred a; name wh'),
        ('name,0,1,x,y', 'cannot tell what the columns 0, 1 hold'),
        ('name,2,3,4,5', 'cannot tell what the columns 2, 3, 4, 5 hold'),
        ('name,0,1,2', 'got 3 columns of coordinates'),
        ('name,width', 'columns of keypoints, found none'),
    ),
)
def test_what_is_not_known_is_refused(header, message):
    with pytest.raises(ValueError, match=message):
        find(header)


def test_the_user_says_what_columns_hold():
    header = 'photo,px_1,px_0,py_0,py_1,mood,x0,y0'
    columns = find(header, 'file=photo,x=px_{i},y=py_{i}')
    assert columns.file == 0
    assert read_names(columns, header) == ['px_0 py_0', 'px_1 py_1']
    assert any('mood, x0, y0' in note for note in columns.notes)


def test_the_user_names_what_to_leave_out_and_boxes():
    header = 'name,x0,y0,AU_a,AU_b,l,t,r,b'
    sides = 'left=l,top=t,right=r,bottom=b'
    columns = find(header, f'ignore=AU_*,{sides}')
    assert columns.box == dict(left=5, top=6, right=7, bottom=8)
    header = 'name,eye col,eye row,nose col,nose row'
    columns = find(header, 'x={name} col,y={name} row')
    assert columns.names == ('eye', 'nose')


@pytest.mark.parametrize(
    ('mapping', 'message'),
    (
        ('z=a', "WHAT among file, x, y, v, .* got 'z=a'"),
        ('x0', "got 'x0'"),
        ('x={i}{i}', 'once in a field'),
        ('x={name}_{name}', 'once in a field'),
        ('file=nothing', "no column is called 'nothing'; there are name, x"),
        ('file=', "got 'file='"),
        (
            'x={i}{i}',
            r'^--columns: expected \{i\} and \{name\} once in a field',
        ),
    ),
)
def test_a_mapping_that_does_not_fit(mapping, message):
    with pytest.raises(ValueError, match=message):
        map_columns(mapping, ['name', 'x', 'y'])


def test_of_several_names_the_one_of_an_image_is_taken():
    columns = find('name,image,x0,y0', sample=['Ann', 'a.JPG', '1', '2'])
    assert columns.file == 1


def test_a_column_with_an_equals_sign_in_its_name():
    found = map_columns('file=a=b', ['x', 'a=b'])
    assert [(i, m.role) for i, m in found.items()] == [(1, 'file')]


def test_what_the_user_leaves_out_is_said():
    notes = find('name,x0,y0,AU_a,AU_b', 'ignore=AU_*').notes
    assert notes[-1] == 'not used, as --columns says: AU_a, AU_b'


def test_marks_that_the_user_names():
    columns = find('name,x0,y0,a0,x1,y1,a1', 'visible=a{i}')
    assert (columns.marks, columns.mark_kind) == ((3, 6), 'visible')


@pytest.mark.parametrize(
    ('header', 'marks'),
    (
        ('name,p0_x,p0_y,p1_x,p1_y,p1_v,p0_v', (6, 5)),
        ('name,p0_x,p0_y,p1_x,p1_y,v1,v0', (6, 5)),  # by number alone
        ('name,eye_x,eye_y,nose_x,nose_y,nose_v,eye_v', (6, 5)),
    ),
)
def test_marks_are_found_by_name_and_number_or_number(header, marks):
    assert find(header).marks == marks


@pytest.mark.parametrize(
    'header',
    (
        'name,p0_x,p0_y,p1_x,p1_y,v1,v2',
        'name,p0_x,p0_y,p1_x,p1_y,v0',
        'name,p0_x,p0_y,p1_x,p1_y,v0,v1,v2',
        'name,a0_x,a0_y,b0_x,b0_y,v0',
        'name,eye_x,eye_y,nose_x,nose_y,v0,v1',
        'name,p0_x,p0_y,p1_x,p1_y,a0_v,b0_v,b1_v',
    ),
)
def test_marks_of_other_keypoints_are_refused(header):
    with pytest.raises(ValueError, match=r'a mark \(v\) of each of the 2 key'):
        find(header)


def test_numbers_that_do_not_count_are_told():
    with pytest.raises(ValueError, match='cannot') as error:
        find('name,2,3,4,5')
    assert str(error.value).startswith(
        'cannot tell what the columns 2, 3, 4, 5 hold: numbers alone mean '
        'name, x0, y0, x1, y1, ... only where they count all columns after '
        'the name; name what'
    )


@pytest.mark.parametrize(
    ('name', 'kind'),
    (
        ('V', 'v'),
        ('Visibility', 'visible'),
        ('oc_c', 'occluded'),
        ('likelihood', 'confidence'),
        ('depth', None),
    ),
)
def test_what_a_mark_means(name, kind):
    assert tell_mark(name) == kind


def test_all_that_was_read_is_said():
    header = 'name,x0,y0,v0,xmin,ymin,xmax,ymax,emotion'
    assert find(header).notes == (
        'image from name; 1 keypoints, x from x0, y from y0',
        'v from v0',
        'box: left from xmin, top from ymin, right from xmax, bottom from '
        'ymax',
        'not used, classes, splits and attributes: emotion',
    )
    first = find(',x0,y0').notes[0]
    assert first.startswith('image from the first column; 1 keypoints, ')


def test_columns_without_names():
    columns = plain_columns(5, ['no header'])
    assert (columns.x, columns.y) == ((1, 3), (2, 4))
    assert columns.plain and columns.mark_kind == 'v'
    keypoints = '2 keypoints, as name, x0, y0, x1, y1, ...'
    assert columns.notes == ('no header', keypoints)
    with pytest.raises(ValueError) as error:
        plain_columns(4)
    assert str(error.value) == (
        'expected columns name, x0, y0, x1, y1, ... or a header that names '
        'them, got 3 columns of coordinates'
    )


def test_names_of_keypoints_have_their_numbers():
    columns = find('name,eye_0_x,eye_0_y,eye_1_x,eye_1_y,nose_x,nose_y')
    assert columns.names == ('eye_0', 'eye_1', 'nose')
    assert (columns.marks, columns.mark_kind) == ((), 'v')


def test_x_y_and_z_that_are_repeated_are_counted():
    columns = find('name,x,y,z,x,y,z')
    assert (columns.x, columns.y) == ((1, 4), (2, 5))
    assert columns.notes[-1] == 'not used, z (depth): z, z'


@pytest.mark.parametrize(
    ('header', 'sample', 'file'),
    (
        ('foo,x0,y0', 'a.jpg,1,2', 0),
        ('x0,y0,foo', '1,2,a.jpg', 2),
        ('foo,bar,x0,y0', 'a.jpg,b.jpg,1,2', 0),
        ('x0,y0,foo', 'b.jpg,2,a.jpg', 2),
        (',x0,y0', 'a,1,2', 0),
    ),
)
def test_names_of_images_are_found_by_what_they_are(header, sample, file):
    ignored = 'ignore=bar' if 'bar' in header else None
    assert find(header, ignored, sample.split(',')).file == file


def test_without_names_of_images_one_is_told_what_is_there():
    with pytest.raises(ValueError, match='found none') as error:
        find('frame,x0,y0')
    assert str(error.value).startswith(
        'expected one column with the names of the images (called name, '
        'file, image or the like), found none among frame, x0, y0; name what'
    )


def test_many_columns_are_listed_in_short():
    header = ['a', '', *'cdefg']
    assert listed(header, range(6)) == 'a, (no name), c, d, e, f'
    assert listed(header, range(7)) == 'a, (no name), c, ..., g'


def test_of_several_names_the_user_chooses_one():
    columns = find('name,photo,x0,y0', 'file=photo', ['a.jpg', 'b', '1', '2'])
    assert columns.file == 1
    assert columns.notes[-1] == 'not used, other names: name'


def test_what_the_user_does_not_name_is_said_to_be_unused():
    header = 'name,px_0,py_0,x0,mood,xmin,ymin,xmax,ymax,emotion'
    columns = find(header, 'x=px_{i},y=py_{i}')
    assert (columns.file, columns.x, columns.y) == (0, (1,), (2,))
    assert list(columns.box.values()) == [5, 6, 7, 8]
    assert columns.notes[-2:] == (
        'not used, columns that --columns does not name: x0, mood',
        'not used, classes, splits and attributes: emotion',
    )
