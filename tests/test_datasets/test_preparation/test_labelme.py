"""Files of LabelMe, of its versions and as people make them."""

import base64
import json
from pathlib import Path

from mmpose_scgcn.datasets.preparation import Options, prepare
from mmpose_scgcn.datasets.preparation.labelme import read_labelme

import cv2
import numpy as np
import pytest


def point(label, x, y, group=None, **more):
    return dict(
        label=label,
        points=[[x, y]],
        group_id=group,
        shape_type='point',
        flags={},
        **more,
    )


def rectangle(group=None):
    corners = [[70, 90.5], [20, 30]]
    shape = dict(label='face', points=corners, shape_type='rectangle')
    return dict(**shape, group_id=group)


def face(group=None, start=0):
    """Keypoints 10, 2 and 1: in the order of numbers 1, 2, 10."""
    return [
        point(label, 30 + start + i, 40 + 5 * i, group)
        for i, label in enumerate(('10', '2', '1'))
    ]


@pytest.fixture
def write(tmp_path):
    """Write a file; returns its folder."""

    def run(shapes, name='a.json', **more):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = dict(
            version='5.4.1',
            flags={},
            shapes=shapes,
            imagePath=f'{path.stem}.png',
            imageData=None,
            imageHeight=96,
            imageWidth=128,
        )
        path.write_text(json.dumps(data | more), encoding='utf-8')
        return tmp_path

    return run


def kinds(source):
    return {p.kind: p.serious for p in source.problems}


def test_one_face_without_groups(write):
    source = read_labelme(write([*face(), rectangle()]))
    (only,) = source.splits['trainval']
    assert only.file == 'a.png'
    assert source.names == ('1', '2', '10')
    assert only.keypoints.tolist() == [[32, 50], [31, 45], [30, 40]]
    assert only.flags.tolist() == [1, 1, 1]
    assert only.box == (20, 30, 70, 90.5)
    assert source.declared == {'a.png': (128, 96)}
    kind = 'numbers of keypoints that no face has'
    assert [p.text[:16] for p in source.problems] == ['3, 4, 5, 6, 7, 8']
    assert kinds(source) == {kind: True}


def test_labels_that_count_need_no_names(write):
    shapes = [point(str(i), 9 + i, 20 * i) for i in (2, 0, 1)]
    source = read_labelme(write(shapes), origin=1)
    assert source.names == () and not source.problems
    (only,) = source.faces
    assert only.keypoints.tolist() == [[8, -1], [9, 19], [10, 39]]


def test_several_faces_and_a_label_that_one_has_not(write):
    write([*face(0), *face(1, 40)[:2], rectangle(1)])
    source = read_labelme(write(face(7, 3), 'sub/b.json'))
    assert [f.flags.tolist() for f in source.faces] == [
        [1, 1, 1],
        [0, 1, 1],
        [1, 1, 1],
    ]
    assert [f.file for f in source.faces] == ['a.png', 'a.png', 'sub/b.png']
    assert source.faces[1].box == (20, 30, 70, 90.5)
    assert source.faces[0].box == (30, 40, 32, 50)  # of its keypoints
    assert [f.where[-10:] for f in source.faces[:2]] == [
        'group_id 0',
        'group_id 1',
    ]


def test_a_rectangle_of_another_group_is_that_of_the_only_face(write):
    (only,) = read_labelme(write([*face(), rectangle(3)])).faces
    assert only.box == (20, 30, 70, 90.5)
    two = read_labelme(write([*face(), rectangle(3), rectangle()]))
    assert two.faces[0].box == (20, 30, 70, 90.5)  # of its own group


def test_the_wanted_keypoints_in_the_wanted_order(write):
    shapes = [*face(), point('note', 1, 1), point('note', 2, 2)]
    source = read_labelme(write(shapes), keypoints='2, 10')
    assert source.faces[0].keypoints.tolist() == [[31, 45], [30, 40]]
    assert source.names == ('2', '10')
    assert kinds(source) == {'shape that is not used': False}
    assert len(source.problems) == 3
    with pytest.raises(ValueError, match=r"'11' of --keypoints; there are 2"):
        read_labelme(write(shapes), keypoints='2,11')
    with pytest.raises(ValueError, match='each once'):
        read_labelme(write(shapes), keypoints='2,2')


def test_flags_say_which_are_hidden(write):
    shapes = face()
    shapes[0]['flags'] = dict(occluded=True, blurred=True)
    shapes[1]['flags'] = dict(occluded=False)
    shapes[2]['flags'] = dict(Visible=False)
    source = read_labelme(write(shapes))
    assert source.faces[0].flags.tolist() == [1, 2, 1]
    flags = [p for p in source.problems if p.kind == 'flags that are not used']
    assert 'blurred (1)' in flags[0].text


