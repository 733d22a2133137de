"""Files that MMPose's data sets would fail on, each told with its entry."""

import json

from mmpose_scgcn.checks.annotation_file import (
    check_annotation_file,
    check_content,
)

import pytest
from mmpose.registry import DATASETS


def content():
    """Two faces in two images."""
    images = [
        dict(id=i, file_name=f'{i}.jpg', width=96, height=96) for i in (1, 2)
    ]
    annotations = [
        dict(
            id=i,
            image_id=i,
            category_id=1,
            iscrowd=0,
            bbox=[10, 10, 50, 60.5],
            keypoints=[20, 30, 2, 40.5, 50, 1],
        )
        for i in (1, 2)
    ]
    categories = [dict(id=1, name='face')]
    return dict(images=images, annotations=annotations, categories=categories)


def write(tmp_path, text):
    path = tmp_path / 'a.json'
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_what_is_in_order(tmp_path):
    check_annotation_file(write(tmp_path, json.dumps(content())))
    plain = content()
    del plain['categories']  # needed by none of MMPose's readers
    del plain['annotations'][0]['bbox']  # such a face is left out
    plain['annotations'][1]['id'] = 'face'
    plain['annotations'][0]['image_id'] = None
    check_annotation_file(write(tmp_path, json.dumps(plain)))


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('', 'expected JSON in UTF-8 without a mark'),
        ('{"images": [', 'line 1 column 13'),
        (b'\xff\xfe{\0', 'UTF-8, but byte 1 is 0xff'),
        (b'\xef\xbb\xbf{}', 'BOM'),
        ('[' * 100_000, 'nested too deeply'),
        ('[]', r'object with images and annotations, got \[\]'),
        ('null', 'got null'),
        ('{}', 'expected a list of images.* got null among nothing'),
    ),
)
def test_what_is_no_such_file(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError, match=message) as error:
        check_annotation_file(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ('part', 'name', 'value', 'message'),
    (
        ('images', 'id', '1', r'images\[1\]: expected a whole number as id'),
        ('images', 'id', True, 'got true'),
        ('images', 'file_name', 5, 'expected a text as file_name, got 5'),
        ('images', 'width', '96', 'expected a number as width, got "96"'),
        ('images', 'height', ..., 'expected a number as height, got none'),
        ('annotations', 'id', None, r'annotations\[1\]: .* as id, got null'),
        ('annotations', 'image_id', [1], r'as image_id, got \[1\]'),
        ('annotations', 'category_id', ..., 'as category_id, got none'),
        ('annotations', 'bbox', None, 'width and height as bbox, got null'),
        ('annotations', 'bbox', [1, 2, 3], 'as bbox, got 3 numbers'),
        ('annotations', 'bbox', ['1'] * 4, r'as bbox, got \["1", "1"'),
        ('annotations', 'keypoints', None, 'as keypoints, got null'),
        ('annotations', 'keypoints', [10**400, 1, 2], r'got \[1000'),
        ('annotations', 'keypoints', [1, 2], 'as keypoints, got 2 numbers'),
        ('annotations', 'keypoints', ['a'] * 99, r'got \["a", .*\.\.\.'),
        ('annotations', 'keypoints', [1, 2, 3], 'got 3 for keypoint 0'),
        ('annotations', 'keypoints', [1, 2, -1], 'got -1 for keypoint 0'),
        (
            *('annotations', 'keypoints', [1, 2, 2, 3, 4, 0.5]),
            r'1\]: expected 0, 1 or 2 for the visibility .* got 0.5 for keypo',
        ),
        ('annotations', 'keypoints', [1, 2, float('nan')], 'got nan for'),
        ('annotations', 'keypoints', [1, 2, float('inf')], 'got inf for'),
    ),
)
def test_entries_that_are_wrong(tmp_path, part, name, value, message):
    spoilt = content()
    if value is ...:
        del spoilt[part][1][name]
    else:
        spoilt[part][1][name] = value
    with pytest.raises(ValueError, match=message):
        check_annotation_file(write(tmp_path, json.dumps(spoilt)))


