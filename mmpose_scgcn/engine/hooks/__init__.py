from .channels_last_hook import ChannelsLastHook
from .check_hook import CheckHook
from .graph_hook import GraphHook
from .sync_buffers_hook import SyncBuffersHook

__all__ = ['ChannelsLastHook', 'CheckHook', 'GraphHook', 'SyncBuffersHook']
