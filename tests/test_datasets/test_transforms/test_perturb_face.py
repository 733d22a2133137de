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


@pytest.mark.parametrize('share', [0.1, 0.4, 0.9])
def test_the_occlusion_covers_its_share_of_the_box(share):
    blank = np.full((130, 120, 3), 7, np.uint8)
    places = set()
    for face_id in range(20):
        results = make_results(face_id)
        results['img'] = blank
        covered = PerturbFace(occlusion=share).transform(results)['img']
        ys, xs = np.nonzero((covered != 7).any(2))
        places.add((xs[0], ys[0]))
        assert xs.min() >= 40 and xs.max() < 80
        assert ys.min() >= 50 and ys.max() < 80
        assert len(xs) == pytest.approx(share * 40 * 30, rel=0.12)
        # One rectangle, of one colour.
        assert len(xs) == (np.ptp(xs) + 1) * (np.ptp(ys) + 1)
        assert len(np.unique(covered[ys, xs], axis=0)) == 1
    assert len(places) > 5
    assert (blank == 7).all()


def test_the_same_place_is_covered_each_time():
    first, second = (
        PerturbFace(occlusion=0.2).transform(make_results())['img']
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    'arguments',
    [dict(rotation=-1), dict(shift=-0.1), dict(occlusion=1)],
)
def test_values_out_of_range(arguments):
    with pytest.raises(ValueError, match='expected rotation in'):
        PerturbFace(**arguments)


def test_ids_of_text_and_below_zero_decide_too():
    def run(face_id):
        return PerturbFace(30, 0.1).transform(make_results(face_id))['bbox']

    for face_id in ('face_07', -3):
        np.testing.assert_array_equal(run(face_id), run(face_id))
    assert (run('face_07') != run('face_08')).any()


def test_grey_images_with_a_channel_are_covered():
    results = make_results()
    flat = PerturbFace(occlusion=0.3).transform(dict(results))['img']
    results['img'] = results['img'][..., None]
    covered = PerturbFace(occlusion=0.3).transform(results)['img']
    np.testing.assert_array_equal(np.squeeze(covered), flat)
