"""Adapters: from a model's keypoints to those of another convention.

Pure functions over arrays and tensors; nothing here needs MMPose.
"""

from .fitting import (
    PENALTIES,
    Adapters,
    choose_penalty,
    cross_validate,
    fit_adapters,
)
from .frame import SimilarityFrame, find_frame
from .linear_map import LinearMaps, fit_maps, spread_between
from .pairs import LabelPairs
from .ridge import ridge_path

__all__ = [
    'PENALTIES',
    'Adapters',
    'LabelPairs',
    'LinearMaps',
    'SimilarityFrame',
    'choose_penalty',
    'cross_validate',
    'find_frame',
    'fit_adapters',
    'fit_maps',
    'ridge_path',
    'spread_between',
]
