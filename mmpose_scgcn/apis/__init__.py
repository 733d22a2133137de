"""Using models: from a name and an image to faces with keypoints.

Nothing is imported before it is asked for.
"""

from mmpose_scgcn.lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        'FaceInferencer': 'inferencer',
        'FaceModel': 'face_model',
        'build_model': 'loading',
        'list_models': 'zoo',
        'load_model': 'opening',
        'predict_dataset': 'dataset',
        'read_image': '.images',
        'weights_path': 'zoo',
    },
)
