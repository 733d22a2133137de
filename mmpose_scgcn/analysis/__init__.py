"""Looking into a model: what its dynamic adjacency does on a face.

:mod:`.adjacency`, :mod:`.bootstrap` and :mod:`.rectangles` are pure NumPy;
:mod:`.occlusion` runs a model.
"""

from .adjacency import COMBINATIONS, compare_edges, split_edges
from .bootstrap import percentile_interval, resample_counts
from .occlusion import cover_faces, edge_weights, require_dynamic
from .rectangles import draw_rectangle, grid_rectangles, points_inside
from .report import (
    describe_claim,
    edge_table,
    format_estimate,
    without_nan,
)

__all__ = [
    'COMBINATIONS',
    'compare_edges',
    'cover_faces',
    'describe_claim',
    'draw_rectangle',
    'edge_table',
    'edge_weights',
    'format_estimate',
    'grid_rectangles',
    'percentile_interval',
    'points_inside',
    'require_dynamic',
    'resample_counts',
    'split_edges',
    'without_nan',
]
