"""What exporting needs beside PyTorch and MMPose."""

from importlib.util import find_spec

from mmpose_scgcn.compat import require

#: Names of the packages, which are those of their modules.
NEEDED = ('onnx', 'onnxscript', 'onnxruntime')
#: The first PyTorch that traces a number of faces which stays open.
OLDEST = '2.6'
#: Later versions of what they need replace NumPy 1.26.
_NUMPY_STAYS = '"ml_dtypes<0.6"'


def require_exporters() -> None:
    """Check that all is installed that exporting needs.

    Raises:
        ImportError: Something is missing or too old; the message says what.
    """
    require('torch', 'mmengine', 'mmcv', 'mmpose')
    import torch

    if torch.__version__ < OLDEST:
        raise ImportError(
            f'exporting needs PyTorch {OLDEST} or later; here it is '
            f'{torch.__version__}. What was exported elsewhere runs here.'
        )
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ImportError(
            f'exporting needs {", ".join(missing)} (not installed here). '
            f'Install with: pip install {" ".join(NEEDED)} '
            f'{_NUMPY_STAYS}'
        )
