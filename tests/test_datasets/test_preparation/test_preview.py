from mmpose_scgcn.datasets.preparation.preview import (
    describe_face,
    draw_face,
    write_preview,
)
from mmpose_scgcn.datasets.preparation.records import Face
from mmpose_scgcn.visualization.faces import TRUE_COLOR

import cv2
import numpy as np

SHAPE = np.array([[20.0, 40.0], [60, 40], [40, 80]])


def face_of(file='a.png', flags=(1, 1, 1), box=None):
    return Face(file, SHAPE, np.array(flags), 't.csv, row 2', '', box=box)


def test_a_face_in_words():
    assert describe_face(face_of()) == (
        'a.png (t.csv, row 2): 3 keypoints; 0 at (20, 40), 1 at (60, 40), '
        '2 at (40, 80); all lie in (20, 40) to (60, 80), 40 x 40 px'
    )
    text = describe_face(face_of(flags=(0, 1, 1), box=(1, 2, 3, 4.26)))
    assert '3 keypoints, 1 of them not annotated; 0 not annotated' in text
    assert text.endswith('given box (1, 2) to (3, 4.3), 2 x 2.3 px')
    assert 'no annotated keypoint' in describe_face(face_of(flags=(0, 0, 0)))


def test_keypoints_are_drawn_where_they_are():
    box = np.array([20.0, 40, 60, 80])
    tile = draw_face(np.zeros((100, 100, 3), np.uint8), face_of(), box)
    # The box, 40 px, is in the middle of a square of 1.4 times its side.
    scale = len(tile) / 56
    for x, y in (SHAPE - [40, 60]) * scale + len(tile) / 2:
        assert tuple(tile[round(y), round(x)]) == TRUE_COLOR
    hidden = face_of(flags=(1, 0, 1))
    tile = draw_face(np.zeros((100, 100, 3), np.uint8), hidden, box)
    x, y = (SHAPE[1] - [40, 60]) * scale + len(tile) / 2
    assert tuple(tile[round(y), round(x)]) != TRUE_COLOR


def test_a_picture_of_some_faces(tmp_path):
    faces = [face_of(f'{i}.png') for i in range(20)]
    boxes = {face: np.array([20.0, 40, 60, 80]) for face in faces}
    path = tmp_path / 'preview.png'
    assert not write_preview(path, tmp_path, boxes)  # no image is there
    assert not path.exists()
    for face in faces:
        picture = np.zeros((100, 100, 3), np.uint8)
        assert cv2.imwrite(str(tmp_path / face.file), picture)
    (tmp_path / '0.png').write_bytes(b'no picture')
    assert write_preview(path, tmp_path, boxes)
    discs = (cv2.imread(str(path)) == TRUE_COLOR).all(axis=-1)
    # Five of the six that were chosen can be read; three keypoints each.
    count, _ = cv2.connectedComponents(discs.astype(np.uint8))
    assert count - 1 == 5 * 3
