"""The forms of COCO's keypoints that tools and people write."""

import json
import re

from mmpose_scgcn.datasets.preparation import Options, prepare
from mmpose_scgcn.datasets.preparation.coco import read_coco

import cv2
import numpy as np
import pytest

KEYPOINTS = [30, 40, 2, 60, 41, 1, 45.5, 55, 2]
NAMES = ['left_eye', 'right_eye', 'mouth']


def content(**changes):
    """Two faces of two images."""
    whole = dict(
        images=[dict(id=i, file_name=f'{i}.png') for i in range(2)],
        categories=[dict(id=1, name='face', keypoints=NAMES)],
        annotations=[
            dict(id=i, image_id=i, category_id=1, keypoints=KEYPOINTS)
            for i in range(2)
        ],
    )
    return {**whole, **changes}


def face(**changes):
    return dict(image_id=0, category_id=1, keypoints=KEYPOINTS, **changes)


@pytest.fixture
def write(tmp_path):
    """Write a file and its images; returns its path."""

    def run(data, name='faces.json', images=(), encoding='utf-8'):
        for file in images:
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), np.zeros((96, 128, 3), np.uint8))
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = data if isinstance(data, str) else json.dumps(data)
        path.write_bytes(text.encode(encoding))
        return path

    return run


def problems(source):
    return {(p.kind, p.serious) for p in source.problems}


def test_what_may_be_missing(write):
    """No area, iscrowd, num_keypoints, box, size, names or licences."""
    source = read_coco(write(content(categories=[])))
    assert source.names == ()
    for member in source.faces:
        assert member.keypoints.tolist() == [[30, 40], [60, 41], [45.5, 55]]
        assert member.flags.tolist() == [2, 1, 2]
        assert member.box is None
    assert [f.file for f in source.faces] == ['0.png', '1.png']
    assert not source.problems and not source.declared


def test_ids_may_be_texts_in_one_place(write):
    data = content(
        images=[dict(id='7a', file_name='a.png'), dict(id=8, file_name='b')],
        annotations=[face(id='x'), face(id='x')],
    )
    data['annotations'][0]['image_id'] = '7a'
    data['annotations'][1]['image_id'] = '8'
    source = read_coco(write(data))
    assert [f.file for f in source.faces] == ['a.png', 'b']


def test_visibility_0_is_absent_whatever_the_coordinates(write):
    listed = [30, 40, 0, None, None, 2, 45, 55, 2, 46, 70, 1]
    data = content(categories=[])
    for entry in data['annotations']:
        entry['keypoints'] = listed
    (first, _) = read_coco(write(data)).faces
    assert first.flags.tolist() == [0, 0, 2, 1]
    assert np.isnan(first.keypoints[:2]).all()


def test_triples_in_lists_of_their_own(write):
    data = content(annotations=[face()])
    data['annotations'][0]['keypoints'] = [[1, 2, 2], [3, 4, 2], [5, 6, 0]]
    (only,) = read_coco(write(data), origin=1).faces
    assert only.keypoints[:2].tolist() == [[0, 1], [2, 3]]


def test_boxes_are_given_or_made(write):
    data = content(
        annotations=[
            face(bbox=[20, 30, 50, 40]),
            face(bbox=[]),
            face(bbox=[0, 0, 0, 0]),
            face(),
        ]
    )
    source = read_coco(write(data))
    boxes = [f.box for f in source.faces]
    assert boxes == [(20, 30, 70, 70)] + [(30, 40, 60, 55)] * 3
    kind = 'face without a given box, its keypoints taken for one'
    assert [p.kind for p in source.problems if kind == p.kind] == [kind] * 3


def test_what_is_left_out_is_counted(write):
    data = content(
        annotations=[
            face(),
            face(iscrowd=1),
            face(ignore=1),
            dict(image_id=0, category_id=1, segmentation=[[1, 2, 3, 4, 5, 6]]),
            dict(image_id=0, category_id=1, keypoints=[0] * 9),
            dict(image_id=5, category_id=1, keypoints=KEYPOINTS),
            dict(image_id=0, category_id=3, bbox=[1, 2, 3, 4]),
        ]
    )
    source = read_coco(write(data))
    assert len(source.faces) == 1
    assert [(p.kind, p.serious) for p in source.problems] == [
        ('annotation of a crowd or to be ignored, left out', False),
        ('annotation of a crowd or to be ignored, left out', False),
        (
            'annotation without keypoints (a box or an outline alone), left '
            'out',
            False,
        ),
        ('annotation of an image that is not listed, left out', True),
        ("annotation of the category 'category 3', left out", False),
        ('image without a face', False),
        ('annotation whose keypoints are all absent, left out', False),
    ]


