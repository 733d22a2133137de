"""From images, videos and cameras to files of results."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import NamedTuple

from mmpose_scgcn.images import read_file
from mmpose_scgcn.structures import Faces
from mmpose_scgcn.tracking import FaceTracker

import numpy as np

from .face_boxes import BoxFinder
from .interruption import set_on_interrupt
from .problems import Partly, doubts, is_fault_of_file, named
from .results import ResultFiles
from .sources import Source, Video
from .writers import VideoPictures

#: Images that are read and predicted at once, and the most px that they have
#: together; a larger image is alone.
BATCH = 8
BATCH_PX = 40_000_000


class _Picture(NamedTuple):
    """An image, its file, and the name of its results."""

    name: str
    path: Path
    image: np.ndarray


class SourcePredictor:
    """Predicts images, videos and cameras, and keeps what is found.

    A file that cannot be read or predicted is told and left out.

    Args:
        predict (Callable): ``predict(images, boxes=boxes)`` gives the faces
            of each image, as a :class:`~mmpose_scgcn.apis.FaceModel` does
            for lists.
        find_boxes (BoxFinder): Gives the boxes of an image.
        make_tracker (Callable): ``make_tracker(predict, detect)`` gives what
            follows the faces of a video, as
            :class:`~mmpose_scgcn.tracking.FaceTracker` does.
        results (ResultFiles): Where the results go.
        advance (Callable): Told how many faces were found.
        max_faces (int, optional): How many of an image's boxes are taken,
            the first. Which faces of a video are followed is the tracker's
            matter. Defaults to None: all.
    """

    def __init__(
        self,
        predict: Callable[..., list[Faces]],
        find_boxes: BoxFinder,
        make_tracker: Callable[..., FaceTracker],
        results: ResultFiles,
        advance: Callable[[int], None],
        max_faces: int | None = None,
    ) -> None:
        self.predict = predict
        self.find_boxes = find_boxes
        self.make_tracker = make_tracker
        self.results = results
        self.advance = advance
        self.max_faces = max_faces
        #: Whether Q or Escape was pressed in the window.
        self.stopped = False

    def __call__(
        self, sources: Iterable[Source]
    ) -> Iterator[tuple[int, list[str]]]:
        """Predict sources one after another.

        Args:
            sources (Iterable[Source]): Of
                :func:`~mmpose_scgcn.apis.sources.find_sources`.

        Yields:
            tuple[int, list[str]]: How many of them are done once more, and a
            sentence for each that could not be, or a :class:`Remark`. After
            Q or Escape in the window no more are predicted.
        """
        most = 1 if self.results.show else BATCH
        for group in group_images(sources, most):
            yield len(group), self._predict_group(group)
            if self.stopped:
                return

    def _predict_group(self, group: Sequence[Source]) -> list[str]:
        """Predict some images, or one video; returns the problems."""
        problems: list[str] = []
        batch: list[_Picture] = []
        for source in group:
            name, path = source.name, source.path
            try:
                if source.kind != 'image':
                    problems += self._predict_video(source, name)
                    continue
                decoded = read_file(path)
            except Exception as error:
                if not is_fault_of_file(error):
                    raise
                problems.append(self._left_out(name, path, error))
                continue
            picture = _Picture(name, path, decoded.pixels)
            if sum(map(_count_px, [*batch, picture])) > BATCH_PX and batch:
                problems += self._predict_images(batch)
                batch = []
            batch.append(picture)
            problems += doubts(path, decoded.brightest)
        return problems + (self._predict_images(batch) if batch else [])

    def _left_out(self, name: str, path: Path, error: Exception) -> str:
        """Say why a source has no results, and which are older ones."""
        earlier = self.results.earlier(name)
        rest = f'; {earlier} is from an earlier run' if earlier else ''
        return named(path, error) + rest

    def _predict_images(self, batch: Sequence[_Picture]) -> list[str]:
        """Predict images; returns the problems."""
        results: list[Faces] | None = None
        try:
            results = self._find_faces(batch)
        except Exception as error:
            if not is_fault_of_file(error):
                raise
            if len(batch) == 1:
                return [self._left_out(batch[0].name, batch[0].path, error)]
        if results is None:
            # One of them is at fault: find out which, and do the others. Not
            # in the handler, where the error holds the memory of the batch.
            each = [self._predict_images([entry]) for entry in batch]
            return [problem for problems in each for problem in problems]
        problems = []
        for (name, path, _), faces in zip(batch, results, strict=True):
            try:
                self.stopped = self.results.add_image(name, path, faces)
            except Exception as error:
                if not is_fault_of_file(error):
                    raise
                problems.append(named(path, error))
            else:
                self.results.add_row(path, faces)
                self.advance(len(faces))
        return problems

    def _find_faces(self, batch: Sequence[_Picture]) -> list[Faces]:
        """Predict images in their boxes."""
        found = []
        for entry in batch:
            boxes, scores = self.find_boxes(entry.image, entry.path)
            found.append((boxes[: self.max_faces], scores[: self.max_faces]))
        results = self.predict(
            [entry.image for entry in batch],
            boxes=[boxes for boxes, _ in found],
        )
        return [
            replace(faces, box_scores=scores)
            for faces, (_, scores) in zip(results, found, strict=True)
        ]

    def _predict_video(self, source: Source, name: str) -> list[str]:
        """Follow the faces of a video or a camera; returns the problems."""
        video, stopped = Video(source), Event()
        pictures = self.results.open_video(name, video.rate)
        frames, times = self._follow(video, name, pictures, stopped)
        if pictures.problem and not self.results.has_numbers:
            raise pictures.problem  # it could not be finished
        self.results.add_video(name, source.path, frames, times)
        told: list[str] = []
        if pictures.problem:
            told.append(
                Partly(
                    f'{named(source.path, pictures.problem)}; the keypoints '
                    'of all frames are kept'
                )
            )
        if not (stopped.is_set() or self.stopped or video.is_whole()):
            told.append(
                Partly(
                    f'{source.path}: only {len(frames)} of {video.promised} '
                    'frames could be read; what was read is kept'
                )
            )
        return told

    def _follow(
        self, video: Video, name: str, pictures: VideoPictures, stopped: Event
    ) -> tuple[list[Faces], list[float]]:
        """Predict frame after frame, until ``stopped`` is set."""
        path, live = video.source.path, video.source.kind == 'webcam'
        tracker = self.make_tracker(
            self._predict_frame, lambda image: self.find_boxes(image, path)
        )
        frames: list[Faces] = []
        times: list[float] = []
        with pictures, set_on_interrupt(stopped) if live else nullcontext():
            for frame in video:
                faces = tracker.update(frame, video.time_s)
                frames.append(_without_image(faces))
                times.append(video.time_s)
                self.advance(len(faces))
                self.stopped = self.results.add_frame(pictures, name, faces)
                if pictures.problem and not self.results.goes_on:
                    raise pictures.problem
                if self.stopped or stopped.is_set():
                    break
            if not frames:
                raise ValueError(f'{path} has no frame that can be read')
        return frames, times

    def _predict_frame(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        (faces,) = self.predict([image], boxes=[boxes])
        return faces


def group_images(
    sources: Iterable[Source], most: int = BATCH
) -> Iterator[list[Source]]:
    """Put images together that follow each other.

    Args:
        sources (Iterable[Source]): Images, videos and cameras.
        most (int): Images at once. Defaults to :data:`BATCH`.

    Yields:
        list[Source]: Up to so many images, or one video or camera.
    """
    group: list[Source] = []
    for source in sources:
        if group and (source.kind != 'image' or len(group) == most):
            yield group
            group = []
        group.append(source)
        if source.kind != 'image':
            yield group
            group = []
    if group:
        yield group


def _without_image(faces: Faces) -> Faces:
    """Drop what would fill the memory in a long video."""
    return replace(faces, image=None, edges=None, neighbors=None)


def _count_px(picture: _Picture) -> int:
    return picture.image.shape[0] * picture.image.shape[1]
