"""The 300W files of the measurements hold the official keypoints minus 1."""

import json

from mmpose_scgcn.datasets.preparation import read_pts

import cv2
import numpy as np
import pytest

FACES = [
    *(f'helen/testset/{name}' for name in ('300852540_1', '3042655945_1')),
    'helen/testset/3051471764_1',
    *(f'lfpw/testset/image_000{number}' for number in (1, 2, 3)),
]


def register(crop, image, guess):
    """Find the affine map (2, 3) from pixels of a crop to its image."""
    scale = abs(np.linalg.det(guess[:, :2])) ** 0.5
    blurred = cv2.GaussianBlur(image, (0, 0), 0.4 * max(scale, 1))
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 300, 1e-8)
    likeness, found = cv2.findTransformECC(
        crop.astype(np.float32),
        blurred.astype(np.float32),
        np.array(guess, np.float32, order='C'),
        cv2.MOTION_AFFINE,
        criteria,
        None,
        5,
    )
    assert likeness > 0.99
    return found.astype(float)


@pytest.mark.parametrize('face', FACES)
def test_they_are_where_the_preparation_puts_them(scgcn_data, face):
    source = scgcn_data / f'raw_samples/300w/{face}.pts'
    official = read_pts(source)  # origin 1: the 1 is subtracted
    part, _, stem = face.replace('/', '_').partition('_testset_')
    file = scgcn_data / '300w/face_landmarks_300w_test_common.json'
    content = json.loads(file.read_text())
    (image,) = (
        i
        for i in content['images']
        if i['file_name'] == f'{part}_testset_{stem}.jpg'
    )
    (annotation,) = (
        a for a in content['annotations'] if a['image_id'] == image['id']
    )
    points = np.reshape(annotation['keypoints'], (-1, 3))
    points[:, 2] = 1
    guess = np.linalg.lstsq(points, official, rcond=None)[0].T
    crop, full = (
        cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        for path in (
            scgcn_data / f'300w/images/{image["file_name"]}',
            next(source.parent.glob(f'{stem}.[jp]*g')),
        )
    )
    offset = points @ register(crop, full, guess).T - official
    assert np.abs(offset.mean(axis=0)).max() < 0.1  # px of the official image
