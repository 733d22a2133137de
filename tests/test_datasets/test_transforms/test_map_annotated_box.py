from mmpose_scgcn.datasets.transforms import MapAnnotatedBox

import numpy as np
import pytest
from mmpose.registry import TRANSFORMS


def results(**others):
    box = np.array([[10.0, 20, 30, 28]], np.float32)
    return dict(bbox=box, keypoints=np.zeros((1, 5, 2)), **others)


def test_the_box_becomes_square_and_moves_by_its_longer_side():
    found = MapAnnotatedBox(shift_x=0.1, shift_y=-0.5, scale=2).transform(
        results()
    )
    # Centre (20, 24), longer side 20.
    np.testing.assert_allclose(found['bbox'], [[2, -6, 42, 34]])


def test_centre_and_scale_follow_where_they_are_given():
    given = results(
        bbox_center=np.array([[20.0, 24]]), bbox_scale=np.array([[20.0, 20]])
    )
    found = MapAnnotatedBox(shift_y=0.5, scale=1.5).transform(given)
    np.testing.assert_allclose(found['bbox_center'], [[20, 34]])
    np.testing.assert_allclose(found['bbox_scale'], [[30, 30]])


def test_boxes_without_keypoints_are_the_models_own():
    box = np.array([[1.0, 2, 3, 4]])
    found = MapAnnotatedBox(scale=3).transform(dict(bbox=box))
    assert found['bbox'] is box


def test_it_is_built_from_a_config():
    transform = TRANSFORMS.build(
        dict(type='mmpose_scgcn.MapAnnotatedBox', scale=1.5)
    )
    assert 'scale_x=1.5' in repr(transform)


@pytest.mark.parametrize('arguments', [(0, 0, 0), (np.nan, 0, 1), (0, 0, -1)])
def test_a_mapping_that_is_none(arguments):
    with pytest.raises(ValueError, match='finite shifts and a scale above 0'):
        MapAnnotatedBox(*arguments)
