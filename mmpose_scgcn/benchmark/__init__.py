"""Methods by seeds on one protocol: training, testing, tables and plots."""

from .results import Results, load_results
from .suite import Axis, Method, Search, Suite, load_suite

__all__ = [
    'Axis',
    'Method',
    'Results',
    'Search',
    'Suite',
    'load_results',
    'load_suite',
]
