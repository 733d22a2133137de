"""The detectors that the package can run, on photos and on none."""

from mmpose_scgcn.detection import BoxMapping, Haar, YuNet, has_haar
from mmpose_scgcn.structures.boxes import box_iou

import cv2
import numpy as np
import pytest


@pytest.fixture(params=['yunet', 'haar'])
def make(request):
    if request.param == 'haar':
        if not has_haar():
            pytest.skip('this OpenCV has no Haar cascades')
        return Haar
    file = request.getfixturevalue('yunet_file')
    return lambda **options: YuNet(file, **options)


def best_overlaps(found, wanted):
    """Overlap of each face with its best box, 0 where it is missed."""
    return np.array(
        [
            box_iou(boxes, box[None]).max(initial=0)
            for boxes, box in zip(found, wanted, strict=True)
        ]
    )


def test_faces_are_found_and_mapped_boxes_fit_better(make, real_faces):
    images, wanted = real_faces
    detector = make(mapping=BoxMapping())
    found = [detector(image)[0] for image in images]
    raw = best_overlaps(found, wanted)
    mapped = best_overlaps(map(make().mapping, found), wanted)
    assert (mapped > 0.5).mean() >= 0.9
    assert mapped[mapped > 0].mean() > 0.75
    assert mapped.mean() > raw.mean() + 0.05


def test_scores_are_in_order_and_boxes_are_boxes(make, real_faces):
    images, _ = real_faces
    pair = np.hstack([images[0], images[1]])
    boxes, scores = make()(pair)
    assert len(boxes) >= 2
    assert boxes.dtype == scores.dtype == np.float32
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert (np.diff(scores) <= 0).all()
    assert ((scores > 0) & (scores <= 1)).all()


def test_boxes_of_large_images_are_in_their_px(make, real_faces):
    """As of the same image that was shrunk beforehand."""
    image = real_faces[0][0]  # 288 px
    for factor in (2, 5):
        large = cv2.resize(image, None, fx=factor, fy=factor)
        boxes, scores = make(longest=288)(large)
        small, _ = make(longest=288)(
            cv2.resize(large, image.shape[1::-1], interpolation=cv2.INTER_AREA)
        )
        np.testing.assert_allclose(boxes, factor * small, rtol=1e-4)
        assert len(boxes) == len(scores) > 0


def test_a_larger_search_finds_smaller_faces(yunet_file, real_faces):
    face = cv2.resize(real_faces[0][0], (64, 64), interpolation=cv2.INTER_AREA)
    scene = np.full((640, 640, 3), 90, np.uint8)
    scene[300:364, 200:264] = face
    assert len(YuNet(yunet_file, longest=80)(scene)[0]) == 0
    boxes, _ = YuNet(yunet_file, longest=640)(scene)
    ((left, top, right, bottom),) = boxes
    assert 190 < left < right < 274
    assert 290 < top < bottom < 374


def test_near_and_small_faces_of_one_photo_are_found_once(
    yunet_file, real_faces
):
    """One near face of 1,200 px, and far ones of a tenth of it."""
    images = real_faces[0][:7]
    photo = np.full((3000, 4000, 3), 128, np.uint8)
    photo[100:1300, 100:1300] = cv2.resize(images[0], (1200, 1200))
    wanted = [(700, 700)]
    for number, image in enumerate(images[1:]):
        x, y, side = 150 + 600 * number, 1700, 200
        small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        photo[y : y + side, x : x + side] = small
        wanted.append((x + side / 2, y + side / 2))
    boxes, scores = YuNet(yunet_file)(photo)
    assert (np.diff(scores) <= 0).all()
    inside = [
        [left < x < right and top < y < bottom for x, y in wanted]
        for left, top, right, bottom in boxes
    ]
    np.testing.assert_array_equal(np.sum(inside, 1), 1)
    np.testing.assert_array_equal(np.sum(inside, 0), 1)
    widths = boxes[np.argmax(inside, 0), 2] - boxes[np.argmax(inside, 0), 0]
    assert 300 < widths[0] < 1200
    assert (widths[1:] < 200).all()
    # What the smaller copy alone finds is fewer.
    assert len(YuNet(yunet_file, longest=640)(photo)[0]) < len(wanted)


@pytest.mark.parametrize(
    'shape',
    [(200, 300), (1, 1), (3, 700), (32, 590), (640, 3), (19, 5), (700, 2000)],
)
def test_a_picture_of_nothing_has_no_faces(make, shape):
    for level in (0, 255):
        image = np.full((*shape, 3), level, np.uint8)
        boxes, scores = make()(image)
        assert boxes.shape == (0, 4)
        assert scores.shape == (0,)


def test_a_narrow_image_shows_no_face_of_the_one_before(
    yunet_file, real_faces
):
    """OpenCV's YuNet finds those, where a side is at most 32 px."""
    images, detector = real_faces[0], YuNet(yunet_file)
    for number, side in enumerate(range(4, 33, 4)):
        for shape in ((side, 475), (side, 200), (250, side), (288, side)):
            assert len(detector(np.hstack([images[number]] * 2))[0])
            black = np.zeros((*shape, 3), np.uint8)
            assert len(detector(black)[0]) == 0


def test_the_image_is_left_alone(make, real_faces):
    image = real_faces[0][0].copy()
    make()(image)
    np.testing.assert_array_equal(image, real_faces[0][0])


def test_one_detector_takes_images_of_all_sizes(make, real_faces):
    detector, images = make(), real_faces[0][:3]
    expected = detector(images[0])[0]
    detector(cv2.resize(images[1], (101, 333)))
    detector(np.ascontiguousarray(images[2][:100]))
    np.testing.assert_array_equal(detector(images[0])[0], expected)
