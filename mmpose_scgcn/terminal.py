"""What tools print: nobody has to read it, and no name gives orders."""

import io
import os
import re
import sys
from typing import Any

#: What moves about on a terminal, or talks to it, except for what progress
#: bars write: colours, "up", "erase the line" and "hide the cursor".
_ORDERS = re.compile(
    r'(\x1b\[[0-9;]*[mAK]|\x1b\[\?25[lh])'
    r'|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]'
)


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


def without_orders(text: str) -> str:
    """Write out what would give orders to a terminal.

    Names of files and keypoints come from data of others, and can hold
    sequences that set the clipboard or make a terminal answer.

    Args:
        text (str): To be printed.

    Returns:
        str: The same, where nothing does that; new lines, tabs and what
        progress bars use stay.
    """
    return _ORDERS.sub(
        lambda found: found[1] or f'\\x{ord(found[0]):02x}', text
    )


class _PlainText(io.TextIOWrapper):
    """Prints without orders to a terminal."""

    def write(self, text: str) -> int:
        """Write a text; tells its length, as given."""
        super().write(without_orders(text))
        return len(text)


def steady_output() -> None:
    """Let a tool go on when nobody reads its output any more.

    ``tool | head`` ends a process otherwise as soon as it prints, in the
    middle of its work. Lines are written as they come, so that those of the
    two streams keep their order. Characters that the locale has not are
    escaped, and so is what would give orders to a terminal
    (:func:`without_orders`).
    """
    for name in ('stdout', 'stderr'):
        stream = getattr(sys, name)
        try:
            raw = _Descriptor(stream.fileno())
        except (AttributeError, OSError):
            continue  # somebody captures it
        stream.flush()
        steady = _PlainText(
            io.BufferedWriter(raw),
            encoding=stream.encoding,
            errors='backslashreplace',
            line_buffering=True,
        )
        setattr(sys, name, steady)
