"""A codec that a child config overrides without effect."""

from mmpose_scgcn.checks import check_codec

import pytest
from mmengine.config import Config

CODEC = dict(type='MSRAHeatmap', input_size=(64, 64), sigma=2)


def config(codec, encoder=CODEC, decoder=CODEC):
    steps = [dict(type='GenerateTarget', encoder=encoder)]
    return Config(
        dict(
            codec=codec,
            model=dict(head=dict(decoder=decoder)),
            train_dataloader=dict(dataset=dict(pipeline=steps)),
        )
    )


def test_a_codec_that_is_used():
    assert not check_codec(config(CODEC)).warnings
    assert not check_codec(
        config(CODEC, decoder=dict(CODEC, sigma=3))
    ).warnings
    listed = [dict(type='Other'), dict(CODEC, input_size=[64, 64])]
    assert not check_codec(
        config(CODEC, encoder=listed, decoder=None)
    ).warnings


def test_no_codec_and_no_use():
    assert not check_codec(Config(dict(model=dict()))).warnings
    assert not check_codec(config([CODEC], encoder=None)).warnings


@pytest.mark.parametrize(
    ('codec', 'told'),
    [
        (dict(CODEC, sigma=3), 'sigma is 3, and 2 is used'),
        (
            dict(type='RegressionLabel', input_size=(64, 64)),
            "type is 'RegressionLabel', and 'MSRAHeatmap' is used",
        ),
    ],
)
def test_a_codec_without_effect(codec, told):
    (warning,) = check_codec(config(codec)).warnings
    assert told in warning
    assert 'codec has no effect' in warning


def test_every_config_of_ours_uses_its_codec(root):
    for path in (root / 'configs').rglob('td-*.py'):
        assert not check_codec(Config.fromfile(path)).warnings, path