def test_other_shapes_and_other_files_are_reported(write, tmp_path):
    polygon = dict(label='hair', points=[[1, 2], [3, 4], [5, 6]])
    write([*face(), polygon, rectangle(), rectangle()])
    write([rectangle()], 'empty.json')
    (tmp_path / 'coco.json').write_text('{"images": [], "annotations": []}')
    (tmp_path / '.hidden.json').write_text('nothing')
    source = read_labelme(tmp_path)
    assert len(source.faces) == 1 and source.faces[0].box is None
    told = kinds(source)
    del told['numbers of keypoints that no face has']
    assert told == {
        'shape that is not used': False,
        'several rectangles of a face, none used': True,
        'file without points': False,
        'rectangles without points': False,
        'JSON file that is none of LabelMe, left out': True,
    }


def test_a_slip_in_a_label_is_told(write):
    for number in range(6):
        shapes = [point(name, 30, 40) for name in ('eye', 'nose', 'mouth')]
        if number == 3:
            shapes[1]['label'] = 'noze'
        write(shapes, f'{number}.json')
    source = read_labelme(write([], 'none.json'))
    (problem,) = [p for p in source.problems if 'few faces' in p.kind]
    assert problem.serious
    assert "'noze' in 1 of 6 faces (is it 'nose'?)" in problem.text


def test_old_files_have_no_kinds_of_shapes(write):
    shapes = [dict(label=0, points=[[3, 4]]), dict(label='1', points=[[5, 6]])]
    (only,) = read_labelme(write(shapes, imagePath=None)).faces
    assert only.keypoints.tolist() == [[3, 4], [5, 6]]
    assert only.file == 'a.jpg'


def test_a_picture_that_was_renamed_with_its_file(write, tmp_path):
    cv2.imwrite(str(tmp_path / 'a.PNG'), np.zeros((96, 128, 3), np.uint8))
    source = read_labelme(write(face(), imagePath='IMG_1.jpg'))
    assert source.faces[0].file == 'a.PNG'
    kind = 'image taken by the name of its annotation file'
    assert kinds(source)[kind] is False


def test_a_renamed_picture_below_a_relative_folder(
    write, tmp_path, monkeypatch
):
    write(face(), 'in/a.json', imagePath='old.png')
    write(face(), 'in/b.json', imagePath='b.png')
    for name in ('a.png', 'b.png'):
        picture = np.zeros((96, 128, 3), np.uint8)
        cv2.imwrite(str(tmp_path / 'in' / name), picture)
    monkeypatch.chdir(tmp_path)
    source = read_labelme(Path('in'))
    assert [f.file for f in source.faces] == ['a.png', 'b.png']


def test_pictures_in_another_folder(write, tmp_path):
    """With the same subfolders; both pictures have one name."""
    for part in ('a', 'b'):
        write(face(), f'labels/{part}/1.json')
        picture = tmp_path / f'pictures/{part}/1.png'
        picture.parent.mkdir(parents=True)
        cv2.imwrite(str(picture), np.zeros((96, 128, 3), np.uint8))
    source = read_labelme(tmp_path / 'labels', images=tmp_path / 'pictures')
    assert [f.file for f in source.faces] == ['a/1.png', 'b/1.png']
    with pytest.raises(FileNotFoundError, match='expected a folder of images'):
        read_labelme(tmp_path / 'labels', images=tmp_path / 'none')


def test_one_picture_that_two_folders_name(write, tmp_path):
    """Each in its own way, which is no accident."""
    picture = tmp_path / 'pictures/1.png'
    picture.parent.mkdir()
    cv2.imwrite(str(picture), np.zeros((96, 128, 3), np.uint8))
    numbers = [point(str(i), 9 + i, 20) for i in range(2)]
    write(numbers, 'a/1.json', imagePath='../pictures/1.png')
    write(numbers[:1], 'b/c/1.json', imagePath='..\\..\\pictures\\1.png')
    source = read_labelme(tmp_path)
    assert [f.file for f in source.faces] == ['pictures/1.png'] * 2
    assert not source.problems


def test_folders_of_the_splits(write, tmp_path):
    write(face(), 'one.json')
    write(face(), 'val/two.json')
    write(face(), 'test/three.json')
    source = read_labelme(
        tmp_path, val=tmp_path / 'val', test=tmp_path / 'test'
    )
    files = {s: [f.file for f in faces] for s, faces in source.splits.items()}
    assert files == dict(
        train=['one.png'], val=['val/two.png'], test=['test/three.png']
    )
    whole = read_labelme(tmp_path / 'one.json')
    assert list(whole.splits) == ['trainval']


