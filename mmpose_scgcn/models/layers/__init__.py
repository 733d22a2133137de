from .adjacency import (
    DynamicAdjacency,
    LearnedAdjacency,
    UniformAdjacency,
    build_adjacency,
)
from .graph_relation import GraphConv, GraphRelation
from .keypoint_graph import KeypointGraph
from .node_embedding import NodeEmbedding

__all__ = [
    'DynamicAdjacency',
    'GraphConv',
    'GraphRelation',
    'KeypointGraph',
    'LearnedAdjacency',
    'NodeEmbedding',
    'UniformAdjacency',
    'build_adjacency',
]
