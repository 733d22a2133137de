"""Where the boxes of files come from."""

from pathlib import Path

from mmpose_scgcn.apis import face_boxes
from mmpose_scgcn.apis.face_boxes import (
    FoundBoxes,
    OwnBoxes,
    make_detector,
)
from mmpose_scgcn.detection import build_detector

import numpy as np
import pytest

IMAGE = np.zeros((60, 80, 3), np.uint8)
BOXES = [[0, 0, 10, 10], [20, 20, 40, 40], [50, 5, 70, 30]]


def detect(image):
    return np.column_stack([BOXES, [0.2, 0.9, 0.6]])


def test_the_surest_faces_are_kept():
    detector = build_detector(detect)
    boxes, scores = FoundBoxes(detector, 0.3)(IMAGE, Path('a.jpg'))
    assert scores.tolist() == pytest.approx([0.9, 0.6])
    assert len(boxes) == 2
    _, scores = FoundBoxes(detector, 0.7)(IMAGE, Path('a.jpg'))
    assert scores.tolist() == pytest.approx([0.9])
    assert len(FoundBoxes(detector)(IMAGE, Path('a.jpg'))[0]) == 3


def test_own_boxes_are_found_by_path_before_name():
    own = OwnBoxes({'a.jpg': BOXES[:1], 'b/a.jpg': BOXES[1:]})
    boxes, scores = own(IMAGE, Path('b/a.jpg'))
    assert boxes.tolist() == BOXES[1:]
    assert scores.tolist() == [1, 1]
    assert own(IMAGE, Path('c/a.jpg'))[0].tolist() == BOXES[:1]


@pytest.mark.parametrize(
    ('boxes', 'message'),
    [
        ({}, r'b/a.jpg: --boxes has none for this image'),
        ({'a.jpg': [[90, 0, 99, 9]]}, r'outside the image of 80 x 60 px'),
        ({'a.jpg': [[9, 9, 5, 12]]}, 'x1 < x2'),
    ],
)
def test_own_boxes_that_are_none(boxes, message):
    with pytest.raises(ValueError, match=message):
        OwnBoxes(boxes)(IMAGE, Path('b/a.jpg'))


def test_the_threshold_reaches_the_detector_that_auto_finds(monkeypatch):
    made = []
    monkeypatch.setattr(face_boxes, 'find_yunet', lambda: 'a.onnx')
    monkeypatch.setattr(
        face_boxes,
        'build_detector',
        lambda spec, **options: made.append((spec, options)),
    )
    make_detector(min_score=0.2)
    assert made == [('yunet', dict(score=0.2))]


def test_whole_images_know_no_threshold(tmp_path):
    assert make_detector('whole_image', 0.2).kind == 'whole_image'


def test_the_size_of_the_search_is_for_detectors_that_have_one(monkeypatch):
    made = []
    monkeypatch.setattr(
        face_boxes,
        'build_detector',
        lambda spec, **options: made.append((spec, options)),
    )
    for spec in ('haar', 'file.onnx'):
        make_detector(spec, longest=2560)
        assert made.pop() == (spec, dict(longest=2560))
    with pytest.raises(ValueError, match=r'--det-size is .* not for whole_im'):
        make_detector('whole_image', longest=2560)
