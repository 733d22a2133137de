from mmpose_scgcn.datasets.preparation.column_map import map_columns
from mmpose_scgcn.datasets.preparation.columns import find_columns

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
        ('name,px0,py0', 'what the columns px0, py0 hold; .*--columns'),
        ('name,x0,y0,x1', 'an x and a y of every keypoint, got x1 alone'),
        ('name,z0', 'got z0 alone'),
        ('name,x0,y0,X_0,x_0', 'x0 and x_0 name the same'),
        ('name,gt_0_x,gt_0_y,pred_0_x,pred_0_y', 'one set of keypoints, got'),
        ('name,x0,y0,kp0_x,kp0_y', 'one set of keypoints, got x, y, kp'),
        ('name,xmin,ymin,x0,y0', 'expected all of a box'),
        ('name,xmin,xmin,x0,y0', 'expected one box, got more'),
        ('frame,x0,y0', 'one column with the names of the images'),
        ('name,image,x0,y0', 'found name, image'),
        ('name,x0,y0,x1,y1,v0', 'of each of the 2 keypoints, got v0'),
        ('name,x0,y0,v0,visible0', 'one mark of each keypoint'),
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
    ),
)
def test_a_mapping_that_does_not_fit(mapping, message):
    with pytest.raises(ValueError, match=message):
        map_columns(mapping, ['name', 'x', 'y'])


def test_of_several_names_the_one_of_an_image_is_taken():
    columns = find('name,image,x0,y0', sample=['Ann', 'a.JPG', '1', '2'])
    assert columns.file == 1
