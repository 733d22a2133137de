from mmpose_scgcn.datasets.transforms import ShiftKeypointOrigin

import numpy as np
import pytest
from mmpose.datasets.transforms import RandomFlip
from mmpose.registry import TRANSFORMS

PIXEL = (7, 3)  # x, y


def results(**others):
    image = np.zeros((9, 12, 3), np.uint8)
    image[PIXEL[1], PIXEL[0]] = 255
    one_based = np.array([[PIXEL]], np.float32) + 1
    return dict(img=image, keypoints=one_based, **others)


@pytest.mark.parametrize('direction', ['horizontal', 'vertical'])
def test_a_flipped_keypoint_stays_on_its_pixel(direction):
    flip = RandomFlip(direction=direction, prob=1.0)
    box = dict(
        img_shape=(9, 12),
        bbox=np.array([[0, 0, 12, 9]], np.float32),
        bbox_center=np.array([[6, 4.5]], np.float32),
        keypoints_visible=np.ones((1, 1), np.float32),
        flip_indices=[0],
    )

    def brightness(shifted):
        flipped = flip.transform(shifted)
        x, y = flipped['keypoints'][0, 0].astype(int)
        return flipped['img'][y, x, 0]

    found = results(**box)
    assert brightness(ShiftKeypointOrigin().transform(found)) == 255
    assert brightness(results(**box)) == 0  # what goes wrong without it


def test_only_the_keypoints_change():
    before = results(bbox=np.array([[1, 2, 3, 4]]))
    given = before['keypoints']
    after = ShiftKeypointOrigin(origin=0.5).transform(dict(before))
    np.testing.assert_array_equal(after['keypoints'], given - 0.5)
    assert after['keypoints'].dtype == given.dtype
    assert given[0, 0].tolist() == [8, 4]  # a data set may keep the array
    assert after['bbox'] is before['bbox']
    assert after['img'] is before['img']


def test_images_without_keypoints_pass():
    assert ShiftKeypointOrigin().transform(dict(img=1)) == dict(img=1)


def test_it_is_built_from_a_config():
    transform = TRANSFORMS.build(
        dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=0)
    )
    assert repr(transform) == 'ShiftKeypointOrigin(origin=0)'


@pytest.mark.parametrize('origin', [float('nan'), float('inf')])
def test_an_origin_is_a_number(origin):
    with pytest.raises(ValueError, match=r'expected origin .*, got (nan|inf)'):
        ShiftKeypointOrigin(origin)
