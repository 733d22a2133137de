"""Reading annotations without their images.

Nothing is imported before it is asked for: the preparation of data needs
neither PyTorch nor MMPose.
"""

from mmpose_scgcn.lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        'DatasetPoses': 'poses',
        'ShapeSet': 'shape_sets',
        'collect_shapes': 'shape_sets',
        'dataset_poses': 'poses',
        'shapes_by_index': 'indexed_shapes',
        'shapes_from_coco': 'shape_sets',
    },
)
