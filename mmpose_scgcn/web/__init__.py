"""The live page: exported models, run by the browser.

Only Python's own library is needed to serve it, and NumPy and OpenCV to find
a face detector's file; nothing here needs PyTorch or MMPose.
"""

from .browser_runtime import fetch_runtime, find_runtime
from .server import PageServer
from .site import Site, build_site

__all__ = [
    'PageServer',
    'Site',
    'build_site',
    'fetch_runtime',
    'find_runtime',
]
