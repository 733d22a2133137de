"""Settings of data sets in a config, wrapped or not."""

from collections.abc import Mapping
from typing import Any


def class_name(kind: Any) -> str:
    """Give the name of a class without its scope.

    Args:
        kind: Its name with or without a scope, or the class itself, as in
            MMEngine's configs in pure Python.

    Returns:
        str: The name alone; empty for None.
    """
    return getattr(kind, '__name__', None) or str(kind or '').split('.')[-1]


def type_name(setting: Mapping) -> str:
    """Read the name of a setting's class; see :func:`class_name`."""
    return class_name(setting.get('type'))


def plain_setting(setting: Mapping) -> dict:
    """Read through wrappers what makes an image the input of a network.

    Args:
        setting (Mapping): Of a data set; ``dataset`` or ``datasets`` are
            those that it wraps, and of several the first counts.

    Returns:
        dict: ``type`` of the data set inside, and ``pipeline``, the settings
        of all transforms that its images go through, without those that map
        annotated keypoints.
    """
    inner = setting.get('dataset') or next(
        iter(setting.get('datasets') or ()), None
    )
    found: dict = plain_setting(inner) if inner else {}
    steps = [
        step
        for step in setting.get('pipeline') or ()
        if type_name(step) != 'KeypointConverter'
    ]
    return dict(
        type=found.get('type', setting.get('type')),
        pipeline=[*found.get('pipeline', ()), *steps],
    )


def prediction_setting(cfg: Mapping) -> dict:
    """Read from a config what makes a photo the input of its network.

    Args:
        cfg (Mapping): The config. Its test set counts, or, where it has none,
            its validation set, or its training set with ``val_pipeline``.

    Returns:
        dict: See :func:`plain_setting`.

    Raises:
        ValueError: It has none of these.
    """
    for split in ('test', 'val'):
        loader = cfg.get(f'{split}_dataloader')
        if loader:
            return plain_setting(loader['dataset'])
    loader, steps = cfg.get('train_dataloader'), cfg.get('val_pipeline')
    if loader and steps:
        kind = plain_setting(loader['dataset'])['type']
        return plain_setting(dict(type=kind, pipeline=steps))
    raise ValueError(
        'expected a config with a test_dataloader or a val_dataloader, whose '
        'pipeline says how faces are cut out; it has neither, and no '
        'train_dataloader with a val_pipeline'
    )
