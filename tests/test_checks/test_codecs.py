"""A codec without effect, and one with displaced targets."""

from mmpose_scgcn.checks import check_codec, check_heatmaps

import numpy as np
import pytest
from mmengine.config import Config
from mmpose.registry import KEYPOINT_CODECS

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


#: MMPose's codecs with one Gaussian for each keypoint, drawn as a patch.
PATCHES = ('UDPHeatmap', 'MSRAHeatmap', 'IntegralRegressionLabel')


def heatmaps(kind, sigma, **more):
    size = dict(input_size=(64, 64), heatmap_size=(32, 32))
    return dict(type=kind, sigma=sigma, **size, **more)


def far_off(codec):
    """How far peaks lie from keypoints in all cells of a map, in cells."""
    codec = KEYPOINT_CODECS.build(codec)
    scale = getattr(codec, 'heatmap_codec', codec).scale_factor
    cells = np.stack(np.meshgrid(range(32), range(32)), -1).reshape(-1, 2)
    points = (cells[None] * scale).astype(np.float32)
    maps = codec.encode(points, np.ones(points.shape[:2], np.float32))
    peaks = maps['heatmaps'].reshape(len(cells), -1).argmax(1)
    found = np.stack([peaks % 32, peaks // 32], 1)
    return np.abs(found - cells).max()


@pytest.mark.parametrize('kind', PATCHES)
@pytest.mark.parametrize(
    'sigma', [0.5, 1, 1.1, 4 / 3, 1.4, 1.5, 5 / 3, 1.75, 2, 2.25, 2.4, 3]
)
def test_displaced_targets_are_told_as_mmpose_draws_them(kind, sigma):
    codec = heatmaps(kind, sigma)
    told = check_heatmaps(config(codec, codec, codec)).warnings
    assert len(told) == far_off(codec)


@pytest.mark.parametrize(
    ('sigma', 'which', 'better'),
    [
        (
            1.5,
            'targets of keypoints within 4.5 cells of the left or top edge '
            'one cell too far right or down',
            4 / 3,
        ),
        (
            1.4,
            'targets of all but keypoints within 4.2 cells of the left or '
            'top edge one cell too far left and up',
            4 / 3,
        ),
        (2.1, 'all but keypoints within 6.3 cells', 2),
    ],
)
def test_a_warning_says_which_and_names_a_sigma_in_order(sigma, which, better):
    codec = heatmaps('UDPHeatmap', sigma)
    (warning,) = check_heatmaps(config(codec, codec, codec)).warnings
    assert f'UDPHeatmap with sigma={sigma} draws' in warning
    assert which in warning
    named = '2' if better == 2 else '4 / 3'
    assert f'Use sigma={named},' in warning
    assert far_off(dict(codec, sigma=better)) == 0


@pytest.mark.parametrize(
    'codec',
    [
        heatmaps('MSRAHeatmap', 1.5, unbiased=True),  # no patches
        heatmaps('UDPHeatmap', 1.5, heatmap_type='combined'),  # discs
        dict(type='RegressionLabel', input_size=(64, 64)),
        dict(type='SimCCLabel', input_size=(64, 64), sigma=(4.9, 5.66)),
        dict(type='SimCCLabel', input_size=(64, 64), sigma=5.5),
    ],
)
def test_other_targets_are_not_displaced(codec):
    assert not check_heatmaps(config(codec, codec, codec)).warnings


def test_no_config_of_ours_displaces_targets(root):
    for path in (root / 'configs').rglob('td-*.py'):
        assert not check_heatmaps(Config.fromfile(path)).warnings, path


def test_a_class_in_the_place_of_its_name():
    """As in configs of MMEngine that are pure Python."""
    named = dict(CODEC, sigma=1.5, heatmap_size=(16, 16))
    kind = KEYPOINT_CODECS.get('MSRAHeatmap')
    by_name, by_class = (
        check_heatmaps(config(None, encoder)).warnings
        for encoder in (named, dict(named, type=kind))
    )
    assert by_name == by_class != []


def test_the_pipeline_of_a_hook_is_looked_at_too():
    """PipelineSwitchHook gives the training another one."""
    displaced = dict(CODEC, sigma=1.5, heatmap_size=(16, 16))
    cfg = config(None, dict(CODEC, heatmap_size=(16, 16)))
    assert check_heatmaps(cfg).warnings == []
    step = dict(type='GenerateTarget', encoder=displaced)
    cfg.custom_hooks = [dict(type='A', switch_pipeline=[step])]
    assert len(check_heatmaps(cfg).warnings) == 1
    cfg.codec = displaced
    assert check_codec(cfg).warnings == []