def test_a_broken_picture_in_a_file(write, tmp_path):
    """One is beside its file, one nowhere: all are written anew."""
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((96, 128, 3), 7, np.uint8))
    write(face())
    source = read_labelme(write(face(), 'b.json', imageData='bm8gaW1hZ2U='))
    told = prepare(source, tmp_path / 'out', Options(val_share=0))
    assert [f.file for f in told.splits['train']] == ['a.png']
    image = cv2.imread(str(tmp_path / 'out/images/a.png'))
    assert (image == 7).all() and image.shape == (96, 128, 3)
    (problem,) = [p for p in told.problems if p.kind.startswith('unreadable')]
    assert 'b.json: imageData is no image' in problem.text


def held(value):
    """A picture of one grey, as a file holds it."""
    picture = np.full((96, 128, 3), value, np.uint8)
    return base64.b64encode(cv2.imencode('.png', picture)[1]).decode()


def test_pictures_that_files_hold_under_one_name(write, tmp_path):
    for name, value in dict(a=10, b=90, c=90).items():
        write(face(), f'{name}.json', imagePath='p.jpg', imageData=held(value))
    source = read_labelme(tmp_path)
    assert kinds(source)['several images of one name'] is False
    prepare(source, tmp_path / 'out', Options(val_share=0))
    images = [
        cv2.imread(str(tmp_path / 'out/images' / face.file))
        for face in source.faces
    ]
    assert [image.max() for image in images] == [10, 90, 90]


def test_one_picture_that_two_files_hold(write, tmp_path):
    for name in 'ab':
        write(face(), f'{name}.json', imagePath='p.jpg', imageData=held(9))
    source = read_labelme(tmp_path)
    assert [face.file for face in source.faces] == ['p.jpg.png'] * 2
    assert 'several images of one name' not in kinds(source)


def test_other_pictures_under_the_name_of_a_file_that_is_there(
    write, tmp_path
):
    cv2.imwrite(str(tmp_path / 'p.jpg'), np.zeros((96, 128, 3), np.uint8))
    for name, value in dict(a=10, b=90).items():
        write(face(), f'{name}.json', imagePath='p.jpg', imageData=held(value))
    source = read_labelme(tmp_path)
    assert kinds(source)['several images of one name'] is True
    told = [problem.text for problem in source.problems]
    assert any('a.json and 1 more name' in text for text in told)


def test_numbers_of_groups_are_text_at_times(write):
    shapes = face(0)
    shapes[1]['group_id'] = '0'
    (only,) = read_labelme(write(shapes)).faces
    assert len(only.keypoints) == 3


@pytest.mark.parametrize(
    ('shapes', 'message'),
    (
        (
            [*face(), *face(start=40)],
            r"shapes\[3\]: .*got '10' twice; points of several faces need a g",
        ),
        ([*face(2), *face(2)], "got '10' twice; both have the group_id 2"),
        (
            [*face(1), point('3', 1, 2)],
            r'a group_id for every point, as others have one \(1\), got none '
            'for 3',
        ),
        ([point('', 1, 2)], "a point with a label, got ''"),
        ([point('a', 'x', 2)], 'expected points of x and y'),
        ([point('a', float('nan'), 2)], 'expected points of x and y'),
        ([point('a', 10**400, 2)], 'expected points of x and y'),
        ([dict(label='a', points=[])], 'expected points of x and y'),
        ([3], 'expected an object, got 3'),
        ([point('a', 1, 2, [3])], 'a group_id that is a number'),
        ([point('a', 1, 2, True)], 'a group_id that is a number'),
    ),
)
def test_shapes_that_are_refused(write, shapes, message):
    with pytest.raises(ValueError, match=message) as error:
        read_labelme(write(shapes))
    assert 'a.json' in str(error.value)


def test_no_points_at_all(write, tmp_path):
    with pytest.raises(ValueError, match=r'found none; file without points'):
        read_labelme(write([rectangle()]))
    with pytest.raises(FileNotFoundError, match='expected a folder'):
        read_labelme(tmp_path / 'none')
    (tmp_path / 'empty').mkdir()
    with pytest.raises(FileNotFoundError, match='empty: expected JSON files'):
        read_labelme(tmp_path / 'empty')
    (tmp_path / 'a.json').write_text('{')
    with pytest.raises(ValueError, match=r'a\.json: expected JSON'):
        read_labelme(tmp_path)


def test_output_beside_the_files_is_no_input(write, tmp_path):
    numbers = [point(str(i), 9 + i, 20 + 5 * i) for i in range(3)]
    cv2.imwrite(str(tmp_path / 'a.png'), np.zeros((96, 128, 3), np.uint8))
    source = read_labelme(write(numbers))
    for out in (tmp_path, tmp_path / 'out'):
        prepare(source, out, Options(val_share=0), copy_images=True)
        again = read_labelme(tmp_path)
        assert [f.file for f in again.faces] == ['a.png']
        assert not again.problems
