"""A progress bar over files, with the faces found in them."""

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)


class FaceProgress:
    """Shows how many files are done, and how many faces a second.

    Args:
        total (int): Number of files.
        console (Console): Where to.
    """

    def __init__(self, total: int, console: Console) -> None:
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


def print_plain(console: Console, text: str, style: str | None = None) -> None:
    """Print text as it is: a file's name may look like Rich's markup."""
    console.print(
        text, markup=False, highlight=False, soft_wrap=True, style=style
    )
