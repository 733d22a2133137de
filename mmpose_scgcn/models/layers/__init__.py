from .adjacency import (
    CertaintyAdjacency,
    DynamicAdjacency,
    LearnedAdjacency,
    UniformAdjacency,
    build_adjacency,
)
from .feature_pyramid import FeaturePyramid, pyramid_shapes
from .graph_relation import GraphConv, GraphRelation
from .heatmap_grid import HeatmapGrid, probabilities
from .keypoint_adapter import KeypointAdapter
from .keypoint_graph import KeypointGraph, graphs_of
from .node_embedding import NodeEmbedding

__all__ = [
    'CertaintyAdjacency',
    'DynamicAdjacency',
    'FeaturePyramid',
    'GraphConv',
    'GraphRelation',
    'HeatmapGrid',
    'KeypointAdapter',
    'KeypointGraph',
    'LearnedAdjacency',
    'NodeEmbedding',
    'UniformAdjacency',
    'build_adjacency',
    'graphs_of',
    'probabilities',
    'pyramid_shapes',
]
