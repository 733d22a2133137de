from mmpose_scgcn.datasets.transforms import UniformBBoxTransform

import numpy as np
import pytest
from mmpose.datasets.transforms import TopdownAffine
from scipy.stats import kstest


def boxes(count=1):
    return dict(
        bbox_center=np.tile(np.float32([[50, 60]]), (count, 1)),
        bbox_scale=np.tile(np.float32([[40, 80]]), (count, 1)),
    )


def test_every_amount_is_uniform_over_its_range():
    np.random.seed(0)
    results = UniformBBoxTransform(0.1, (0.8, 1.3), 30).transform(boxes(4000))
    shift = (results['bbox_center'] - [50, 60]) / [40, 80]
    scale = results['bbox_scale'] / [40, 80]
    np.testing.assert_allclose(scale[:, 0], scale[:, 1], rtol=1e-6)
    amounts = {
        'x': (shift[:, 0], -0.1, 0.1),
        'y': (shift[:, 1], -0.1, 0.1),
        'scale': (scale[:, 0], 0.8, 1.3),
        'rotation': (results['bbox_rotation'], -30, 30),
    }
    for name, (values, low, high) in amounts.items():
        assert low <= values.min() <= values.max() <= high, name
        assert kstest(values, 'uniform', (low, high - low)).pvalue > 0.01, name


def test_the_crop_follows():
    """The centre of the changed box is the centre of the crop."""
    np.random.seed(1)
    results = UniformBBoxTransform(0.2, (0.5, 2), 90).transform(boxes())
    center = results['bbox_center'].copy()
    results.update(img=np.zeros((120, 100, 3), np.uint8))
    results.update(keypoints=center[None])
    results = TopdownAffine(input_size=(64, 64)).transform(results)
    np.testing.assert_allclose(
        results['transformed_keypoints'], [[[32, 32]]], atol=1e-3
    )


def test_ranges_of_nothing_change_nothing():
    results = UniformBBoxTransform(0, (1, 1), 0).transform(boxes(3))
    for name, value in boxes(3).items():
        np.testing.assert_array_equal(results[name], value)
    np.testing.assert_array_equal(results['bbox_rotation'], 0)


def test_the_input_arrays_stay():
    given = boxes()
    center = given['bbox_center']
    UniformBBoxTransform().transform(given)
    np.testing.assert_array_equal(center, [[50, 60]])


@pytest.mark.parametrize(
    'arguments',
    (
        dict(scale_factor=(1.2, 0.8)),
        dict(scale_factor=(0, 1)),
        dict(shift_factor=-0.1),
        dict(rotate_factor=200),
    ),
)
def test_values_out_of_range(arguments):
    with pytest.raises(ValueError, match='expected s'):
        UniformBBoxTransform(**arguments)
