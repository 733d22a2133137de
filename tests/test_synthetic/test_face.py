from dataclasses import replace

from mmpose_scgcn.synthetic import make_face
from mmpose_scgcn.synthetic.degrade import Degradation
from mmpose_scgcn.synthetic.face import render_face, sample_recipe
from mmpose_scgcn.synthetic.lighting import Lighting
from mmpose_scgcn.synthetic.parameters import Expression, Identity, Pose

import numpy as np
import pytest


def generators(seed=0):
    streams = np.random.SeedSequence(seed).spawn(9)
    return [np.random.default_rng(stream) for stream in streams]


def plain_recipe(**change):
    """A front view in plain light; the colours are drawn."""
    recipe = sample_recipe(generators()[:6])
    appearance = replace(
        recipe.appearance,
        style='short',
        beard=0.0,
        moustache=0.0,
        eye_shadow=0.0,
    )
    plain = replace(
        recipe,
        identity=Identity(),
        expression=Expression(),
        pose=Pose(),
        light=Lighting(),
        degradation=Degradation(),
        appearance=appearance,
    )
    return replace(plain, **change)


def draw(recipe, size=256, occluder='none'):
    return render_face(recipe, generators(1)[6:], size, occluder)


def brightness(face, points):
    """Mean grey level of the 3 x 3 pixels around each point."""
    values = []
    for x, y in np.rint(points).astype(int):
        values.append(face.image[y - 1 : y + 2, x - 1 : x + 2].mean())
    return np.array(values)


def test_the_same_seed_and_index_give_the_same_bits():
    first, second = make_face(3, 5), make_face(3, 5)
    assert (first.image == second.image).all()
    assert (first.keypoints == second.keypoints).all()
    assert first.factors == second.factors
    assert first.attributes == second.attributes


@pytest.mark.parametrize('other', [(4, 5), (3, 6)])
def test_another_seed_or_index_gives_another_face(other):
    first, second = make_face(3, 5), make_face(*other)
    assert (first.image != second.image).mean() > 0.5
    assert np.abs(first.keypoints - second.keypoints).max() > 1


def test_points_are_finite_and_inside_the_picture():
    faces = [make_face(11, index, size=96) for index in range(32)]
    keypoints = np.stack([face.keypoints for face in faces])
    assert keypoints.shape == (32, 98, 2)
    assert np.isfinite(keypoints).all()
    inside = ((keypoints >= 0) & (keypoints <= 95)).all(axis=(1, 2))
    assert inside.all()
    assert {face.image.shape for face in faces} == {(96, 96, 3)}


def test_the_size_scales_the_points():
    small, large = make_face(2, 1, size=80), make_face(2, 1, size=160)
    np.testing.assert_allclose(
        large.keypoints + 0.5, 2 * (small.keypoints + 0.5), atol=0.05
    )


def test_pupils_are_darker_than_the_white_of_the_eye():
    face = draw(plain_recipe())
    points = face.keypoints
    beside_glint = np.add(points[96:98], [-1, 2])
    pupils = brightness(face, beside_glint)
    whites = brightness(face, (points[[60, 72]] + points[96:98]) / 2)
    assert (pupils < 0.75 * whites).all()


def test_brows_are_darker_than_the_forehead():
    face = draw(plain_recipe())
    brow = brightness(
        face, face.keypoints[[35, 44]] * 0.5 + face.keypoints[[40, 48]] * 0.5
    )
    up = face.keypoints[57] - face.keypoints[51]
    forehead = brightness(face, face.keypoints[[35, 44]] - 0.25 * up)
    assert (brow < 0.85 * forehead).all()


def test_thin_brows_are_paler():
    recipe = plain_recipe()
    means = []
    for density in (1.0, 0.2):
        person = replace(recipe.appearance, brow_density=density)
        face = draw(replace(recipe, appearance=person))
        middles = face.keypoints[[35, 44]] + face.keypoints[[40, 48]]
        means.append(brightness(face, middles / 2).mean())
    assert means[1] > 1.1 * means[0]


def test_lips_are_redder_than_the_chin():
    face = draw(plain_recipe())
    points = np.rint(face.keypoints).astype(int)
    blue, _, red = face.image[points[85, 1] - 4, points[85, 0]].astype(float)
    chin = (points[85] + points[16]) // 2
    chin_blue, _, chin_red = face.image[chin[1], chin[0]].astype(float)
    assert red / blue > 1.05 * chin_red / chin_blue


def test_an_open_mouth_is_dark_between_the_lips():
    shut = draw(plain_recipe())
    gape = draw(plain_recipe(expression=Expression(jaw_open=1.0)))
    share = np.linspace(0, 1, 30)[:, None]
    between = gape.keypoints[90] * share + gape.keypoints[94] * (1 - share)
    lip = brightness(shut, shut.keypoints[85:86] - [0, 3])
    assert brightness(gape, between).min() < 0.6 * lip


def test_a_closed_mouth_is_one_dark_line():
    face = draw(plain_recipe(expression=Expression(closed=True)))
    points = face.keypoints
    line = brightness(face, points[89:92])
    lips = brightness(face, (points[[79, 85]] + points[[90, 94]]) / 2)
    assert line.max() < 0.9 * lips.min()


@pytest.mark.parametrize('yaw', [-70, 70])
def test_yaw_brings_the_nose_tip_to_the_far_contour(yaw):
    points = draw(plain_recipe(pose=Pose(yaw=yaw)), size=96).keypoints
    side = np.sign(yaw)
    assert side * points[54, 0] > side * points[16, 0]
    near, far = (0, 32) if yaw > 0 else (32, 0)
    gap = np.abs(points[[near, far], 0] - points[51, 0])
    assert gap[0] > 4 * gap[1]


def test_attributes_and_factors_tell_the_same():
    for index in range(16):
        face = make_face(11, index, size=96)
        told, truth = face.attributes, face.factors
        pose = (
            abs(truth['yaw']) >= 30
            or abs(truth['pitch']) >= 20
            or abs(truth['roll']) >= 25
        )
        assert told['pose'] == pose
        assert told['occlusion'] == (truth['hidden_share'] >= 0.15)
        assert told['blur'] == (truth['blur_sigma'] >= 1.0)
        assert told['makeup'] == (
            truth['lipstick'] >= 0.5 or truth['eye_shadow'] >= 0.6
        )


@pytest.mark.parametrize('arguments', [(-1, 0, 160), (0, -1, 160), (0, 0, 16)])
def test_impossible_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match='expected seed >= 0'):
        make_face(*arguments)
