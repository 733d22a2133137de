"""A codec in the config that nothing uses, or whose targets are displaced."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from mmengine.config import Config
from mmpose.registry import KEYPOINT_CODECS

from .findings import Findings

_PARTS = ('model', 'train_dataloader', 'val_dataloader', 'test_dataloader')
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
    used = [use for part in _PARTS for use in _uses(cfg.get(part))]
    if not isinstance(codec, Mapping) or not used:
        return Findings()
    if any(_plain(use) == _plain(codec) for use in used):
        return Findings()
    differ = sorted(
        key
        for key in {*codec, *used[0]}
        if _plain(codec.get(key)) != _plain(used[0].get(key))
    )
    lines = '; '.join(
        f'{key} is {codec.get(key)!r}, and {used[0].get(key)!r} is used'
        for key in differ
    )
    return Findings(
        warnings=[
            'codec has no effect: no encoder and no decoder is like it, for a '
            'base config made them of its own; set encoder of GenerateTarget '
            f'in each pipeline, and model.head.decoder: {lines}'
        ]
    )


def check_heatmaps(cfg: Config) -> Findings:
    """Look where a codec puts the target of a keypoint near the edge.

    MMPose 1.3 draws Gaussians of three sigmas to each side. Where these are
    no whole number of cells, ``UDPHeatmap``, ``MSRAHeatmap`` and
    ``IntegralRegressionLabel`` draw those that the left or top edge cuts off
    one cell too far to the right or too low, and a model learns that. The
    targets themselves are looked at, so that a version of MMPose without this
    fault has no warning.

    Args:
        cfg (mmengine.config.Config): The config.

    Returns:
        Findings: A warning for each encoder of the training whose targets
        are displaced.
    """
    found = Findings()
    tried: list[Mapping] = []
    for use in _uses(cfg.get('train_dataloader')):
        plain = _plain(use)
        sigma, kind = plain.get('sigma'), plain.get('type')
        if not isinstance(sigma, (int, float)) or plain in tried:
            continue
        tried.append(plain)
        if any(cells := _displacement(use)):
            found.warnings.append(
                f'{kind} with sigma={sigma} displaces the targets of '
                f'keypoints within {3 * sigma:g} cells of the left or top '
                f'edge of the heatmap by {max(cells)} cell, because 3 * sigma '
                'is no whole number; the model would learn that. Use sigma='
                f'{_whole(sigma)}, in the encoder of GenerateTarget and in '
                'model.head.decoder'
            )
    return found


def _whole(sigma: float) -> str:
    """Write the nearest sigma of which three make a whole number."""
    cells = max(1, round(3 * sigma))
    return f'{cells // 3}' if cells % 3 == 0 else f'{cells} / 3'


def _displacement(encoder: Mapping) -> tuple[int, ...]:
    """Encode a keypoint in the corner; give how far off its target lies.

    Returns:
        tuple[int, ...]: Cells to the right and down. Nothing for encoders
        without one map for each keypoint.
    """
    codec = KEYPOINT_CODECS.build(dict(encoder))
    corner = np.zeros((1, 1, 2), np.float32)
    encoded = codec.encode(corner, np.ones((1, 1), np.float32))
    maps = np.asarray(encoded.get('heatmaps', ()))
    if maps.ndim != 3 or len(maps) != 1:
        return ()
    y, x = np.unravel_index(maps[0].argmax(), maps.shape[1:])
    return int(x), int(y)


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
    """Make lists of tuples, so that they compare alike."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
