"""Methods by seeds on one protocol: training, testing, tables and plots.

The way of a run, from the suite file to its row:

``suite_file`` reads what is compared (``suite``); ``plan`` lists the tasks
that have no result yet; ``execute`` starts each one, when all that it needs
has ended, in a process of its own (``worker``); ``tasks.Run`` trains
(``training``) and tests (``scoring``), or asks another program
(``predictor``, ``predicted_faces``); what it finds is a record
(``results``), which ``execute`` adds to the results file (``results_file``).
From that file alone come the tables and plots (``tables``, ``plots``,
``report``), and with the pictures of faces the ``page``.
"""

from .predictor import Predictor
from .results import Results
from .results_file import load_results
from .suite import Axis, Method, Search, Suite
from .suite_file import load_suite

__all__ = [
    'Axis',
    'Method',
    'Predictor',
    'Results',
    'Search',
    'Suite',
    'load_results',
    'load_suite',
]
