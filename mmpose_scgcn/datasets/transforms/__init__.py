"""Transforms of a top-down pipeline."""

from .load_face_image import LoadFaceImage
from .map_annotated_box import MapAnnotatedBox
from .perturb_face import PerturbFace
from .random_convolution import RandomConvolution
from .random_degradation import RandomDegradation
from .random_occlusion import RandomOcclusion
from .shift_keypoint_origin import ShiftKeypointOrigin
from .standardize_image import StandardizeImage
from .uniform_bbox_transform import UniformBBoxTransform

__all__ = [
    'LoadFaceImage',
    'MapAnnotatedBox',
    'PerturbFace',
    'RandomConvolution',
    'RandomDegradation',
    'RandomOcclusion',
    'ShiftKeypointOrigin',
    'StandardizeImage',
    'UniformBBoxTransform',
]
