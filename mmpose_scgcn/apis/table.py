"""Predictions as a table, which also a run that ends early leaves."""

import contextlib
import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import replace_file
from mmpose_scgcn.structures import Faces

import numpy as np

#: The first columns of a table of predictions.
TABLE_START = ('image', 'frame', 'face', 'track_id')


class TableError(OSError):
    """The table cannot be written any further."""


class Table:
    """A CSV file with one row for each face.

    A run that ends early leaves the rows of what was done. They take the
    place of no earlier table: :attr:`kept` is then another file.

    Args:
        path (pathlib.Path): The file; of a link to one that one.
        num_keypoints (int): K.
    """

    def __init__(self, path: Path, num_keypoints: int) -> None:
        self.path = path
        self.header = list(TABLE_START)
        self.header += ['x1', 'y1', 'x2', 'y2', 'box_score']
        for index in range(num_keypoints):
            self.header += [f'kpt{index}_{axis}' for axis in ('x', 'y', 's')]
        #: Where the rows of a run are that ended early; None if it did not.
        self.kept: Path | None = None
        #: Whether the run has come to its end if there is no error.
        self.complete = True
        # Files beside it are beside the real one, on the same file system.
        self._real = Path(os.path.realpath(path)) if path.is_file() else path

    def __enter__(self) -> 'Table':
        """Begin the file."""
        self._context = replace_file(self._real)
        self._partial = self._context.__enter__()
        # A file's name need not be Unicode.
        self._file = self._partial.open(
            'w', encoding='utf-8', errors='backslashreplace', newline=''
        )
        self._rows = csv.writer(self._file)
        self._rows.writerow(self.header)
        self._count = self._end = 0
        return self

    def add(self, image: str, faces: Faces, frame: int | None = None) -> None:
        """Add the faces of an image or of a frame.

        Args:
            image (str): Its name.
            faces (Faces): Its faces.
            frame (int, optional): Number of the frame, from 0.

        Raises:
            TableError: They cannot be written, as on a full disk.
        """
        number = '' if frame is None else frame
        try:
            for index, row in enumerate(_table_rows(faces)):
                track = '' if faces.ids is None else int(faces.ids[index])
                self._rows.writerow([image, number, index, track, *row])
            self._file.flush()
        except OSError as error:
            raise self._failed(error) from error
        self._end = os.fstat(self._file.fileno()).st_size
        self._count += len(faces)

    def __exit__(self, *error: Any) -> None:
        """Finish the file; after an error keep what is whole.

        Raises:
            TableError: It cannot be finished.
        """
        failed = None
        try:
            self._file.close()
        except OSError as problem:  # once more what ``add`` told, or new
            failed = None if error[0] else problem
        if error[0] is None and failed is None and self.complete:
            self._context.__exit__(None, None, None)
            return
        with contextlib.suppress(OSError):  # what has ended the run is told
            self._keep()
        if failed is not None:
            raise self._failed(failed) from failed

    def _failed(self, error: OSError) -> TableError:
        return TableError(
            f'{self.path}: the table cannot be written: '
            f'{error.strerror or error}'
        )

    def _keep(self) -> None:
        """Keep the rows of what was done, if any, and end the file."""
        try:
            if self._count:
                os.truncate(self._partial, self._end)
                kept = self._free_name()
                with replace_file(kept) as place:
                    self._partial.replace(place)
                self.kept = kept
        finally:  # with an error: then it replaces no earlier table
            self._context.__exit__(EOFError, EOFError(), None)

    def _free_name(self) -> Path:
        """Name a file that is not there yet, the table's if it can be."""
        path, number = self._real, 1
        while os.path.lexists(path):
            again = f'_{number}' if number > 1 else ''
            name = f'{self._real.stem}.partial{again}{self._real.suffix}'
            path, number = self._real.with_name(name), number + 1
        return path


def _table_rows(faces: Faces) -> Iterable[Sequence[str]]:
    numbers = np.concatenate(
        [
            faces.boxes,
            faces.box_scores[:, None],
            np.dstack([faces.keypoints, faces.scores]).reshape(
                len(faces), 3 * faces.scores.shape[1]
            ),
        ],
        axis=1,
    )
    return [[f'{value:.4f}' for value in row] for row in numbers.tolist()]
