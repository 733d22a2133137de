"""Keypoint graphs: correlation, neighbours, Laplacian.

Pure functions over numpy arrays (:mod:`.laplacian` also has the torch form
that the relative location loss differentiates); nothing here needs MMPose.
"""

from .build import build_graph
from .correlation import keypoint_correlation
from .laplacian import adjacency_matrix, laplacian_coordinates
from .neighbors import top_k_neighbors
from .schema import check_graph

__all__ = [
    'adjacency_matrix',
    'build_graph',
    'check_graph',
    'keypoint_correlation',
    'laplacian_coordinates',
    'top_k_neighbors',
]
