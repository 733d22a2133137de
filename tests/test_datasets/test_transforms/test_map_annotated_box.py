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
    np.testing.assert_allclose(found['bbox_center'], [[22, 14]])
    np.testing.assert_allclose(found['bbox_scale'], [[40, 40]])


def test_centre_and_scale_of_before_are_replaced():
    given = results(
        bbox_center=np.array([[20.0, 24]]), bbox_scale=np.array([[20.0, 20]])
    )
    found = MapAnnotatedBox(shift_y=0.5, scale=1.5).transform(given)
    np.testing.assert_allclose(found['bbox_center'], [[20, 34]])
    np.testing.assert_allclose(found['bbox_scale'], [[30, 30]])


def test_what_the_metric_divides_by_stays_the_box_of_the_annotation():
    sample = results(
        id=1, dataset_name='x', keypoints_visible=np.ones((1, 5), np.float32)
    )
    steps = [
        MapAnnotatedBox(scale=2.5),
        TRANSFORMS.build(dict(type='GetBBoxCenterScale', padding=1.25)),
    ]
    with pytest.warns(UserWarning, match='padding will still be applied'):
        for step in steps:
            sample = step.transform(sample)
    np.testing.assert_allclose(sample['bbox_scale'], [[62.5, 62.5]])
    packed = TRANSFORMS.build(dict(type='PackPoseInputs', meta_keys=('id',)))
    sample['img'] = np.zeros((64, 64, 3), np.uint8)
    truth = packed.transform(sample)['data_samples'].gt_instances
    np.testing.assert_allclose(truth.bboxes, results()['bbox'])


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