def test_one_of_several_categories(write):
    data = content(
        categories=[
            dict(id=0, name='face'),  # Roboflow's group of that name
            dict(id=1, name='face', keypoints=NAMES),
            dict(id=2, name='hand', keypoints=['thumb']),
        ]
    )
    data['annotations'].append(
        dict(image_id=0, category_id=2, keypoints=[1, 2, 2])
    )
    path = write(data)
    with pytest.raises(ValueError, match=r'face \(2\), hand \(1\).*--categ'):
        read_coco(path)
    assert read_coco(path, category='face').names == tuple(NAMES)
    hand = read_coco(path, category='hand')
    assert [f.keypoints.tolist() for f in hand.faces] == [[[1, 2]]]
    with pytest.raises(ValueError, match=r"'foot' has keypoints; those of"):
        read_coco(path, category='foot')


@pytest.mark.parametrize(
    'written',
    (
        'faces/a b.png',
        'faces\\a b.png',
        'C:\\Users\\me\\faces\\a b.png',
        'faces/a%20b.png',
        '/home/me/project/images/faces/a b.png',
        'https://example.org/files/faces/a%20b.png?token=1',
        '/data/local-files/?d=faces/a%20b.png',
        '../../media/upload/4/cb0618f6-a b.png',
        'a b.png',
    ),
)
def test_names_of_images(write, written):
    data = content(images=[dict(id=0, file_name=written)])
    data['annotations'] = [face()]
    source = read_coco(write(data, images=['pictures/faces/a b.png']))
    assert source.faces[0].file == 'pictures/faces/a b.png'


def test_another_image_of_that_name_is_not_taken(write):
    data = content(images=[dict(id=0, file_name='train/1.png')])
    data['annotations'] = [face()]
    path = write(data, images=['val/1.png'])
    assert read_coco(path).faces[0].file == 'train/1.png'
    data['images'][0]['file_name'] = '1.png'
    path = write(data, images=['test/1.png'])
    with pytest.raises(ValueError, match=r'expected one image 1\.png, got'):
        read_coco(path)


def test_an_image_outside_of_the_folder_is_read_if_that_is_named(
    write, tmp_path
):
    data = content(images=[dict(id=0, file_name='../above.png')])
    data['annotations'] = [face()]
    path = write(data, 'set/faces.json', images=['above.png'])
    told = rf'image 0: expected the name.*--images {re.escape(str(tmp_path))}$'
    with pytest.raises(ValueError, match=told):
        read_coco(path)
    source = read_coco(path, tmp_path)
    assert source.faces[0].file == 'above.png'
    out = tmp_path / 'out'
    prepare(source, out, Options(val_share=0), copy_images=True)
    assert (out / 'images/above.png').is_file()


def test_the_folders_of_roboflow(write, tmp_path):
    """Versions of one photograph stay in one split."""
    version = 'a_jpg.rf.{}.jpg'
    for split, count in dict(train=2, valid=1, test=1).items():
        names = [version.format(f'{split[0]}{i}' * 16) for i in range(count)]
        data = content(
            images=[dict(id=i, file_name=n) for i, n in enumerate(names)]
        )
        data['annotations'] = data['annotations'][:count]
        write(
            data,
            f'{split}/_annotations.coco.json',
            [f'{split}/{name}' for name in names],
        )
    source = read_coco(tmp_path)
    counts = {split: len(faces) for split, faces in source.splits.items()}
    assert counts == dict(train=2, val=1, test=1)
    assert source.splits['val'][0].file.startswith('valid/a_jpg.rf.v0v0')
    groups = {face.group for face in source.splits['train']}
    assert groups == {'train/a_jpg.jpg'}


