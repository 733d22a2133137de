"""The text of a config is formatted once.

MMEngine has yapf format it each time that somebody asks: four times before
the first step of a run, and again for each checkpoint.
"""

import json
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from . import import_hooks

#: The texts of several runs; one is about 10 kB.
_KEPT = 16
_YAPF = 'yapf.yapflib.yapf_api'


def enable() -> None:
    """Keep what yapf has made of a text (idempotent)."""
    import mmengine.config.config as config

    if hasattr(config, 'FormatCode'):
        _keep(config)
        return
    # onedl-mmengine imports it from yapf whenever it formats.
    import_hooks.after_execution(_YAPF, _keep)
    if _YAPF in sys.modules:
        _keep(sys.modules[_YAPF])


def _keep(module: Any) -> None:
    """Let a module's function remember."""
    if not isinstance(module.FormatCode, _Once):
        module.FormatCode = _Once(module.FormatCode)


class _Once:
    """A function that formats, and remembers.

    Args:
        format_code (Callable): yapf's.
    """

    def __init__(self, format_code: Callable[..., tuple]) -> None:
        @lru_cache(maxsize=_KEPT)
        def format_new(text: str, style: str) -> tuple:
            return format_code(text, style_config=json.loads(style))

        self._format_code = format_code
        self._format_new = format_new

    def __call__(self, text: str, *more: Any, **settings: Any) -> tuple:
        style = settings.get('style_config')
        if more or len(settings) != 1 or not isinstance(style, dict):
            return self._format_code(text, *more, **settings)  # not MMEngine
        return self._format_new(text, json.dumps(style))
