from dataclasses import replace

from mmpose_scgcn.structures.conventions import WFLW_ATTRIBUTES
from mmpose_scgcn.synthetic.appearance import sample_appearance
from mmpose_scgcn.synthetic.attributes import face_attributes
from mmpose_scgcn.synthetic.degrade import Degradation
from mmpose_scgcn.synthetic.lighting import Lighting
from mmpose_scgcn.synthetic.parameters import Expression, Pose

import numpy as np
import pytest

PLAIN = replace(
    sample_appearance(np.random.default_rng(0)), lipstick=0.0, eye_shadow=0.0
)
CALM = dict(
    pose=Pose(),
    expression=Expression(),
    light=Lighting(),
    appearance=PLAIN,
    degradation=Degradation(),
    hidden=0.0,
)


def test_a_plain_face_has_no_attribute():
    assert face_attributes(**CALM) == dict.fromkeys(WFLW_ATTRIBUTES, 0)


@pytest.mark.parametrize(
    'name, change',
    [
        ('pose', dict(pose=Pose(yaw=-30))),
        ('pose', dict(pose=Pose(pitch=-20))),
        ('pose', dict(pose=Pose(roll=25))),
        ('expression', dict(expression=Expression(jaw_open=0.4))),
        ('expression', dict(expression=Expression(smile=0.65))),
        (
            'expression',
            dict(expression=Expression(close_left=0.9, close_right=0.8)),
        ),
        ('illumination', dict(light=Lighting(gain=0.5))),
        ('illumination', dict(light=Lighting(key=1.0, ambient=0.3))),
        ('illumination', dict(light=Lighting(cast=(0.7, 1.0, 1.0)))),
        ('makeup', dict(appearance=replace(PLAIN, lipstick=0.5))),
        ('makeup', dict(appearance=replace(PLAIN, eye_shadow=0.6))),
        ('occlusion', dict(hidden=0.15)),
        ('blur', dict(degradation=Degradation(sigma=1.0))),
        ('blur', dict(degradation=Degradation(motion=4.0))),
    ],
)
def test_one_factor_sets_one_attribute(name, change):
    attributes = face_attributes(**{**CALM, **change})
    assert [key for key, value in attributes.items() if value] == [name]


def test_a_wink_and_a_slight_turn_set_nothing():
    change = dict(pose=Pose(yaw=29), expression=Expression(close_left=1.0))
    assert not any(face_attributes(**{**CALM, **change}).values())