def test_splits_by_options_and_the_order_of_names(write):
    turned = content(
        categories=[dict(id=1, name='face', keypoints=NAMES[::-1])]
    )
    source = read_coco(
        write(content()), test=write(turned, 'b.json'), val=write(content())
    )
    assert list(source.splits) == ['train', 'val', 'test']
    assert source.splits['test'][0].keypoints[0].tolist() == [45.5, 55]
    other = content(categories=[dict(id=1, name='face', keypoints=['a'] * 3)])
    with pytest.raises(ValueError, match=r'b\.json: expected keypoints left'):
        read_coco(write(content()), test=write(other, 'b.json'))


@pytest.mark.parametrize('categories', ([], [dict(id=1, name='face')]))
def test_names_in_the_file_of_the_test_alone(write, categories):
    """They say nothing of the training file's order."""
    path = write(content(categories=categories), 'a.json')
    named = content(categories=[dict(id=1, name='face', keypoints=NAMES)])
    if not categories:
        named['categories'][0]['name'] = 'category 1'
    message = r'b\.json: .* numbered from 0 or 1, as .*, got left_eye'
    with pytest.raises(ValueError, match=message):
        read_coco(path, test=write(named, 'b.json'))
    with pytest.raises(ValueError, match=r'a\.json: .*left.*got numbers'):
        read_coco(write(named, 'b.json'), test=path)
    assert read_coco(path, test=path).names == ()


def test_lines_of_a_file_with_another_order(write):
    """They belong to that order, not to the first file's."""
    turned = dict(id=1, name='face', keypoints=NAMES[::-1], skeleton=[[1, 2]])
    other = write(content(categories=[turned]), 'b.json')
    source = read_coco(write(content()), test=other)
    assert source.skeleton == ()
    alike = dict(turned, keypoints=NAMES)
    other = write(content(categories=[alike]), 'b.json')
    assert read_coco(write(content()), test=other).skeleton == ((0, 1),)


def test_several_files_for_a_split(write, tmp_path):
    write(content(), 'job_1.json')
    write(content(), 'job_2.json')
    with pytest.raises(ValueError, match='expected one file for trainval'):
        read_coco(tmp_path)


def test_what_lies_beside_is_reported(write, tmp_path):
    write(content(), 'annotations/person_keypoints_train2017.json')
    write('[', 'annotations/captions_train2017.json')
    source = read_coco(tmp_path)
    assert list(source.splits) == ['trainval']
    assert problems(source) == {
        ('JSON file that is no COCO keypoints, not read', False)
    }


def test_an_image_of_another_size(write, tmp_path):
    data = content()
    data['images'][0] |= dict(width=256, height=192)
    data['images'][1] |= dict(width=128, height=96)
    path = write(data, images=['0.png', '1.png'])
    told = prepare(read_coco(path), tmp_path / 'out', Options(val_share=0))
    (problem,) = told.problems
    assert problem.serious
    assert '0.png: 128 x 96 px, the file says 256 x 192' in problem.text


@pytest.mark.parametrize('encoding', ('utf-8-sig', 'utf-16', 'cp1252'))
def test_encodings(write, encoding):
    data = content(images=[dict(id=0, file_name='Müller.png')])
    data['annotations'] = [face()]
    text = json.dumps(data, ensure_ascii=False)
    path = write(text, encoding=encoding)
    if encoding == 'cp1252':
        with pytest.raises(ValueError, match=r'faces\.json.*--encoding'):
            read_coco(path)
        source = read_coco(path, encoding=encoding)
    else:
        source = read_coco(path)
    assert source.faces[0].file == 'Müller.png'


@pytest.mark.parametrize(
    ('data', 'message'),
    (
        ('{"images": [', r'faces\.json: expected JSON, but .*line 1'),
        ('<?xml?><annotations>', 'expected JSON, got XML of CVAT: export it'),
        (' <html>', 'expected JSON, got XML: line 1'),
        ('', r'faces\.json: expected JSON'),
        ('[' * 100_000, r'faces\.json: JSON nested too deeply'),
        (dict(shapes=[], imagePath=''), 'got a file of LabelMe: prepare_data'),
        ([dict(data={}, annotations=[])], "got Label Studio's own JSON"),
        ([dict(image_id=1, score=1)], 'a list of results'),
        (dict(_via_img_metadata={}), 'got a project of VIA'),
        (dict(a=1), 'got an object with a'),
        (content(annotations={}), r'expected keypoints, got 0 annotations'),
        (content(annotations=dict(a=1)), 'expected a list of annotations'),
        (content(annotations=[3]), r'annotations\[0\]: expected an object'),
        (
            content(annotations=[dict(image_id=0, bbox=[1, 2, 3, 4])]),
            'expected keypoints, got 1 annotations without any',
        ),
        (
            content(images=[dict(id=0, file_name=n) for n in 'ab']),
            r'images\[1\]: expected ids that are not used twice, got 0 of a',
        ),
        (
            content(images=[dict(file_name='a')]),
            r'images\[0\]: expected an id',
        ),
        (content(images=[dict(id=0), dict(id=1)]), 'image 0: expected a file'),
    ),
)
def test_files_that_are_refused(write, data, message):
    with pytest.raises(ValueError, match=message) as error:
        read_coco(write(data))
    assert 'faces.json' in str(error.value)


