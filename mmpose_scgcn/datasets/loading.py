"""Which transform of a pipeline reads images."""

from collections.abc import Iterable, Mapping

#: The transform of MMPose, and ours, as configs name them.
PLAIN, OURS = 'LoadImage', 'mmpose_scgcn.LoadFaceImage'

#: Settings that both have.
_COMMON = {'type', 'to_float32', 'backend_args'}


def is_plain(step: Mapping) -> bool:
    """Tell whether ours may take the place of a transform.

    Args:
        step (Mapping): Its setting.

    Returns:
        bool: Whether it is MMPose's, and not told to read grey images, or
        with another library than OpenCV.
    """
    kind = step['type']
    if isinstance(kind, type):
        named = f'{kind.__module__.split(".")[0]}.{kind.__name__}'
    else:
        named = kind
    return named in (PLAIN, f'mmpose.{PLAIN}') and set(step) <= _COMMON


def with_our_reader(pipeline: Iterable[Mapping]) -> list[dict]:
    """Let a pipeline read images as everything else in this package does.

    Args:
        pipeline (Iterable[Mapping]): Settings of transforms.

    Returns:
        list[dict]: The same with ``mmpose_scgcn.LoadFaceImage`` in the place
        of MMPose's ``LoadImage``.
    """
    return [
        {**step, 'type': OURS} if is_plain(step) else dict(step)
        for step in pipeline
    ]
