from mmpose_scgcn.analysis.face import CoveredFace
from mmpose_scgcn.visualization.adjacency import plot_adjacency
from mmpose_scgcn.visualization.edges import bent_lines

import cv2
import numpy as np
import pytest

NEIGHBORS = np.array([[0, 1], [1, 0], [2, 1]])


@pytest.fixture
def face():
    """A picture, its keypoints, and weights without and with an occluder."""
    image = np.full((80, 100, 3), 200, np.uint8)
    keypoints = np.array([[30.0, 20.0], [70.0, 20.0], [70.0, 60.0]])
    before = np.array([[0.5, 0.5], [0.9, 0.1], [0.6, 0.4]])
    return image, keypoints, before


def places(number):
    return np.array([[60 - i, 10, 80, 30] for i in range(number)])


def draw(face, after, path, title=''):
    image, keypoints, before = face
    covered = CoveredFace(
        image=image,
        keypoints=keypoints,
        neighbors=NEIGHBORS,
        before=before,
        covers=[image] * len(after),
        rectangles=places(len(after)),
        after=after,
    )
    plot_adjacency(covered, path, title)
    return cv2.imread(str(path)).astype(int)


def share_of(picture, channel):
    """Pixels of one strong colour."""
    others = [picture[..., c] for c in range(3) if c != channel]
    return (picture[..., channel] - np.max(others, axis=0) > 60).mean()


def test_a_bent_line_keeps_its_ends_and_its_way_back_is_beside_it():
    start, end = np.array([[0.0, 0.0]]), np.array([[10.0, 0.0]])
    there, back = bent_lines(start, end), bent_lines(end, start)
    np.testing.assert_allclose(there[0, [0, -1]], [[0, 0], [10, 0]])
    np.testing.assert_allclose(there[0, there.shape[1] // 2], [5, 1])
    np.testing.assert_allclose(back[0, there.shape[1] // 2], [5, -1])


def test_losses_are_blue_and_gains_are_red(face, tmp_path):
    before = face[2]
    loss, gain = before.copy(), before.copy()
    loss[:, 1] -= 0.05
    gain[:, 1] += 0.05
    right = np.s_[:, -400:]  # the tiles, below which is the colour bar
    blue = draw(face, loss[None], tmp_path / 'loss.png')[right][:-250]
    red = draw(face, gain[None], tmp_path / 'gain.png')[right][:-250]
    assert share_of(blue, 0) > 2e-4 and share_of(blue, 2) == 0
    assert share_of(red, 2) > 2e-4 and share_of(red, 0) == 0


@pytest.mark.parametrize('number', [1, 3, 5])
def test_any_number_of_places_and_no_change_at_all(face, tmp_path, number):
    after = np.repeat(face[2][None], number, axis=0)
    picture = draw(face, after, tmp_path / 'face.png', title='a title')
    assert picture.std() > 10
