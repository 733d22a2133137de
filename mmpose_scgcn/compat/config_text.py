"""The text of a config is formatted once.

MMEngine has yapf format it each time that somebody asks: four times before
the first step of a run, and again for each checkpoint.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

#: The texts of several runs; one is about 10 kB.
_KEPT = 16


def enable() -> None:
    """Keep what yapf has made of a text (idempotent)."""
    import mmengine.config.config as config

    format_code = config.FormatCode
    if isinstance(format_code, _Once):
        return
    config.FormatCode = _Once(format_code)


class _Once:
    """A function that formats, and remembers.

    Args:
        format_code (Callable): yapf's.
    """

    def __init__(self, format_code: Callable[..., tuple]) -> None:
        @lru_cache(maxsize=_KEPT)
        def format_new(text: str, style: str) -> tuple:
            return format_code(text, **json.loads(style))

        self._format_new = format_new

    def __call__(self, text: str, **style: Any) -> tuple:
        return self._format_new(text, json.dumps(style))
