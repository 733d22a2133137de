from mmpose_scgcn.synthetic.camera import Camera
from mmpose_scgcn.synthetic.occluders import KINDS, add_occluder
from mmpose_scgcn.synthetic.template import (
    INNER_LIPS,
    PUPILS,
    neutral_keypoints,
)

import numpy as np
import pytest

SIZE = 160
CAMERA = Camera(np.eye(3), 55.0, np.array([80.0, 55.0]), 1e6)
POINTS = neutral_keypoints() * 55 + [80, 55]
SKIN = (100.0, 130.0, 180.0)


def occlude(kind, seed=0):
    image = np.full((SIZE, SIZE, 3), 140, np.uint8)
    rng = np.random.default_rng(seed)
    return image, *add_occluder(image, POINTS, CAMERA, SKIN, rng, kind)


def covered(hidden, part):
    x, y = np.rint(POINTS[part]).astype(int).T
    return (hidden[y, x] > 127).mean()


@pytest.mark.parametrize('kind', KINDS[1:])
def test_an_occluder_changes_what_it_hides_and_little_else(kind):
    before, after, hidden, drawn = occlude(kind)
    assert drawn == kind
    assert (before == 140).all()  # the input is left alone
    changed = (before != after).any(axis=-1)
    assert changed[hidden > 127].mean() > 0.9
    if kind != 'glasses':  # clear lenses reflect but hide nothing
        assert not changed[hidden == 0].any()


def test_nothing_hides_nothing():
    before, after, hidden, _ = occlude('none')
    assert (before == after).all()
    assert not hidden.any()


def test_sunglasses_hide_the_pupils_and_clear_glasses_do_not():
    assert covered(occlude('sunglasses')[2], PUPILS) == 1
    assert covered(occlude('glasses')[2], PUPILS) == 0


def test_a_mask_hides_the_mouth_and_shows_the_eyes():
    hidden = occlude('mask')[2]
    assert covered(hidden, INNER_LIPS) == 1
    assert covered(hidden, PUPILS) == 0


def test_kinds_are_drawn_when_none_is_given():
    drawn = {occlude(None, seed)[3] for seed in range(60)}
    assert 'none' in drawn
    assert len(drawn) >= 5
