from .graph_hook import GraphHook

__all__ = ['GraphHook']
