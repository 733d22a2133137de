"""The photo of small faces beside a near one."""

import runpy

from mmpose_scgcn.synthetic import make_face

import numpy as np
import pytest


@pytest.fixture(scope='module')
def make_photo(root):
    return runpy.run_path(str(root / 'benchmarks/small_faces.py'))[
        'make_photo'
    ]


def test_faces_stand_where_their_boxes_say(make_photo):
    drawn = [make_face(1, index, size=96) for index in range(8)]
    faces = [(face.image, face.keypoints) for face in drawn]
    photo, boxes = make_photo(faces, side=96)
    assert photo.shape == (3000, 4000, 3)
    # The small ones have their own size: their pixels are unchanged.
    for face, (left, top, right, bottom) in zip(
        drawn[1:], boxes[1:], strict=True
    ):
        x, y = np.round([left, top] - face.keypoints.min(0)).astype(int)
        np.testing.assert_array_equal(
            photo[y : y + 96, x : x + 96], face.image
        )
        assert x <= left < right <= x + 96
        assert y <= top < bottom <= y + 96
    near = boxes[0, 2:] - boxes[0, :2]
    np.testing.assert_allclose(near, 12.5 * np.ptp(drawn[0].keypoints, axis=0))
