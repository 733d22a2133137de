from .coordinate_head import CoordinateHead
from .fully_connected_head import FullyConnectedHead
from .graph_refinement_head import GraphRefinementHead
from .graph_relational_head import GraphRelationalHead

__all__ = [
    'CoordinateHead',
    'FullyConnectedHead',
    'GraphRefinementHead',
    'GraphRelationalHead',
]
