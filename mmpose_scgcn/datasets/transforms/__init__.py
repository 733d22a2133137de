"""Transforms of a top-down pipeline."""

from .random_occlusion import RandomOcclusion
from .standardize_image import StandardizeImage
from .uniform_bbox_transform import UniformBBoxTransform

__all__ = ['RandomOcclusion', 'StandardizeImage', 'UniformBBoxTransform']
