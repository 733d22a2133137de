"""Transforms of a top-down pipeline."""

from .perturb_face import PerturbFace
from .random_occlusion import RandomOcclusion
from .shift_keypoint_origin import ShiftKeypointOrigin
from .standardize_image import StandardizeImage
from .uniform_bbox_transform import UniformBBoxTransform

__all__ = [
    'PerturbFace',
    'RandomOcclusion',
    'ShiftKeypointOrigin',
    'StandardizeImage',
    'UniformBBoxTransform',
]
