from mmpose_scgcn.models import CNN6, CNN7
from mmpose_scgcn.registry import MODELS

import pytest
import torch


@pytest.mark.parametrize(
    ('name', 'size', 'shape'),
    [('CNN6', 64, (512, 2, 2)), ('CNN7', 128, (512, 2, 2))],
)
def test_default_widths(name, size, shape):
    backbone = MODELS.build(dict(type=f'mmpose_scgcn.{name}'))
    (feature_map,) = backbone(torch.zeros(1, 3, size, size))
    assert feature_map.shape == (1, *shape)


def test_number_of_convolutions():
    def count(module):
        return sum(isinstance(m, torch.nn.Conv2d) for m in module.modules())

    assert (count(CNN6()), count(CNN7())) == (5, 6)


def test_cnn7_starts_with_64_filters():
    assert CNN7().stages[0][0].conv.out_channels == 64


@pytest.mark.parametrize('norm_cfg', [None, dict(type='BN')])
def test_widths_channels_and_norm_are_configurable(norm_cfg):
    backbone = CNN6(widths=(4, 8), in_channels=1, norm_cfg=norm_cfg)
    (feature_map,) = backbone(torch.zeros(2, 1, 24, 16))
    assert feature_map.shape == (2, 8, 6, 4)
    norms = [
        m for m in backbone.modules() if isinstance(m, torch.nn.BatchNorm2d)
    ]
    assert len(norms) == (2 if norm_cfg else 0)


def test_a_stage_is_convolution_relu_pooling():
    torch.manual_seed(0)
    backbone = CNN6(widths=(4,))
    image = torch.randn(1, 3, 8, 8)
    conv = backbone.stages[0][0].conv
    out = torch.nn.functional.conv2d(image, conv.weight, conv.bias, padding=1)
    expected = torch.nn.functional.max_pool2d(out.clamp_min(0), 2)
    torch.testing.assert_close(backbone(image)[0], expected)


def test_maps_of_several_stages():
    torch.manual_seed(0)
    backbone = CNN6(widths=(4, 8, 16), out_indices=(0, -2, 2))
    image = torch.randn(1, 3, 16, 16)
    maps = backbone(image)
    assert [tuple(m.shape[1:]) for m in maps] == [
        *((4, 8, 8), (8, 4, 4), (16, 2, 2)),
    ]
    torch.testing.assert_close(backbone.stages(image), maps[-1])
    with pytest.raises(IndexError):
        CNN6(widths=(4,), out_indices=(1,))
