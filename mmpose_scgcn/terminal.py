"""Standard output of tools that have files to write."""

import io
import os
import sys
from typing import Any


class _Descriptor(io.RawIOBase):
    """A file descriptor; what nobody reads any more is dropped."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._read = True

    def fileno(self) -> int:
        """Give the descriptor."""
        return self._number

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return os.isatty(self._number)

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, content: Any) -> int:
        """Write all of it, or drop it."""
        rest = memoryview(content).cast('B')
        while self._read and rest:
            try:
                rest = rest[os.write(self._number, rest) :]
            except BrokenPipeError:
                self._read = False
        return memoryview(content).nbytes


def steady_output() -> None:
    """Let a tool go on when nobody reads its output any more.

    ``tool | head`` ends a process otherwise as soon as it prints, in the
    middle of its work. Lines are written as they come, so that those of the
    two streams keep their order. Characters that the locale has not are
    escaped.
    """
    for name in ('stdout', 'stderr'):
        stream = getattr(sys, name)
        try:
            raw = _Descriptor(stream.fileno())
        except (AttributeError, OSError):
            continue  # somebody captures it
        stream.flush()
        steady = io.TextIOWrapper(
            io.BufferedWriter(raw),
            encoding=stream.encoding,
            errors='backslashreplace',
            line_buffering=True,
        )
        setattr(sys, name, steady)
