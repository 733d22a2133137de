"""Methods by seeds on one protocol: training, testing, tables and plots."""

from .results import load_results, save_result
from .suite import Method, Suite, load_suite

__all__ = ['Method', 'Suite', 'load_results', 'load_suite', 'save_result']
