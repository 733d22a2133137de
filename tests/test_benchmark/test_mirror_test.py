"""The mirror test measures how far to one side annotations lie."""

import runpy

from mmpose_scgcn import load_model

import cv2
import numpy as np
import pytest
from mmpose.registry import DATASETS


@pytest.fixture(scope='module')
def mirror_offset(root):
    return runpy.run_path(str(root / 'benchmarks/mirror_test.py'))[
        'mirror_offset'
    ]


def test_a_prediction_that_leans_to_one_side_leaves_no_trace(mirror_offset):
    keypoints = np.array([[2.0, 1], [7, 1], [5, 4]])
    image = np.zeros((8, 12, 3), np.uint8)
    image[0, 0] = 255  # tells which way round it is

    def lean(image, box):
        truth = keypoints if image[0, 0].any() else mirrored
        assert box[0] == truth[:, 0].min()
        return truth + np.array([3, 0])

    mirrored = np.array([[11 - 7.0, 1], [11 - 2, 1], [11 - 5, 4]])
    box = np.array([2.0, 1, 7, 4])
    for shift in (0, 1, -2):
        offset = mirror_offset(
            lean, image, box, keypoints + np.array([shift, 0]), (1, 0, 2)
        )
        np.testing.assert_allclose(offset, shift)


def test_drawn_faces_lie_where_they_are_drawn(mirror_offset, synthetic_faces):
    model = load_model('face98-synthetic', device='cpu')
    dataset = DATASETS.build(
        dict(
            type='WFLWDataset',
            data_root=str(synthetic_faces),
            ann_file='face_landmarks_wflw_train.json',
            data_prefix=dict(img='images/'),
        )
    )
    offsets = []
    for index in range(len(dataset)):
        record = dataset.get_data_info(index)
        offset = mirror_offset(
            lambda image, box: model(image, boxes=[box]).keypoints[0],
            cv2.imread(record['img_path']),
            record['bbox'][0],
            record['keypoints'][0],
            dataset.metainfo['flip_indices'],
        )
        offsets.append(offset[33:].mean())
    assert len(offsets) == 16
    assert abs(np.mean(offsets)) < 0.2
