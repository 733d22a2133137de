"""A progress bar over files, with the faces found in them.

Where Rich is not installed, as beside an exported model, plain lines take its
place.
"""

import sys
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def find_console() -> 'Console | None':
    """Give Rich's console on standard error, None without Rich."""
    if find_spec('rich') is None:
        return None
    from rich.console import Console

    return Console(stderr=True)


class PlainProgress:
    """Counts faces, and prints lines as they are."""

    def __init__(self) -> None:
        self.faces = 0

    def __enter__(self) -> 'PlainProgress':
        """Show nothing."""
        return self

    def __exit__(self, *error: object) -> None:
        """Show nothing."""

    def add_faces(self, count: int) -> None:
        """Count faces that were found."""
        self.faces += count

    def add_files(self, count: int) -> None:
        """Count files that are done."""

    def say(self, text: str, style: str | None = None) -> None:
        """Print a line."""
        print_plain(None, text, style)


def show_progress(
    total: int, console: 'Console | None'
) -> 'FaceProgress | PlainProgress':
    """Give a bar, or what stands for it without Rich.

    Args:
        total (int): Number of files.
        console (Console, optional): Of :func:`find_console`.

    Returns:
        FaceProgress | PlainProgress: A context.
    """
    return PlainProgress() if console is None else FaceProgress(total, console)


class FaceProgress:
    """Shows how many files are done, and how many faces a second.

    Args:
        total (int): Number of files.
        console (Console): Where to.
    """

    def __init__(self, total: int, console: 'Console') -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self.faces = 0
        self._bar = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn('{task.fields[faces]} faces, {task.fields[rate]}/s'),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._bar.add_task(
            'predicting', total=total, faces=0, rate='-'
        )

    def __enter__(self) -> 'FaceProgress':
        """Start the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the bar as it is."""
        self._bar.stop()

    def add_faces(self, count: int) -> None:
        """Count faces that were found."""
        self.faces += count
        elapsed = self._bar.tasks[0].elapsed or 0.0
        rate = f'{self.faces / max(elapsed, 1e-3):.1f}'
        self._bar.update(self._task, faces=self.faces, rate=rate)

    def add_files(self, count: int) -> None:
        """Count files that are done."""
        self._bar.advance(self._task, count)

    def say(self, text: str, style: str | None = None) -> None:
        """Print a line above the bar."""
        print_plain(self._bar.console, text, style)


def print_plain(
    console: 'Console | None', text: str, style: str | None = None
) -> None:
    """Print text as it is: a file's name may look like Rich's markup."""
    if console is None:
        print(text, file=sys.stderr)
        return
    console.print(
        text, markup=False, highlight=False, soft_wrap=True, style=style
    )
