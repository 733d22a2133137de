from itertools import permutations

from mmpose_scgcn.structures.boxes import (
    box_iou,
    match_boxes,
    share_of_smaller,
    tight_boxes,
    visible_share,
)

import numpy as np
import pytest


def random_boxes(count, rng):
    low = rng.uniform(0, 60, (count, 2))
    return np.hstack([low, low + rng.uniform(20, 60, (count, 2))])


def test_a_tight_box_touches_the_outer_keypoints():
    points = np.array([[[3, 9], [7, 2], [5, 5]]], np.float32)
    np.testing.assert_array_equal(tight_boxes(points), [[3, 2, 7, 9]])


@pytest.mark.parametrize(
    ('other', 'iou'),
    [
        ([0, 0, 10, 10], 1),
        ([5, 0, 15, 10], 50 / 150),
        ([0, 0, 5, 5], 25 / 100),
        ([10, 0, 20, 10], 0),
        ([4, 4, 4, 4], 0),
        ([np.nan, 0, 5, 5], 0),
    ],
)
def test_iou_of_boxes_by_hand(other, iou):
    result = box_iou([[0, 0, 10, 10]], [other])
    np.testing.assert_allclose(result, [[iou]])


def test_two_boxes_without_area_do_not_overlap():
    assert box_iou([[3, 3, 3, 3]], [[3, 3, 3, 3]]) == 0


def test_iou_with_no_boxes_is_empty():
    assert box_iou(np.zeros((0, 4)), np.zeros((3, 4))).shape == (0, 3)


@pytest.mark.parametrize('seed', range(5))
def test_matching_finds_the_largest_sum_of_overlaps(seed):
    rng = np.random.default_rng(seed)
    first, second = random_boxes(4, rng), random_boxes(5, rng)
    iou = box_iou(first, second)
    best = max(
        sum(iou[row, column] for row, column in enumerate(columns))
        for columns in permutations(range(5), 4)
    )
    pairs = match_boxes(first, second, min_iou=0)
    assert sum(iou[pair] for pair in pairs) == pytest.approx(best)


def test_boxes_that_overlap_too_little_are_no_pair():
    first, second = [[0, 0, 10, 10]], [[5, 0, 15, 10]]  # IoU 1/3
    assert match_boxes(first, second, min_iou=0.3) == [(0, 0)]
    assert match_boxes(first, second, min_iou=0.4) == []


@pytest.mark.parametrize(
    ('box', 'share'),
    [
        ([10, 10, 20, 20], 1),
        ([-5, 10, 5, 20], 0.5),
        ([90, 40, 110, 60], 0.25),
        ([200, 10, 210, 20], 0),
        ([10, 10, 10, 20], 0),
    ],
)
def test_visible_share_by_hand(box, share):
    assert visible_share(np.array([box]), (100, 50)) == pytest.approx(share)


@pytest.mark.parametrize(
    ('other', 'share'),
    [
        ([0, 0, 10, 10], 1),
        ([5, 0, 15, 10], 0.5),
        ([2, 2, 5, 5], 1),
        ([-50, -50, 50, 50], 1),
        ([10, 0, 20, 10], 0),
        ([4, 4, 4, 4], 0),
        ([np.nan, 0, 5, 5], 0),
    ],
)
def test_share_of_the_smaller_box_by_hand(other, share):
    boxes = [[0, 0, 10, 10]]
    np.testing.assert_allclose(share_of_smaller(boxes, [other]), [[share]])
    np.testing.assert_allclose(share_of_smaller([other], boxes), [[share]])
