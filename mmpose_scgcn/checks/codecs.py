"""A codec in the config that nothing uses, or whose targets are displaced."""

from collections.abc import Iterator, Mapping
from typing import Any

from mmpose_scgcn.datasets.settings import type_name

import numpy as np
from mmengine.config import Config
from mmpose.registry import KEYPOINT_CODECS

from .findings import Findings

_PARTS = (
    *('model', 'train_dataloader', 'val_dataloader', 'test_dataloader'),
    'custom_hooks',  # PipelineSwitchHook has a pipeline
)
_USES = ('encoder', 'decoder')


def check_codec(cfg: Config) -> Findings:
    """Compare ``codec`` with the encoders and decoders of a config.

    A child config that overrides it changes nothing: what a base made of its
    own ``codec`` stays.

    Args:
        cfg (mmengine.config.Config): The config.

    Returns:
        Findings: A warning with the settings that differ.
    """
    codec = cfg.get('codec')
    used = [_plain(use) for part in _PARTS for use in _uses(cfg.get(part))]
    if not isinstance(codec, Mapping) or not used:
        return Findings()
    named = _plain(codec)
    if any(use == named for use in used):
        return Findings()
    lines = '; '.join(
        f'{key} is {named.get(key)!r}, and {used[0].get(key)!r} is used'
        for key in sorted({*named, *used[0]})
        if named.get(key) != used[0].get(key)
    )
    return Findings(
        warnings=[
            'codec has no effect: no encoder and no decoder is like it, for a '
            'base config made them of its own; set encoder of GenerateTarget '
            f'in each pipeline, and model.head.decoder: {lines}'
        ]
    )


def check_heatmaps(cfg: Config) -> Findings:
    """Look where a codec puts the targets of keypoints.

    MMPose 1.3 draws Gaussians of three sigmas to each side. Where these are
    no whole number of cells, ``UDPHeatmap``, ``MSRAHeatmap`` and
    ``IntegralRegressionLabel`` draw some of them one cell off, and a model
    learns that: from half a cell on those that the left or top edge cuts off,
    and below half a cell all others. The targets themselves are looked at,
    so that a version of MMPose without this fault has no warning.

    Args:
        cfg (mmengine.config.Config): The config.

    Returns:
        Findings: A warning for each encoder of the training whose targets
        are displaced.
    """
    found = Findings()
    tried: list[Mapping] = []
    training = cfg.get('train_dataloader'), cfg.get('custom_hooks')
    for use in _uses(training):
        plain = _plain(use)
        sigma = plain.get('sigma')
        kind = type_name(plain)
        combined = plain.get('heatmap_type') == 'combined'
        if kind not in _PATCHES or combined or plain in tried:
            continue
        tried.append(plain)
        if where := _displaced(use):
            found.warnings.append(
                f'{kind} with sigma={sigma} draws the targets of '
                f'{where.format(cells=f"{3 * sigma:g}")}, because 3 * sigma '
                'is no whole number of cells; the model would learn that. '
                f'Use sigma={_whole(sigma)}, in the encoder of '
                'GenerateTarget and in model.head.decoder'
            )
    return found


#: MMPose's codecs that draw a patch of a heatmap for each keypoint.
_PATCHES = ('UDPHeatmap', 'MSRAHeatmap', 'IntegralRegressionLabel')


def _whole(sigma: float) -> str:
    """Write the nearest sigma of which three make a whole number."""
    cells = max(1, round(3 * sigma))
    return f'{cells // 3}' if cells % 3 == 0 else f'{cells} / 3'


def _displaced(encoder: Mapping) -> str:
    """Encode keypoints in a corner and in the middle of the map.

    Returns:
        str: Which keypoints have targets that are displaced, and where to;
        empty if none have.
    """
    codec = KEYPOINT_CODECS.build(dict(encoder))
    # That of IntegralRegressionLabel has one inside.
    inner = getattr(codec, 'heatmap_codec', codec)
    middle = np.array(inner.heatmap_size) // 2
    off = []
    for cell in (np.zeros(2), middle):
        keypoint = (cell * inner.scale_factor).astype(np.float32)
        maps = codec.encode(keypoint[None, None], np.ones((1, 1), np.float32))
        (drawn,) = np.asarray(maps['heatmaps'])
        y, x = np.unravel_index(drawn.argmax(), drawn.shape)
        off.append(bool((np.array([x, y]) - cell).any()))
    in_corner, in_middle = off
    near = 'keypoints within {cells} cells of the left or top edge'
    if in_middle:
        return f'all but {near} one cell too far left and up'
    return f'{near} one cell too far right or down' if in_corner else ''


def _uses(setting: Any) -> Iterator[Mapping]:
    """Walk through encoders and decoders of a setting."""
    if isinstance(setting, Mapping):
        for key, value in setting.items():
            if key in _USES:
                many = value if isinstance(value, (list, tuple)) else [value]
                yield from (v for v in many if isinstance(v, Mapping))
            else:
                yield from _uses(value)
    elif isinstance(setting, (list, tuple)):
        for value in setting:
            yield from _uses(value)


def _plain(value: Any) -> Any:
    """Make lists of tuples, so that they compare alike.

    The scope of a registry is left out: MMEngine notes it in the ``codec``
    of a base such as ``mmpose::...``, and not where it is used.
    """
    if isinstance(value, Mapping):
        items = ((k, v) for k, v in value.items() if k != '_scope_')
        return {key: _plain(item) for key, item in items}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
