from .graph_relational_head import GraphRelationalHead

__all__ = ['GraphRelationalHead']
