"""Transforms of a top-down pipeline."""

from .perturb_face import PerturbFace
from .random_occlusion import RandomOcclusion
from .standardize_image import StandardizeImage
from .uniform_bbox_transform import UniformBBoxTransform

__all__ = [
    'PerturbFace',
    'RandomOcclusion',
    'StandardizeImage',
    'UniformBBoxTransform',
]
