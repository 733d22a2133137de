"""What happens on Ctrl-C and when a process is ended from outside."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any


@contextmanager
def set_on_interrupt(stopped: Event) -> Iterator[None]:
    """Set an event on Ctrl-C instead of ending the process.

    Ctrl-C is how a camera ends, and what was recorded is kept; pressed a
    second time it ends the whole run.

    Args:
        stopped (Event): What is set.
    """
    before = signal.getsignal(signal.SIGINT)

    def stop(*_: Any) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def exit_on_sigterm() -> Iterator[None]:
    """Let SIGTERM raise :class:`SystemExit`, so that contexts are left.

    A file that is being written is then removed, not left half written.
    """
    before = signal.signal(
        signal.SIGTERM, lambda number, _: sys.exit(128 + number)
    )
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
