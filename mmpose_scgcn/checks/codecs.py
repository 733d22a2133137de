"""A codec in the config that nothing uses."""

from collections.abc import Iterator, Mapping
from typing import Any

from mmengine.config import Config

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
