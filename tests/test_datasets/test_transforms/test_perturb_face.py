from mmpose_scgcn.datasets.transforms import PerturbFace

import numpy as np
import pytest

BOX = np.float32([[40, 50, 80, 80]])  # centre (60, 65), longer side 40


def make_results(face_id=3, **extra):
    y, x = np.mgrid[:130, :120]
    points = np.float32([[[50, 60], [70, 75]]])
    image = sum(
        np.exp(-((x - a) ** 2 + (y - b) ** 2) / 8) for a, b in points[0]
    )
    image = np.rint(255 * image).astype(np.uint8)
    return dict(id=face_id, img=image, keypoints=points, bbox=BOX, **extra)


def test_the_keypoints_turn_with_the_image():
    results = PerturbFace(rotation=40).transform(make_results())
    for x, y in np.rint(results['keypoints'][0]).astype(int):
        assert results['img'][y, x] > 200
    before = make_results()['keypoints'][0] - [60, 65]
    after = results['keypoints'][0] - [60, 65]
    np.testing.assert_allclose(
        np.linalg.norm(after, axis=1), np.linalg.norm(before, axis=1), 1e-5
    )
    cosine = (before * after).sum(1) / (before**2).sum(1)
    np.testing.assert_allclose(cosine, np.cos(np.deg2rad(40)), rtol=1e-5)
    np.testing.assert_array_equal(results['bbox'], BOX)


def test_the_box_moves_by_its_share():
    center = np.float32([[60, 65]])
    results = PerturbFace(shift=0.15).transform(
        make_results(bbox_center=center)
    )
    step = results['bbox'] - BOX
    assert np.hypot(*step[0, :2]) == pytest.approx(6)  # 0.15 * 40 px
    np.testing.assert_allclose(step[0, :2], step[0, 2:], atol=1e-5)
    np.testing.assert_allclose(
        results['bbox_center'] - center, step[:, :2], atol=1e-5
    )
    np.testing.assert_array_equal(
        results['keypoints'], make_results()['keypoints']
    )


def test_the_id_alone_decides():
    def run(face_id):
        results = PerturbFace(30, 0.1).transform(make_results(face_id))
        return results['bbox'], results['keypoints']

    np.random.seed(0)
    first = run(5)
    np.random.seed(1)
    for a, b in zip(first, run(5), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (first[0] != run(6)[0]).any()
    sides = {run(i)[1][0, 0, 0] > 50 for i in range(10)}
    assert sides == {True, False}  # both directions of rotation


def test_nothing_changes_nothing_and_inputs_stay():
    results = make_results()
    image, points = results['img'], results['keypoints']
    PerturbFace(20, 0.2).transform(results)
    np.testing.assert_array_equal(image, make_results()['img'])
    np.testing.assert_array_equal(points, make_results()['keypoints'])
    same = PerturbFace().transform(make_results())
    np.testing.assert_array_equal(same['img'], image)


@pytest.mark.parametrize('arguments', [dict(rotation=-1), dict(shift=-0.1)])
def test_values_out_of_range(arguments):
    with pytest.raises(ValueError, match='expected rotation in'):
        PerturbFace(**arguments)
