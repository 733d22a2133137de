"""What is checked before a run and during it, and said in words."""

from .batches import check_batches, check_shares
from .codecs import check_codec, check_heatmaps
from .findings import CheckError, Findings, on_every_rank
from .folders import adopt_best, goes_on, latest_checkpoint
from .losses import LossWatch
from .resuming import (
    bring_forward,
    compare_settings,
    describe_changes,
    take_new_settings,
)
from .run import check_run, loops_of
from .weights import compare_weights

__all__ = [
    'CheckError',
    'Findings',
    'LossWatch',
    'adopt_best',
    'bring_forward',
    'check_batches',
    'check_codec',
    'check_heatmaps',
    'check_run',
    'check_shares',
    'compare_settings',
    'compare_weights',
    'describe_changes',
    'goes_on',
    'latest_checkpoint',
    'loops_of',
    'on_every_rank',
    'take_new_settings',
]