@pytest.mark.parametrize(
    ('keypoints', 'message'),
    (
        ([1, 2, 2, 3, 4, 2], '9 numbers, as 3 names of keypoints have, got 6'),
        ([1, 2, 3, 4], 'got 4'),
        ([1, 2, 2, 3, 4, 2, 5, 6, 3], 'visibility of a keypoint, got 3 for'),
        ([1, 2, 0.9, 3, 4, 1, 5, 6, 1], 'got 0.9 for keypoint 0'),
        (['1', 2, 2, 3, 4, 1, 5, 6, 1], "expected numbers, got '1'"),
        ([1e999, 2, 2, 3, 4, 1, 5, 6, 1], 'expected finite numbers'),
    ),
)
def test_keypoints_that_are_refused(write, keypoints, message):
    data = content()
    data['annotations'][1]['keypoints'] = keypoints
    with pytest.raises(ValueError, match=message) as error:
        read_coco(write(data))
    assert 'faces.json, annotations[1]' in str(error.value)


def test_a_box_that_is_none(write):
    data = content(annotations=[face(bbox=[1, 2, 3])])
    with pytest.raises(ValueError, match='expected a bbox of x, y, width'):
        read_coco(write(data))


def test_numbers_without_names_are_triples(write):
    data = content(categories=[], annotations=[face()])
    data['annotations'][0]['keypoints'] = [1, 2, 3, 4]
    with pytest.raises(ValueError, match=r'a multiple of 3 numbers.*got 4'):
        read_coco(write(data))


def test_no_image_at_all(write, tmp_path):
    source = read_coco(write(content()))
    with pytest.raises(
        ValueError, match=r'0\.png, looked for in .*--images n'
    ):
        prepare(source, tmp_path / 'out', Options(val_share=0))


def test_the_faces_of_whole_bodies(write):
    data = content(annotations=[face(), face()])
    for number, entry in enumerate(data['annotations']):
        entry['face_kpts'] = [5, 6, 1, 8, 9, 1] if number else [0.0] * 6
        entry['face_box'] = [4, 5, 6, 7] if number else [0.0] * 4
    path = write(data)
    body = read_coco(path)
    assert problems(body) == {
        ('keypoints of a part, not used', False),
        ('image without a face', False),
    }
    source = read_coco(path, part='face')
    (only,) = source.faces
    assert only.keypoints.tolist() == [[5, 6], [8, 9]]
    assert only.box == (4, 5, 10, 12)
    assert source.names == ()
    assert problems(source) == {
        ('annotation whose keypoints are all absent, left out', False),
        ('image without a face', False),
    }


def test_real_faces_of_whole_bodies(scgcn_data):
    """A file of the form of COCO-WholeBody, from MMPose's samples."""
    path = scgcn_data / 'mmpose_samples/coco/test_coco_wholebody.json'
    source = read_coco(path, part='face')
    listed = json.loads(path.read_text())['annotations']
    valid = [a for a in listed if a['face_valid']]
    assert len(source.faces) == len(valid) > 2
    for found, entry in zip(source.faces, valid, strict=True):
        wanted = np.reshape(entry['face_kpts'], (68, 3))[:, :2]
        np.testing.assert_allclose(found.keypoints, wanted)
        x, y, width, height = entry['face_box']
        assert found.box == pytest.approx((x, y, x + width, y + height))
    assert source.folder.samefile(path.parent)


def test_no_file(tmp_path):
    for path in (tmp_path, tmp_path / 'none.json'):
        with pytest.raises(FileNotFoundError, match='expected a JSON file'):
            read_coco(path)
