"""Statistics of shapes: Procrustes alignment, PCA, pose, pose bins.

Pure functions over numpy arrays; nothing here needs MMPose.
"""

from .balance import balanced_counts, balanced_indices
from .components import principal_components
from .histogram import pose_bins
from .pose import PoseAxis, has_shape, pose_axis
from .procrustes import procrustes_align

__all__ = [
    'PoseAxis',
    'balanced_counts',
    'balanced_indices',
    'has_shape',
    'pose_axis',
    'pose_bins',
    'principal_components',
    'procrustes_align',
]
