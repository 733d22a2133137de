"""Structure-coherent face alignment for MMPose 1.x.

Importing the package makes MMPose importable without compiled operators,
mmdet or torchvision, and makes MMEngine's checkpoints load without running
code from them (:mod:`mmpose_scgcn.compat`). It imports no model.
"""

from .compat import enable
from .version import __version__

enable()

__all__ = ['__version__']
