"""Faces of a folder, for checks and calibration."""

from mmpose_scgcn.detection import CallableDetector
from mmpose_scgcn.export.faces import find_faces
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest

BOXES = [[60, 50, 130, 140], [2, 3, 60, 70]]


def test_a_face_keeps_its_surroundings_and_its_prediction(
    tmp_path, pytorch_model
):
    """It is cut out of its photo, which may be large."""
    image = np.tile(make_face(0, 0, 192).image, (3, 3, 1))
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    faces = find_faces(tmp_path, CallableDetector(lambda _: BOXES), 9)
    assert len(faces) == len(faces.images) == 2
    for part, boxes, box in zip(faces.images, faces.boxes, BOXES, strict=True):
        assert part.size < image.size / 2
        # One longer side of the box around it, where the photo goes on.
        np.testing.assert_allclose(boxes[0, :2], np.minimum(box[:2], [90, 90]))
        (whole,) = pytorch_model(image, [box]).keypoints
        (cut,) = pytorch_model(part, boxes).keypoints
        moved = np.array(box[:2]) - boxes[0, :2]
        np.testing.assert_allclose(cut + moved, whole, atol=1e-2)


def test_what_cannot_be_read_is_left_out(tmp_path):
    cv2.imwrite(str(tmp_path / 'b.png'), np.zeros((99, 99, 3), np.uint8))
    (tmp_path / 'a.png').write_bytes(b'')
    detector, told = CallableDetector(lambda _: BOXES[1:]), []
    assert len(find_faces(tmp_path, detector, 9, told.append)) == 1
    assert told == [f'left out: {tmp_path / "a.png"} is empty']
    (tmp_path / 'b.png').unlink()
    with pytest.raises(ValueError, match=r'no face to check with: .* empty'):
        find_faces(tmp_path, detector, 9, told.append)


def test_there_are_no_more_than_wanted(tmp_path):
    for name in 'ab':
        path = tmp_path / f'{name}.png'
        cv2.imwrite(str(path), np.zeros((99, 150, 3), np.uint8))
    detector = CallableDetector(lambda _: BOXES)
    for most, expected in ((1, 1), (3, 3), (9, 4)):
        assert len(find_faces(tmp_path, detector, most)) == expected
