from mmpose_scgcn.synthetic.annotation import face_entry

import numpy as np
import pytest


@pytest.fixture
def entry():
    keypoints = np.tile([10.0, 20.0], (98, 1))
    keypoints[:3] = [[0, 30], [50, 20], [5.12345, 100]]
    return face_entry(7, keypoints, dict(pose=1), dict(yaw=40.0))


def test_box_center_and_scale_follow_the_landmarks(entry):
    assert entry['bbox'] == [0, 20, 50, 80]
    assert entry['area'] == 4000
    assert entry['center'] == [25, 60]
    assert entry['scale'] == pytest.approx(80 / 200)


def test_keypoints_are_flat_and_all_visible(entry):
    keypoints = np.reshape(entry['keypoints'], (-1, 3))
    assert entry['num_keypoints'] == len(keypoints) == 98
    assert (keypoints[:, 2] == 1).all()
    assert keypoints[2].tolist() == [5.123, 100, 1]


def test_identifiers_and_extras_are_kept(entry):
    assert entry['id'] == entry['image_id'] == 7
    assert entry['attributes'] == dict(pose=1)
    assert entry['factors'] == dict(yaw=40.0)
