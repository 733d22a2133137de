"""Prediction from an exported folder: NumPy, OpenCV and ONNX Runtime.

Nothing here needs PyTorch, MMEngine or MMPose. ``tools/export.py`` writes
such folders; :func:`mmpose_scgcn.load_model` reads them.
"""

from .exported_model import ExportedModel, load_exported
from .folder import FORMAT, SETTINGS, exported_folder, read_folder

__all__ = [
    'FORMAT',
    'SETTINGS',
    'ExportedModel',
    'exported_folder',
    'load_exported',
    'read_folder',
]
