"""Files of boxes that users give."""

import json
import unicodedata
from pathlib import Path

from mmpose_scgcn.apis.boxes_file import name_in, read_boxes
from mmpose_scgcn.apis.face_boxes import OwnBoxes
from mmpose_scgcn.apis.sources import Source

import numpy as np
import pytest
from xtcocotools.coco import COCO

IMAGE = np.zeros((60, 80, 3), np.uint8)
BOXES = [[0, 0, 10, 10], [20, 20, 40, 40], [50, 5, 70, 30]]


def test_accents_in_names_may_be_letters_of_their_own(tmp_path):
    composed, apart = (
        unicodedata.normalize(form, 'Zoë.jpg') for form in ('NFC', 'NFD')
    )
    assert composed != apart
    file = tmp_path / 'boxes.json'
    for written, there in ((composed, apart), (apart, composed)):
        own = OwnBoxes({written: BOXES[:1]})
        assert own(IMAGE, Path('a', there))[0].tolist() == BOXES[:1]
        file.write_text(json.dumps({written: BOXES}), 'utf-8')
        twice = [Source('image', Path(name, there)) for name in 'ab']
        with pytest.raises(ValueError, match='2 images are called'):
            read_boxes(file, twice)


def test_a_file_of_boxes_is_read(tmp_path):
    file = tmp_path / 'boxes.json'
    # With the mark that editors of Windows put first.
    file.write_text('\ufeff' + json.dumps({'a.jpg': BOXES}), 'utf-8')
    sources = [Source('image', Path('a.jpg'))]
    assert read_boxes(file, iter(sources)) == {'a.jpg': BOXES}


def test_boxes_are_for_images(tmp_path):
    (tmp_path / 'boxes.json').write_text('{}')
    with pytest.raises(ValueError, match=r'a.mp4 is a video'):
        read_boxes(tmp_path / 'boxes.json', [Source('video', Path('a.mp4'))])


def test_paths_of_boxes_are_read_as_those_of_images(tmp_path):
    """The command line's "./x//a.png" is Path's "x/a.png"."""
    file = tmp_path / 'boxes.json'
    file.write_text(json.dumps({'./x//a.png': [[1, 2, 3, 4]]}))
    source = Source('image', Path('./x/a.png'))
    boxes = read_boxes(file, [source])
    assert len(OwnBoxes(boxes)(IMAGE, source.path)[0]) == 1
    file.write_text(json.dumps({'./x/a.png': [], 'x/a.png': []}))
    with pytest.raises(ValueError, match='names a file twice'):
        read_boxes(file, [source])


def test_a_file_that_is_there_twice_loses_no_boxes(tmp_path):
    file = tmp_path / 'boxes.json'
    file.write_text('{"a.jpg": [[1, 2, 3, 4]], "a.jpg": [[5, 6, 7, 8]]}')
    with pytest.raises(ValueError, match=r"boxes.json has 'a.jpg' more than"):
        read_boxes(file, [Source('image', Path('a.jpg'))])


def test_the_longest_end_of_a_path_names_an_image():
    names = {'a.jpg': 1, 'c/a.jpg': 2, '/b/c/d.jpg': 3}
    assert name_in(names, Path('/b/c/a.jpg')) == 'c/a.jpg'
    assert name_in(names, Path('./x//a.jpg')) == 'a.jpg'
    assert name_in(names, Path('/b/c/d.jpg')) == '/b/c/d.jpg'
    assert name_in(names, Path('c/d.jpg')) is None
    assert name_in(names, Path('xa.jpg')) is None


def coco():
    """Give annotations of two images, one without a face."""
    return dict(
        images=[
            dict(id=7, file_name='faces/a.jpg', width=80, height=60),
            dict(id=8, file_name='b.jpg', width=80, height=60),
        ],
        annotations=[
            dict(id=1, image_id=7, category_id=1, bbox=[5, 6, 30, 20.5]),
            dict(id=2, image_id=7, category_id=1, bbox=[40, 6, 10, 10]),
            dict(
                id=3, image_id=8, category_id=1, bbox=[1, 1, 5, 5], iscrowd=1
            ),
        ],
        categories=[dict(id=1, name='face')],
    )


def test_annotations_in_coco_format_have_boxes(tmp_path):
    file = tmp_path / 'coco.json'
    file.write_text(json.dumps(coco()))
    sources = [
        Source('image', Path('x/faces/a.jpg')),
        Source('image', Path('y/b.jpg')),
    ]
    own = OwnBoxes(read_boxes(file, sources))
    reader = COCO(file)
    for source, image in zip(sources, (7, 8), strict=True):
        theirs = reader.loadAnns(reader.getAnnIds(image, iscrowd=False))
        expected = np.reshape([one['bbox'] for one in theirs], (-1, 4))
        found, scores = own(IMAGE, source.path)
        assert len(scores) == len(expected)
        np.testing.assert_array_equal(found[:, :2], expected[:, :2])
        np.testing.assert_array_equal(
            found[:, 2:] - found[:, :2], expected[:, 2:]
        )


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda c: c['images'][0].pop('file_name'), "lacks its .*'file_name'"),
        (lambda c: c['images'][0].update(file_name=5), 'lacks .*file_name 5'),
        (lambda c: c['annotations'][0].pop('bbox'), "lacks .*'bbox'"),
        (lambda c: c['annotations'][0].update(image_id=9), 'lacks .*KeyError'),
        (lambda c: c['annotations'][0].update(bbox=None), 'lacks its'),
        (lambda c: c['annotations'][0].update(bbox=[1, 2]), 'lacks its'),
        (lambda c: c.update(images=None), 'lacks its'),
        (
            lambda c: c['annotations'][0].update(category_id=2),
            r'one category, faces, got those of categories \[1, 2\]',
        ),
        (
            lambda c: c['images'][1].update(file_name='faces/a.jpg'),
            "image 'faces/a.jpg' twice",
        ),
        (lambda c: c['images'][1].update(id=7), "image 'b.jpg' twice"),
    ],
)
def test_annotations_that_are_no_coco(change, message, tmp_path):
    content = coco()
    change(content)
    file = tmp_path / 'coco.json'
    file.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=message) as error:
        read_boxes(file, [])
    assert str(file) in str(error.value)


@pytest.mark.parametrize(
    'content',
    ['[{"image_id": 1, "bbox": [1, 2, 3, 4]}]', '{"a.jpg": 1}', '3'],
)
def test_json_that_holds_no_boxes_by_file(content, tmp_path):
    file = tmp_path / 'boxes.json'
    file.write_text(content)
    with pytest.raises(ValueError, match=r'boxes.json an object from file na'):
        read_boxes(file, [])
