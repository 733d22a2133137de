from mmpose_scgcn.models.layers import FeaturePyramid, pyramid_shapes

import pytest
import torch

CHANNELS = (3, 5, 7)


@pytest.fixture
def pyramid():
    torch.manual_seed(0)
    return FeaturePyramid(CHANNELS, (4, 6, 8)).eval()


@pytest.fixture
def maps():
    return [
        torch.randn(2, c, 16 >> i, 16 >> i) for i, c in enumerate(CHANNELS)
    ]


def test_a_pyramid_is_as_fine_as_its_finest_map(pyramid, maps):
    merged = pyramid(maps)
    assert [tuple(m.shape) for m in merged] == [
        (2, 4, 16, 16),
        (2, 6, 8, 8),
        (2, 8, 4, 4),
    ]
    for number in range(3):  # a map goes into those that are no coarser
        other = list(maps)
        other[number] = other[number] + 1
        for level, (now, before) in enumerate(
            zip(pyramid(other), merged, strict=True)
        ):
            changed = (now - before).abs().max() > 1e-3
            assert changed == (level <= number)


def test_shapes_are_halved_from_map_to_map():
    shapes = pyramid_shapes((3, 5, 7), (12, 8))
    assert shapes == [(3, 8, 12), (5, 4, 6), (7, 2, 3)]


def test_what_does_not_fit(pyramid, maps):
    with pytest.raises(ValueError, match='expected 3 feature maps, got 2'):
        pyramid(maps[:2])
    with pytest.raises(ValueError, match=r'pyramid_channels: .*got \(4, 6\)'):
        FeaturePyramid(CHANNELS, (4, 6))
    with pytest.raises(ValueError, match=r'multiples of 4.*got \(12, 6\)'):
        pyramid_shapes(CHANNELS, (12, 6))
    with pytest.raises(ValueError, match=r'expected a sequence.*got 5'):
        pyramid_shapes(5, (12, 6))
