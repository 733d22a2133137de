"""Synthetic faces with the 98 WFLW landmarks."""

from .dataset import make_dataset
from .face import SyntheticFace, make_face

__all__ = ['SyntheticFace', 'make_dataset', 'make_face']
