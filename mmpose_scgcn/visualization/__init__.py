"""Pictures of graphs, predictions and training curves."""

from .curves import plot_curves, read_scalars
from .faces import (
    PREDICTED_COLOR,
    TRUE_COLOR,
    crop_tile,
    draw_points,
    face_grid,
    mean_crop,
)
from .graph import plot_graph

__all__ = [
    'PREDICTED_COLOR',
    'TRUE_COLOR',
    'crop_tile',
    'draw_points',
    'face_grid',
    'mean_crop',
    'plot_curves',
    'plot_graph',
    'read_scalars',
]
