from .channels_last_hook import ChannelsLastHook
from .graph_hook import GraphHook

__all__ = ['ChannelsLastHook', 'GraphHook']
