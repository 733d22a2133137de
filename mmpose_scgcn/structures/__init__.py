"""What travels between the parts: faces with their keypoints."""

from .faces import Faces

__all__ = ['Faces']