def test_no_keypoint_in_a_face_that_would_be_used(tmp_path):
    """MMPose takes the largest of its coordinates, and there is none."""
    spoilt = content()
    first = spoilt['annotations'][0]
    first.update(keypoints=[], num_keypoints=8)
    path = write(tmp_path, json.dumps(spoilt))
    message = r'a\.json, annotations\[0\]: expected x, y .*, got 0 numbers'
    with pytest.raises(ValueError, match=message):
        check_annotation_file(path)
    for more in (dict(num_keypoints=0), dict(iscrowd=1), dict(bbox=[0] * 4)):
        kept = dict(spoilt, annotations=[*spoilt['annotations']])
        kept['annotations'][0] = first | more
        check_annotation_file(write(tmp_path, json.dumps(kept)))
    del first['num_keypoints']  # counted, and 0
    check_annotation_file(write(tmp_path, json.dumps(spoilt)))


@pytest.mark.parametrize('part', ('images', 'annotations', 'categories'))
def test_lists_of_something_else(tmp_path, part):
    for value in (None, 5, {}, [5]):
        spoilt = dict(content(), **{part: value})
        with pytest.raises(ValueError, match=f'{part}.* got|got .* among'):
            check_annotation_file(write(tmp_path, json.dumps(spoilt)))


@pytest.mark.parametrize(
    ('name', 'value', 'message'),
    (
        ('image_id', 7, '2 of an image that the file does not list'),
        ('iscrowd', 1, '2 marked iscrowd'),
        ('bbox', [0, 0, 0, 0], '2 with a bbox that has no area'),
        ('num_keypoints', 0, '2 with num_keypoints 0'),
    ),
)
def test_no_face_is_left(tmp_path, name, value, message):
    spoilt = content()
    for annotation in spoilt['annotations']:
        annotation[name] = value
    with pytest.raises(ValueError, match=f'expected faces, .*{message}'):
        check_annotation_file(write(tmp_path, json.dumps(spoilt)))
    spoilt['annotations'] = []
    with pytest.raises(ValueError, match=r'0 annotations .* list is empty'):
        check_annotation_file(write(tmp_path, json.dumps(spoilt)))


def centered(**changes):
    """Two faces whose boxes are made of centre and scale."""
    made = content()
    for annotation in made['annotations']:
        annotation.update(center=[40, 40], scale=0.3, num_keypoints=2)
        for name, value in changes.items():
            annotation[name] = value
            if value is ...:
                del annotation[name]
    return made


@pytest.mark.parametrize('changes', [{}, dict(bbox=[0] * 4), dict(bbox=...)])
def test_boxes_that_the_data_set_does_not_read(tmp_path, changes):
    path = write(tmp_path, json.dumps(centered(**changes)))
    check_content(str(path), 'Face300WDataset')
    settings = dict(type='Face300WDataset', ann_file=str(path), pipeline=[])
    assert len(DATASETS.build(settings)) == 2
    if changes:
        with pytest.raises(ValueError, match='none can be used: 2 with'):
            check_content(str(path), 'CocoDataset')


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(num_keypoints=...), r'\[0\]: expected a number as num_keypo'),
        (dict(iscrowd=...), r'\[0\]: expected a number as iscrowd'),
        (dict(scale=...), r'\[0\]: expected a number as scale, got none'),
        (dict(center=...), r'\[0\]: expected x and y of the box as center'),
        (dict(center=[1]), r'as center, got 1 numbers'),
        (dict(scale=0), r'none can be used: 2 with a scale that is not above'),
    ],
)
def test_what_such_a_data_set_needs(tmp_path, changes, message):
    path = write(tmp_path, json.dumps(centered(**changes)))
    with pytest.raises(ValueError, match=message):
        check_content(str(path), 'Face300WDataset')
