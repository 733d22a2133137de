"""Predictions as files: JSON in MMPose's form, pictures, videos.

A file appears when it is complete. What ends a run early leaves none behind.
"""

import json
import os
import sys
from collections.abc import Iterable
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


class VideoPictures:
    """The frames of a video as a video; an error ends this file alone.

    Args:
        file (VideoFile, optional): Where they go; None: nowhere.
    """

    def __init__(self, file: VideoFile | None) -> None:
        self._file = file
        #: Why there is no such file in the end.
        self.problem: OSError | None = None

    @property
    def is_open(self) -> bool:
        """Whether frames are written."""
        return self._file is not None

    def __enter__(self) -> 'VideoPictures':
        """Make room for the file."""
        if self._file is not None:
            try:
                self._file.__enter__()
            except OSError as error:
                self._file, self.problem = None, error
        return self

    def add(self, picture: np.ndarray) -> None:
        """Add a frame (H, W, 3) uint8, BGR."""
        if self._file is None:
            return
        try:
            self._file.add(picture)
        except OSError as error:
            self._file.__exit__(type(error), error, error.__traceback__)
            self._file, self.problem = None, error

    def __exit__(self, *error: Any) -> None:
        """Finish the file."""
        if self._file is not None:
            try:
                self._file.__exit__(*error)
            except OSError as problem:
                self.problem = problem
