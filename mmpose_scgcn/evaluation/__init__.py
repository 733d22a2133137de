"""Protocols of the field: normalisers, NME, FR, AUC, CED and subsets.

Nothing is imported before it is asked for: the functions (``functional``)
need neither PyTorch nor MMPose.
"""

from mmpose_scgcn.lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__, {'FaceAlignmentMetric': 'metrics'}
)
