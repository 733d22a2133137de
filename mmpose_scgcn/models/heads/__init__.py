from .aligned_rtmcc_head import AlignedRTMCCHead
from .coordinate_head import CoordinateHead
from .fully_connected_head import FullyConnectedHead
from .graph_refinement_head import GraphRefinementHead
from .graph_relational_head import GraphRelationalHead

__all__ = [
    'AlignedRTMCCHead',
    'CoordinateHead',
    'FullyConnectedHead',
    'GraphRefinementHead',
    'GraphRelationalHead',
]
