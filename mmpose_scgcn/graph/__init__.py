"""Keypoint graphs: correlation, neighbours, Laplacian, mean shape.

Pure functions over numpy arrays (:mod:`.laplacian` also has the torch form
that the relative location loss differentiates); nothing here needs MMPose.
"""

from .alignment import align_shapes
from .build import build_graph
from .correlation import keypoint_correlation
from .laplacian import adjacency_matrix, laplacian_coordinates
from .mean_shape import crop_size, mean_shape, normalize_to_crop
from .neighbors import top_k_neighbors
from .schema import check_graph

__all__ = [
    'adjacency_matrix',
    'align_shapes',
    'build_graph',
    'check_graph',
    'crop_size',
    'keypoint_correlation',
    'laplacian_coordinates',
    'mean_shape',
    'normalize_to_crop',
    'top_k_neighbors',
]
