"""From a model of PyTorch to a folder that needs none.

``tools/export.py`` is the command line; :mod:`mmpose_scgcn.runtime` predicts
from such a folder.
"""

from mmpose_scgcn.lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        'Options': 'options',
        'export_model': 'write',
        'graph_of': 'graphs',
    },
)
