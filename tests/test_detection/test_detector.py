import re

from mmpose_scgcn.detection import (
    BoxMapping,
    CallableDetector,
    FaceDetector,
    WholeImage,
)
from mmpose_scgcn.detection.detector import fit_into

import numpy as np
import pytest

IMAGE = np.zeros((60, 80, 3), np.uint8)
BOXES = [[10, 10, 30, 40], [40, 5, 70, 50]]


def detect(answer, **options):
    return CallableDetector(lambda image: answer, **options)(IMAGE)


@pytest.mark.parametrize(
    ('answer', 'boxes', 'scores'),
    [
        (BOXES, BOXES, [1, 1]),
        (np.array(BOXES), BOXES, [1, 1]),
        (
            [[*BOXES[0], 0.9], [*BOXES[1], 0.5]],
            BOXES,
            [0.9, 0.5],
        ),
        ((BOXES, [0.9, 0.5]), BOXES, [0.9, 0.5]),
        ((np.array(BOXES), np.array([0.9, 0.5])), BOXES, [0.9, 0.5]),
        # the best first
        ((BOXES, [0.5, 0.9]), BOXES[::-1], [0.9, 0.5]),
        ([], np.zeros((0, 4)), []),
        (([], []), np.zeros((0, 4)), []),
        (np.zeros((0, 5)), np.zeros((0, 4)), []),
        ((np.zeros((0, 4)), np.zeros(0)), np.zeros((0, 4)), []),
    ],
)
def test_a_function_may_answer_in_several_ways(answer, boxes, scores):
    found, given = detect(answer)
    np.testing.assert_array_equal(found, boxes)
    np.testing.assert_allclose(given, scores)
    assert found.shape[1:] == (4,)
    assert found.dtype == given.dtype == np.float32


def test_a_function_gets_the_image_and_its_boxes_are_mapped():
    def function(image):
        assert image is IMAGE
        return [[0, 0, 10, 20]]

    detector = CallableDetector(function, BoxMapping(scale_x=2))
    np.testing.assert_array_equal(detector(IMAGE)[0], [[-5, 0, 15, 20]])
    np.testing.assert_array_equal(detector.find(IMAGE)[0], [[0, 0, 10, 20]])


@pytest.mark.parametrize(
    ('answer', 'message'),
    [
        (None, 'the face detector gave None; expected boxes (N, 4)'),
        (3, 'the face detector gave 3'),
        ('face', "the face detector gave 'face'"),
        ([[1, 2, 3]], 'gave boxes of shape (1, 3)'),
        # rows of OpenCV's YuNet: x, y, w, h, five points and a score
        (np.ones((2, 15)), 'gave boxes of shape (2, 15)'),
        (np.ones((2, 3, 4)), 'gave boxes of shape (2, 3, 4)'),
        ([1, 2, 3, 4], 'gave boxes of shape (4,)'),
        ((BOXES, [0.9]), '(2, 4) and scores of shape (1,)'),
        ((BOXES, [[0.9], [0.5]]), 'scores of shape (2, 1)'),
        ((BOXES, None), 'the face detector gave None'),
        ([BOXES[0], BOXES[1][:3]], 'the face detector gave [['),
        # x, y, width, height
        ([[50, 40, 20, 20]], 'boxes of the face detector: box 0 is [50.0'),
        ([[1, 2, np.nan, 4]], 'expected finite x1, y1, x2, y2'),
    ],
)
def test_what_a_function_may_not_answer(answer, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        detect(answer)


def test_the_whole_image_as_a_face():
    """With the pipeline's margin of a quarter the crop is the image."""
    boxes, scores = WholeImage()(IMAGE)
    center = (boxes[0, :2] + boxes[0, 2:]) / 2
    size = (boxes[0, 2:] - boxes[0, :2]) * 1.25
    np.testing.assert_allclose(center - size / 2, [-0.5, -0.5], atol=1e-5)
    np.testing.assert_allclose(center + size / 2, [79.5, 59.5], rtol=1e-6)
    assert scores.tolist() == [1]
    tight = WholeImage(padding=1)(IMAGE)[0]
    np.testing.assert_array_equal(tight, [[-0.5, -0.5, 79.5, 59.5]])


def test_a_detector_of_ones_own_is_a_subclass():
    class Mine(FaceDetector):
        kind = 'haar'

        def find(self, image):
            return np.float32([[0, 0, 10, 10]]), np.ones(1, np.float32)

    mapping = Mine().mapping
    assert mapping != BoxMapping()
    np.testing.assert_array_equal(
        Mine()(IMAGE)[0], mapping(np.array([[0, 0, 10, 10]]))
    )
    Mine.kind = 'unknown'
    with pytest.raises(KeyError, match='unknown'):
        Mine()


@pytest.mark.parametrize(
    ('shape', 'longest', 'expected'),
    [
        ((60, 80), 80, (60, 80)),
        ((60, 80), 40, (30, 40)),
        ((80, 60), 40, (40, 30)),
        ((3, 900), 300, (1, 300)),
        ((1, 900), 30, (1, 30)),
    ],
)
def test_images_are_shrunk_to_fit(shape, longest, expected):
    image = np.zeros((*shape, 3), np.uint8)
    small, factor = fit_into(image, longest)
    assert small.shape == (*expected, 3)
    assert factor == max(max(shape) / longest, 1)
    assert (small is image) == (factor == 1)
