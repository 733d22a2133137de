import json

from mmpose_scgcn.detection import BoxMapping, measure, read_mapping
from mmpose_scgcn.detection.calibration import mapping_of

import numpy as np
import pytest

NAMES = ('shift_x', 'shift_y', 'scale_x', 'scale_y')
WANTED = np.array([[10, 10, 50, 60], [100, 20, 140, 70], [30, 90, 80, 150.0]])
NOTHING = np.zeros((0, 4))
FAR = np.array([300, 300, 340, 350.0])


def test_a_shift_and_a_scale_are_found():
    """The detector's boxes are twice as wide, and 5 px higher."""
    detected = WANTED + np.array([-20, -5, 20, -5])
    record, chosen = measure([row[None] for row in detected], WANTED)
    widths, heights = (detected[:, 2:] - detected[:, :2]).T
    assert record['shift_x']['median'] == 0
    assert record['scale_y'] == dict(median=1, std=0)
    for name, values in dict(
        shift_y=5 / heights, scale_x=(widths - 40) / widths
    ).items():
        assert record[name]['median'] == pytest.approx(
            np.median(values), abs=1e-4
        )
        assert record[name]['std'] == pytest.approx(np.std(values), abs=1e-4)
    assert (record['faces'], record['found']) == (3, 3)
    np.testing.assert_array_equal(chosen, detected)


def test_the_median_takes_no_notice_of_one_odd_box():
    odd = WANTED[1:2] + np.array([0, 0, 60, 0])
    detected = [WANTED[:1], odd, WANTED[2:]]
    record, _ = measure(detected, WANTED)
    assert [record[name]['median'] for name in NAMES] == [0, 0, 1, 1]
    assert record['scale_x']['std'] > 0.1


def test_missed_faces_and_other_faces_do_not_count():
    beside = WANTED[2] + [45, 0, 45, 0]  # IoU 1/19
    detected = [
        np.stack([FAR, WANTED[0] + 2, WANTED[0] + 9]),
        WANTED[1:2],
        beside[None],
    ]
    record, chosen = measure(detected, WANTED)
    assert (record['faces'], record['found']) == (3, 2)
    np.testing.assert_array_equal(chosen[0], WANTED[0] + 2)
    assert np.isnan(chosen[2]).all()
    record, chosen = measure([WANTED[:1], NOTHING, WANTED[2:]], WANTED)
    assert record['found'] == 2
    assert np.isnan(chosen[1]).all()


def test_one_face_is_no_measurement():
    with pytest.raises(ValueError, match='found 1 of 3 faces; nothing can'):
        measure([WANTED[:1], NOTHING, FAR[None]], WANTED)


def entry(*medians):
    return {
        name: dict(median=median, std=0.1)
        for name, median in zip(NAMES, medians, strict=True)
    }


def test_what_was_measured_is_read(tmp_path):
    path = tmp_path / 'boxes.json'
    path.write_text(json.dumps(dict(mine=entry(0.1, 0.2, 0.9, 0.8))))
    assert read_mapping('mine', path) == BoxMapping(0.1, 0.2, 0.9, 0.8)
    with pytest.raises(
        KeyError, match=r"'other' in .*boxes.json; it has mine"
    ):
        read_mapping('other', path)


@pytest.mark.parametrize(
    'text',
    [
        'no json',
        '[1, 2]',
        '5',
        '{"mine": 3}',
        '{"mine": {"shift_x": {"median": 1}}}',
        json.dumps(dict(mine=entry(0, 0, 1, 'wide'))),
        json.dumps(dict(mine=entry(0, 0, 1, None))),
    ],
)
def test_a_file_that_holds_no_measurements(tmp_path, text):
    path = tmp_path / 'boxes.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=r'boxes\.json holds no box m'):
        read_mapping('mine', path)


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'absent\.json'):
        read_mapping('mine', tmp_path / 'absent.json')


@pytest.mark.parametrize('kind', ['yunet', 'haar'])
def test_the_package_has_measurements(kind):
    """Both detectors take the forehead in, and are about as wide."""
    mapping = read_mapping(kind)
    assert abs(mapping.shift_x) < 0.02
    assert 0.1 < mapping.shift_y < 0.2
    assert 0.85 < mapping.scale_x < 1.1
    assert 0.7 < mapping.scale_y < 0.95
    with pytest.raises(KeyError, match=r"'x' in .*it has yunet, haar"):
        read_mapping('x')


def test_the_longer_side_is_right_in_the_median():
    # Sides that vary independently: the longer of two is too long on
    # average, were each scaled by its own median.
    rng = np.random.default_rng(0)
    center = rng.uniform(200, 300, (400, 2))
    wanted = np.hstack([center - 50, center + 50])
    half = 50 * np.exp(rng.normal(0, 0.1, (400, 2)))
    detected = np.hstack([center - half, center + half])
    record, chosen = measure([box[None] for box in detected], wanted)
    assert record['longer_side'] < 0.97
    mapped = mapping_of(record)(chosen)
    sides = mapped[:, 2:] - mapped[:, :2]
    assert np.median(sides.max(1)) == pytest.approx(100, abs=0.1)
