"""Reading annotations without their images."""

from .shapes import ShapeSet, collect_shapes, shapes_by_index, shapes_from_coco

__all__ = [
    'ShapeSet',
    'collect_shapes',
    'shapes_by_index',
    'shapes_from_coco',
]
