from mmpose_scgcn.models.layers import FeaturePyramid, pyramid_shapes

import pytest
import torch

CHANNELS = (3, 5, 7)


@pytest.fixture(params=[False, True], ids=['dense', 'separable'])
def pyramid(request):
    torch.manual_seed(0)
    return FeaturePyramid(CHANNELS, (4, 6, 8), request.param).eval()


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


def test_a_separable_pyramid_multiplies_less():
    """Depthwise 3 x 3, then 1 x 1; the coarsest map has 1 x 1 alone."""
    merge = FeaturePyramid((32, 64, 128), (48, 64, 128), True).merge
    for level, (own, below, out) in enumerate([(32, 32, 48), (64, 64, 64)]):
        depthwise, pointwise = (
            m for m in merge[level].modules() if isinstance(m, torch.nn.Conv2d)
        )
        assert depthwise.weight.shape == (own + below, 1, 3, 3)
        assert pointwise.weight.shape == (out, own + below, 1, 1)
    (coarsest,) = (
        m for m in merge[2].modules() if isinstance(m, torch.nn.Conv2d)
    )
    assert coarsest.weight.shape == (128, 128, 1, 1)


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
