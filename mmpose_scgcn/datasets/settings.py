"""Settings of data sets in a config, wrapped or not."""

from collections.abc import Mapping


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
        if not str(step['type']).endswith('KeypointConverter')
    ]
    return dict(
        type=found.get('type', setting.get('type')),
        pipeline=[*found.get('pipeline', ()), *steps],
    )
