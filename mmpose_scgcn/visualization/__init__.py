"""Pictures of graphs, predictions and training curves."""

from .curves import plot_curves, read_scalars
from .faces import (
    PREDICTED_COLOR,
    TRUE_COLOR,
    crop_tile,
    draw_comparison,
    draw_points,
    mean_crop,
)
from .graph import plot_graph
from .grid import face_grid
from .poses import plot_poses

__all__ = [
    'PREDICTED_COLOR',
    'TRUE_COLOR',
    'crop_tile',
    'draw_comparison',
    'draw_points',
    'face_grid',
    'mean_crop',
    'plot_curves',
    'plot_graph',
    'plot_poses',
    'read_scalars',
]
