"""From faces in single frames to tracks over a video.

Needs numpy, SciPy and OpenCV; nothing here needs PyTorch or MMPose.
"""

from .cuts import CutDetector
from .one_euro import OneEuroFilter
from .tracker import FaceTracker

__all__ = [
    'CutDetector',
    'FaceTracker',
    'OneEuroFilter',
]
