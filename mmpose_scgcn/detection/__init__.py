"""Face boxes: detectors, and how their boxes become those of our models.

NumPy and OpenCV are enough for all but MMDetection's detectors.
"""

from .boxes import (
    LANDMARK_BOX,
    BoxMapping,
    check_boxes,
    check_in_image,
    suppress,
)
from .build import DETECTORS, build_detector, check_detector
from .calibration import boxes_of_kind, measure, read_mapping
from .detector import CallableDetector, FaceDetector, WholeImage
from .haar import Haar, has_haar
from .yunet import YuNet, find_yunet

__all__ = [
    'DETECTORS',
    'LANDMARK_BOX',
    'BoxMapping',
    'CallableDetector',
    'FaceDetector',
    'Haar',
    'WholeImage',
    'YuNet',
    'boxes_of_kind',
    'build_detector',
    'check_boxes',
    'check_detector',
    'check_in_image',
    'find_yunet',
    'has_haar',
    'measure',
    'read_mapping',
    'suppress',
]
