"""Reading annotations without their images."""

from .indexed_shapes import shapes_by_index
from .poses import DatasetPoses, dataset_poses
from .shape_sets import ShapeSet, collect_shapes, shapes_from_coco

__all__ = [
    'DatasetPoses',
    'ShapeSet',
    'collect_shapes',
    'dataset_poses',
    'shapes_by_index',
    'shapes_from_coco',
]
