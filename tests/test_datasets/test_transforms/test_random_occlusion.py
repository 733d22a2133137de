from mmpose_scgcn.datasets.transforms import RandomOcclusion

import numpy as np
import pytest
from mmpose.registry import TRANSFORMS

SHAPE = (120, 80, 3)  # H, W, C


def covered(transform, seed=0, shape=SHAPE):
    """What a transform covers of an image: a mask (H, W)."""
    np.random.seed(seed)
    image = np.full(shape, -1, dtype=np.int16)  # no colour is -1
    image = transform.transform(dict(img=image))['img']
    return (image.reshape(*shape[:2], -1) != -1).all(axis=-1)


def extent(mask):
    """Width and height of what is covered."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return np.ptp(columns) + 1, np.ptp(rows) + 1


def test_it_is_one_filled_rectangle_of_one_colour():
    np.random.seed(3)
    image = np.full(SHAPE, -1, dtype=np.int16)
    result = RandomOcclusion(prob=1).transform(dict(img=image))['img']
    mask = (result != -1).all(axis=-1)
    width, height = extent(mask)
    assert mask.sum() == width * height
    assert len(np.unique(result[mask], axis=0)) == 1
    assert (image == -1).all()  # the input stays


def test_area_and_aspect_ratio_of_rectangles_inside():
    areas, ratios = [], []
    for seed in range(400):
        mask = covered(RandomOcclusion(prob=1, area=0.1), seed)
        inside = mask[[0, -1]].sum() + mask[:, [0, -1]].sum() == 0
        if inside:
            width, height = extent(mask)
            areas.append(mask.mean())
            ratios.append(width / height)
    assert len(areas) > 50
    np.testing.assert_allclose(areas, 0.1, rtol=0.06)  # whole px
    assert 0.37 < min(ratios) < 0.5
    assert 2 < max(ratios) < 2.7


def test_every_part_is_covered_and_borders_cut_off():
    total = sum(covered(RandomOcclusion(prob=1), s) for s in range(600))
    share = total / 600
    assert share.min() > 0.03  # the corners too, a quarter of 0.2
    middle = share[40:80, 30:50].mean()
    assert middle == pytest.approx(0.2, abs=0.03)
    assert share.mean() < 0.19


def test_the_probability():
    count = sum(covered(RandomOcclusion(), s).any() for s in range(500))
    assert 210 < count < 290
    assert not any(covered(RandomOcclusion(prob=0), s).any() for s in range(9))


def test_grey_images_and_lists():
    assert covered(RandomOcclusion(prob=1), shape=(50, 60)).any()
    np.random.seed(0)
    images = [np.full(SHAPE, -1, np.int16) for _ in range(2)]
    first, second = RandomOcclusion(1).transform(dict(img=images))['img']
    np.testing.assert_array_equal(first, second)
    assert (first != -1).any()


def test_the_seed_repeats_it():
    masks = [covered(RandomOcclusion(prob=1), s) for s in (5, 5, 6)]
    np.testing.assert_array_equal(masks[0], masks[1])
    assert (masks[0] != masks[2]).any()


def test_keypoints_stay_and_a_config_line_builds_it():
    transform = TRANSFORMS.build(
        dict(type='mmpose_scgcn.RandomOcclusion', prob=1.0)
    )
    keypoints = np.ones((1, 4, 2))
    results = dict(
        img=np.zeros(SHAPE, np.uint8),
        transformed_keypoints=keypoints,
        keypoints_visible=np.ones((1, 4)),
    )
    results = transform(results)
    assert results['transformed_keypoints'] is keypoints
    assert results['keypoints_visible'].all()
    assert results['img'].dtype == np.uint8


@pytest.mark.parametrize(
    'arguments',
    (
        dict(prob=1.5),
        dict(area=0),
        dict(area=1.2),
        dict(aspect_ratio=(2, 1)),
        dict(aspect_ratio=(0, 1)),
        dict(aspect_ratio=(1,)),
    ),
)
def test_values_out_of_range(arguments):
    with pytest.raises(ValueError, match=f'expected {next(iter(arguments))}'):
        RandomOcclusion(**arguments)


@pytest.mark.parametrize('shape', [(120, 80, 1), (120, 80), (120, 80, 4)])
def test_images_of_any_number_of_channels_are_covered(shape):
    mask = covered(RandomOcclusion(prob=1), 3, shape)
    np.testing.assert_array_equal(mask, covered(RandomOcclusion(prob=1), 3))
