"""Mathematics of shapes: alignment, means, PCA, pose, pose bins.

Pure functions over numpy arrays; nothing here needs MMPose.
"""

from .alignment import align_shapes
from .balance import balanced_counts, balanced_indices
from .components import principal_components
from .histogram import pose_bins
from .mean_shape import crop_size, mean_shape, normalize_to_crop
from .pose import PoseAxis, has_shape, pose_axis
from .procrustes import procrustes_align

__all__ = [
    'PoseAxis',
    'align_shapes',
    'balanced_counts',
    'balanced_indices',
    'crop_size',
    'has_shape',
    'mean_shape',
    'normalize_to_crop',
    'pose_axis',
    'pose_bins',
    'principal_components',
    'procrustes_align',
]
