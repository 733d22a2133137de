from .channels_last_hook import ChannelsLastHook
from .check_hook import CheckHook
from .graph_hook import GraphHook
from .repeatable_hook import RepeatableHook
from .sync_buffers_hook import SyncBuffersHook

__all__ = [
    'ChannelsLastHook',
    'CheckHook',
    'GraphHook',
    'RepeatableHook',
    'SyncBuffersHook',
]
