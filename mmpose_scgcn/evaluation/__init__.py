"""Protocols of the field: normalisers, NME, FR, AUC, CED and subsets."""

from .metrics import FaceAlignmentMetric

__all__ = ['FaceAlignmentMetric']
