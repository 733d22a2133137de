import re
from dataclasses import asdict

from mmpose_scgcn.detection import (
    BoxMapping,
    check_boxes,
    check_in_image,
    suppress,
)
from mmpose_scgcn.detection.boxes import relate_boxes
from mmpose_scgcn.structures.boxes import box_iou

import cv2
import numpy as np
import pytest

MAPPING = BoxMapping(0.05, 0.125, 1.1, 0.75)


def random_boxes(count, seed=0):
    rng = np.random.default_rng(seed)
    low = rng.uniform(-20, 80, (count, 2))
    return np.hstack([low, low + rng.uniform(20, 60, (count, 2))])


def test_a_mapping_by_hand():
    """Centre (50, 100) and size (20, 40) become (51, 105) and (22, 30)."""
    mapped = MAPPING(np.array([[40, 80, 60, 120]]))
    assert mapped.dtype == np.float32
    np.testing.assert_allclose(mapped, [[40, 90, 62, 120]])


def test_without_numbers_boxes_stay():
    boxes = random_boxes(5).astype(np.float32)
    mapped = BoxMapping()(boxes)
    np.testing.assert_allclose(mapped, boxes, atol=1e-5)
    mapped[:] = 0
    assert boxes.any()


def test_no_boxes_are_mapped_to_none():
    assert MAPPING([]).shape == MAPPING(np.zeros((0, 4))).shape == (0, 4)


def test_relating_is_the_inverse_of_mapping():
    boxes = random_boxes(6)
    numbers = relate_boxes(boxes, MAPPING(boxes).astype(float))
    expected = list(asdict(MAPPING).values())
    np.testing.assert_allclose(numbers, [expected] * 6, atol=1e-5)


def test_a_mapping_has_an_inverse():
    boxes = random_boxes(6)
    mapped = MAPPING(boxes)
    back = BoxMapping(*relate_boxes(mapped, boxes)[0])
    np.testing.assert_allclose(back(mapped), boxes, atol=1e-4)


def test_mapping_moves_and_grows_with_the_image():
    boxes = random_boxes(4)
    np.testing.assert_allclose(
        MAPPING(boxes * 3 + 7), MAPPING(boxes) * 3 + 7, rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('threshold', [0.1, 0.4, 0.7])
def test_suppression_is_that_of_a_loop_and_of_opencv(seed, threshold):
    boxes = (random_boxes(30, seed) * [0.5, 0.5, 1, 1]).round()
    scores = np.random.default_rng(seed).permutation(30) / 30 + 0.01
    left, expected = list(np.argsort(scores)), []
    while left:
        best = left.pop()
        expected.append(best)
        left = [
            other
            for other in left
            if box_iou(boxes[[best]], boxes[[other]])[0, 0] <= threshold
        ]
    kept = suppress(boxes, scores, threshold)
    assert kept.tolist() == expected
    assert 1 < len(kept) < 30
    wide = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    theirs = cv2.dnn.NMSBoxes(
        wide.tolist(), scores.tolist(), 0.0, threshold, eta=1.0
    )
    assert kept.tolist() == np.ravel(theirs).tolist()


def test_suppression_keeps_order_among_equals_and_takes_none():
    boxes = np.array([[0, 0, 9, 9], [20, 0, 29, 9], [0, 0, 9, 9]], float)
    assert suppress(boxes, np.ones(3)).tolist() == [0, 1]
    assert suppress(np.zeros((0, 4)), np.zeros(0)).tolist() == []


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        ([[1, 2, 3, 4]], [[1, 2, 3, 4]]),
        ([1, 2, 3, 4], [[1, 2, 3, 4]]),
        (((1, 2, 3, 4), (5, 6, 7, 8)), [[1, 2, 3, 4], [5, 6, 7, 8]]),
        (np.array([[-5, -5, 3, 4]]), [[-5, -5, 3, 4]]),
        ([], np.zeros((0, 4))),
        ([[]], np.zeros((0, 4))),
        (np.zeros((0, 4)), np.zeros((0, 4))),
    ],
)
def test_boxes(given, expected):
    boxes = check_boxes(given, 'here')
    assert boxes.dtype == np.float32
    np.testing.assert_array_equal(boxes, expected)


@pytest.mark.parametrize(
    ('given', 'message'),
    [
        ([[1, 2, 3]], 'here: expected boxes of shape (N, 4), x1, y1, x2, y2'),
        (np.zeros((1, 2, 4)), 'got (1, 2, 4)'),
        ([[1, 2, 3, 4, 0.5]], 'got (1, 5); leave scores out: boxes[:, :4]'),
        (3, 'got ()'),
        ([[1, 2, 3, 4], [1, 2]], 'here: expected boxes as rows'),
        ([['a', 2, 3, 4]], "got [['a', 2, 3, 4]]"),
        ([[1, 2, 3, 4], [9, 2, 3, 4]], 'box 1 is [9.0, 2.0, 3.0, 4.0]'),
        ([[1, 4, 3, 4]], 'box 0 is [1.0, 4.0, 3.0, 4.0]'),
        ([[1, 2, 3, np.inf]], 'expected finite x1, y1, x2, y2'),
        ([[np.nan, 2, 3, 4]], 'box 0 is [nan'),
    ],
)
def test_what_are_no_boxes(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        check_boxes(given, 'here')


def test_boxes_outside_the_image():
    image = np.zeros((60, 80, 3), np.uint8)
    inside = np.float32([[-9, -9, 1, 1], [79, 59, 99, 99]])
    assert check_in_image(inside, image, 'here') is inside
    for box in ([80, 0, 99, 9], [0, 60, 9, 70], [-9, 0, 0, 9], [0, -9, 9, 0]):
        message = re.escape(
            f'here: box 1, {np.float32(box).tolist()}, lies outside the image '
            'of 80 x 60 px'
        )
        with pytest.raises(ValueError, match=message):
            check_in_image(np.float32([[0, 0, 9, 9], box]), image, 'here')


@pytest.mark.parametrize(
    ('box', 'told'),
    [
        ([0.2, 0.3, 0.6, 0.8], 'less than 1 px wide or high; expected px, no'),
        ([9, 9, 9.5, 30], 'less than 1 px wide or high'),
        ([-1e30, -1e30, 1e30, 1e30], 'far larger than the image of 80 x 60'),
    ],
)
def test_boxes_that_are_no_px(box, told):
    image = np.zeros((60, 80, 3), np.uint8)
    with pytest.raises(ValueError, match=told):
        check_in_image(np.float32([box]), image, 'here')
