"""Predictions as files: JSON in MMPose's form, CSV, pictures, videos.

A file appears when it is complete. What ends a run early leaves none behind,
but for the table, which has the rows of the images that were done.
"""

import contextlib
import csv
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import replace_file
from mmpose_scgcn.structures import Faces

import cv2
import numpy as np


def to_instances(faces: Faces) -> list[dict]:
    """Turn faces into the records that MMPose's inferencers write.

    Args:
        faces (Faces): The faces of an image.

    Returns:
        list[dict]: For each face ``keypoints`` (K lists of x and y, image
        px), ``keypoint_scores``, ``bbox`` (a list of one list x1, y1, x2,
        y2, as MMPose nests it) and ``bbox_score``; in a video ``track_id``
        too.
    """
    records = []
    for index in range(len(faces)):
        record = dict(
            keypoints=faces.keypoints[index].tolist(),
            keypoint_scores=faces.scores[index].tolist(),
            bbox=[faces.boxes[index].tolist()],
            bbox_score=float(faces.box_scores[index]),
        )
        if faces.ids is not None:
            record['track_id'] = int(faces.ids[index])
        records.append(record)
    return records


def write_json(path: Path, content: Iterable[dict]) -> None:
    """Write JSON, record after record.

    Args:
        path (pathlib.Path): The file.
        content (Iterable[dict]): Records of :func:`to_instances`; for a
            video those of ``frame_id`` and ``instances``.
    """
    with (
        replace_file(path) as partial,
        partial.open('w', encoding='utf-8') as file,
    ):
        between = '['
        for record in content:
            file.write(between + json.dumps(record))
            between = ', '
        file.write('[]' if between == '[' else ']')


def write_image(path: Path, image: np.ndarray) -> None:
    """Write a picture.

    Args:
        path (pathlib.Path): The file; its suffix says the format.
        image (np.ndarray): (H, W, 3) uint8, BGR.

    Raises:
        OSError: OpenCV cannot write it.
    """
    with replace_file(path) as partial:
        good, content = cv2.imencode(path.suffix, image)
        if not good:
            raise OSError(f'cannot write {path}')
        partial.write_bytes(content.tobytes())


#: MPEG-4 counts time in up to so many parts of a second.
_TICKS = 65535


def writable_rate(rate: float) -> float:
    """Round a rate to what an MPEG-4 video can have.

    OpenCV asks FFmpeg for a whole number of ticks in 1, 10, 100 or 1,000
    seconds.

    Args:
        rate (float): Frames a second, up to 65,535.

    Returns:
        float: The nearest one with as many decimals as fit, up to three.
    """
    for decimals in (3, 2, 1):
        if rate * 10**decimals <= _TICKS:
            return round(rate, decimals)
    return round(rate)


class VideoFile:
    """Writes frames to an MP4 file, which appears at the end.

    Args:
        path (pathlib.Path): Where it is to be, ``.mp4``.
        rate (float): Frames a second.
    """

    def __init__(self, path: Path, rate: float) -> None:
        self.path = path
        self.rate = writable_rate(rate)
        self._writer: cv2.VideoWriter | None = None
        self._size = 0, 0
        self._count = 0

    def __enter__(self) -> 'VideoFile':
        """Make room for the file."""
        self._context = replace_file(self.path)
        self._partial = self._context.__enter__()
        return self

    def add(self, frame: np.ndarray) -> None:
        """Add a frame (H, W, 3) uint8, BGR.

        Raises:
            OSError: OpenCV cannot write such a video.
        """
        height, width = frame.shape[:2]
        if self._writer is None:
            self._size = width, height
            self._writer = cv2.VideoWriter(
                os.path.abspath(self._partial),
                cv2.VideoWriter.fourcc(*'mp4v'),
                self.rate,
                self._size,
            )
            if not self._writer.isOpened():
                raise OSError(f'OpenCV cannot write the video {self.path}')
        if (width, height) != self._size:
            frame = cv2.resize(frame, self._size)
        self._writer.write(frame)
        self._count += 1

    def __exit__(self, *error: Any) -> None:
        """Finish the file, or leave none after an error.

        Raises:
            OSError: Not all frames are in the file, as on a full disk.
        """
        if self._writer is not None:
            self._writer.release()
        try:
            if error[0] is None:
                self._check()
        except OSError:
            self._context.__exit__(*sys.exc_info())
            raise
        self._context.__exit__(*error)

    def _check(self) -> None:
        """Count the frames: OpenCV's writer tells of no error."""
        capture = cv2.VideoCapture(os.path.abspath(self._partial))
        written = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        capture.release()
        if written != self._count:
            raise OSError(
                f'{self.path}: only {max(written, 0)} of {self._count} '
                'frames could be written'
            )


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
        finally:  # the table itself is not replaced
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
