"""What somebody wants to have predicted: images, folders, videos, a camera."""

import contextlib
import glob
import math
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mmpose_scgcn.images import IMAGE_SUFFIXES
from mmpose_scgcn.inside import plain_name

import cv2
import numpy as np

VIDEO_SUFFIXES = (
    *('.mp4', '.avi', '.mov', '.mkv', '.webm', '.m4v', '.mpg', '.mpeg'),
    *('.wmv', '.flv', '.ts', '.3gp', '.mts', '.m2ts', '.ogv', '.vob', '.mxf'),
)

#: What MPEG transport streams begin with; other ".ts" files are TypeScript.
_SYNC = 0x47

#: A video with less of what it promised has broken off.
_ENOUGH = 0.98

#: A frame that is said to come sooner, in parts of the usual time between
#: two, has a time that is wrong: motion is divided by that time.
_LEAST_STEP = 0.1

#: Frames a second where a video or a camera does not tell.
USUAL_RATE = 30.0


@dataclass(frozen=True)
class Source:
    """One image, one video or one camera.

    Args:
        kind (str): ``image``, ``video`` or ``webcam``.
        path (pathlib.Path): The file; for a camera ``webcam_N``.
        camera (int): Number of the camera. Defaults to 0.
        name (str): Of its results, without a suffix. Defaults to ''.
    """

    kind: str
    path: Path
    camera: int = 0
    name: str = ''


def find_sources(inputs: Iterable[str]) -> tuple[list[Source], list[str]]:
    """Find all that some inputs name.

    Args:
        inputs (Iterable[str]): Files, folders (their images and videos, not
            those of folders inside), patterns such as ``photos/*.jpg`` or
            ``photos/**/*.jpg``, and ``webcam`` or ``webcam:1``.

    Returns:
        tuple[list[Source], list[str]]: What there is, each once, in order,
        and a sentence for each input that names nothing or cannot be read.
        No two of them have the same ``name``.
    """
    sources: dict[tuple[str, str], Source] = {}
    problems = []
    for text in inputs:
        try:
            found = list(_find(text))
        except OSError as error:
            problems.append(f'{text} cannot be read: {error.strerror}')
            continue
        for source in found:
            key = source.kind, os.path.abspath(source.path)
            sources.setdefault(key, source)
        if not found:
            problems.append(_why_nothing(text))
    return _name_apart(sources.values()), problems


def _name_apart(sources: Iterable[Source]) -> list[Source]:
    """Give each source a name for its results that no other one has."""
    sources = list(sources)
    stems = {plain_name(source.path.stem) for source in sources}
    named: dict[str, Source] = {}
    for source in sources:
        stem = name = source.path.stem
        number, key = 2, plain_name(name)
        while key in named or (name != stem and key in stems):
            name, number = f'{stem}_{number}', number + 1
            key = plain_name(name)
        named[key] = replace(source, name=name)
    return list(named.values())


def _find(text: str) -> Iterator[Source]:
    camera = re.fullmatch(r'webcam(?::(\d+))?', text)
    if camera:
        number = int(camera[1] or 0)
        yield Source('webcam', Path(f'webcam_{number}'), number)
        return
    if not text:
        return
    path = Path(text)
    if path.is_dir():
        for inside in sorted(path.iterdir()):
            if _is_wanted(inside):
                yield _of_file(inside)
    elif path.exists():  # of devices and pipes the reader tells
        yield _of_file(path)
    else:
        for match in sorted(glob.glob(text, recursive=True)):
            if Path(match).is_file():
                yield _of_file(Path(match))


def _is_wanted(path: Path) -> bool:
    """Tell whether something in a folder is an image or a video."""
    suffix = _suffix(path)
    if suffix not in (*IMAGE_SUFFIXES, *VIDEO_SUFFIXES) or path.is_dir():
        return False
    if path.name.startswith('._'):  # what macOS writes beside a file
        return False
    if suffix == '.ts' and path.is_file():
        with contextlib.suppress(OSError), path.open('rb') as file:
            return file.read(1) == bytes([_SYNC])
    return True


def _of_file(path: Path) -> Source:
    kind = 'video' if _suffix(path) in VIDEO_SUFFIXES else 'image'
    return Source(kind, path)


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def _why_nothing(text: str) -> str:
    if not text:
        return 'an empty name; expected a file, a folder or a pattern'
    if Path(text).is_dir():
        return f'{text}: the folder has no images and no videos'
    if glob.has_magic(text):
        return f'{text}: no file fits this pattern'
    return f'{text}: no such file or folder'


class Video:
    """The frames of a video or a camera.

    Args:
        source (Source): A video or a camera.

    Raises:
        ValueError: It cannot be opened, or is no file.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        live = source.kind == 'webcam'
        if not live and source.path.exists() and not source.path.is_file():
            # FFmpeg would wait for it.
            raise ValueError(f'{source.path} is a device or a pipe, no file')
        self.capture = cv2.VideoCapture(
            # FFmpeg takes a relative "a:b.mp4" for an address.
            source.camera if live else os.path.abspath(source.path)
        )
        if not self.capture.isOpened():
            raise ValueError(
                f'{source.path}: the camera cannot be opened'
                if live
                else f'{source.path} cannot be read as a video'
            )
        rate = self.capture.get(cv2.CAP_PROP_FPS)
        self.rate = rate if 0 < rate < 1000 else USUAL_RATE
        promised = self.capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.promised = max(int(promised), 0) if not live else 0
        #: When the last frame is shown, s. Of a video it is what the file
        #: says where that runs forward; a camera's frames come when they come.
        self.time_s = -1 / self.rate
        self._count, self._last_s, self._longest_s = 0, 0.0, 0.0
        self._start_s = time.monotonic() if live else None

    def __iter__(self) -> Iterator[np.ndarray]:
        """Give frames (H, W, 3) uint8, BGR, and close the file at the end."""
        try:
            while True:
                good, frame = self.capture.read()
                if not good:
                    return
                stated_s = self.capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
                self._longest_s = max(self._longest_s, stated_s - self._last_s)
                self._last_s = stated_s
                self._count += 1
                self._set_time(stated_s)
                yield frame
        finally:
            self.capture.release()

    def _set_time(self, stated_s: float) -> None:
        """Tell when the next frame is shown."""
        if self._start_s is not None:
            stated_s = time.monotonic() - self._start_s
        earliest_s = self.time_s + _LEAST_STEP / self.rate
        usual_s = self.time_s + 1 / self.rate
        runs_on = math.isfinite(stated_s) and stated_s >= earliest_s
        self.time_s = stated_s if runs_on else usual_s

    def is_whole(self) -> bool:
        """Tell, after the last frame, whether there were all.

        Where a file does not count its frames, OpenCV promises as many as
        would fill its duration at its rate. A recording that leaves frames
        out has fewer; its last one is then near the end. How long that one
        lasts is not known: as long as the longest one before, at most.
        """
        if self._count >= _ENOUGH * self.promised:
            return True
        end_s = self._last_s + self._longest_s
        return end_s >= _ENOUGH * self.promised / self.rate
