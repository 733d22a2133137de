from .adjacency import (
    CertaintyAdjacency,
    DynamicAdjacency,
    LearnedAdjacency,
    UniformAdjacency,
    adopt_shapes,
    build_adjacency,
    is_resized,
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
    'adopt_shapes',
    'build_adjacency',
    'graphs_of',
    'is_resized',
    'probabilities',
    'pyramid_shapes',
]
