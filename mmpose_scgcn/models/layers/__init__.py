from .adjacency import (
    DynamicAdjacency,
    LearnedAdjacency,
    UniformAdjacency,
    build_adjacency,
)
from .feature_pyramid import FeaturePyramid
from .graph_relation import GraphConv, GraphRelation
from .keypoint_graph import KeypointGraph
from .node_embedding import NodeEmbedding
from .refinement import AttentiveAdjacency, PointSampler, RefinementStep

__all__ = [
    'AttentiveAdjacency',
    'DynamicAdjacency',
    'FeaturePyramid',
    'GraphConv',
    'GraphRelation',
    'KeypointGraph',
    'LearnedAdjacency',
    'NodeEmbedding',
    'PointSampler',
    'RefinementStep',
    'UniformAdjacency',
    'build_adjacency',
]
