"""One detector for the threads of a server."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

from mmpose_scgcn.detection import BoxMapping, Haar, YuNet, has_haar

import numpy as np
import pytest


@pytest.mark.parametrize('kind', ['yunet', 'haar'])
def test_threads_find_what_one_alone_finds(kind, request, real_faces):
    if kind == 'haar' and not has_haar():
        pytest.skip('this OpenCV has no Haar cascades')
    if kind == 'haar':
        detector, repeats = Haar(), 6
    else:
        detector = YuNet(request.getfixturevalue('yunet_file'))
        repeats = 20
    # Of different sizes, and one without a face.
    images = [real_faces[0][0], real_faces[0][1][:200]]
    images.append(np.zeros((90, 120, 3), np.uint8))
    images *= repeats
    alone = [detector(image) for image in images]
    assert len(alone[0][0]) > 0
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(detector, images))
    for ours, wanted in zip(together, alone, strict=True):
        for part, other in zip(ours, wanted, strict=True):
            np.testing.assert_array_equal(part, other)


@pytest.mark.parametrize('kind', ['yunet', 'haar'])
def test_a_detector_can_be_copied(kind, request, real_faces):
    if kind == 'haar' and not has_haar():
        pytest.skip('this OpenCV has no Haar cascades')
    mapping = BoxMapping(shift_x=0.1)
    if kind == 'haar':
        detector = Haar(320, mapping)
    else:
        file = request.getfixturevalue('yunet_file')
        detector = YuNet(file, 0.7, 320, mapping)
    image = real_faces[0][0]
    expected = detector(image)
    copies = copy.deepcopy(detector), pickle.loads(pickle.dumps(detector))
    for other in copies:
        assert (other.longest, other.mapping) == (320, mapping)
        for part, wanted in zip(other(image), expected, strict=True):
            np.testing.assert_array_equal(part, wanted)
