"""Pictures of graphs, predictions and training curves.

Nothing is imported before it is asked for: pictures of faces need OpenCV
alone, and all others Matplotlib.
"""

from mmpose_scgcn.lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        'GRAPH_PICTURE': 'graph',
        'PREDICTED_COLOR': 'faces',
        'TRUE_COLOR': 'faces',
        'crop_tile': 'faces',
        'draw_comparison': 'faces',
        'draw_points': 'faces',
        'face_grid': 'grid',
        'mean_crop': 'faces',
        'plot_curves': 'curves',
        'plot_graph': 'graph',
        'plot_poses': 'poses',
        'read_scalars': 'curves',
    },
)
