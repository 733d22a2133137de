"""What every reader of a data set's official files returns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

#: COCO's flags. Sets that do not tell occluded keypoints have 1 throughout,
#: as in MMPose's own files.
ABSENT, LABELED, VISIBLE = 0, 1, 2
#: x1, y1, x2, y2, px.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Face:
    """One annotated face.

    Args:
        file (str): Image, relative to the images' folder, with slashes.
        keypoints (np.ndarray): (K, 2), image px, the first pixel's centre at
            (0, 0).
        flags (np.ndarray): (K,) integers: 0 not annotated, 1 annotated (or
            occluded, where the set tells), 2 visible.
        where (str): File and line or row it was read from, for messages.
        group (str): Identity or photograph; faces of a group stay in one
            split.
        stratum (str): Source within the data set; a held-out part has the
            same shares of sources.
        box (tuple, optional): The data set's own box x1, y1, x2, y2, image
            px.
        fields (dict): More entries of the annotation, such as
            ``attributes`` or ``subset``.
    """

    file: str
    keypoints: np.ndarray
    flags: np.ndarray
    where: str
    group: str
    stratum: str = ''
    box: Box | None = None
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something about the data that its user should know.

    Args:
        kind (str): A heading, the same for problems of one kind.
        text (str): Which face, file or number.
        serious (bool): Whether ``--strict`` stops at it. Keypoints outside
            their image, for example, are common in official files.
    """

    kind: str
    text: str
    serious: bool = True


#: What a cell says that holds no number.
NO_NUMBER = frozenset(
    ('', 'nan', 'na', 'n/a', '#n/a', '<na>', 'null', 'none', 'nil', '-', '?')
)


@dataclass
class Source:
    """A data set as read from its official files.

    Args:
        name (str): Part of the annotation files' names.
        splits (dict[str, list[Face]]): Faces by split. A face may be in
            several (``test_common`` and ``test_full``).
        images (Path, optional): Folder that ``Face.file`` is relative to.
        embedded (dict[str, Callable]): For images kept in other files, a
            function for each that gives it, (H, W, 3) BGR uint8.
        expected (dict[str, int]): The official number of faces of splits.
        problems (list[Problem]): What the reader noticed.
        origin (int): What the files count pixels from; it is subtracted.
        names (tuple[str, ...]): Names of the keypoints (K,), or none.
        partners (tuple[int, ...]): Partner of each keypoint under a flip
            (K,), where the set is known.
        videos (bool): Whether groups are videos or people that were told by
            the files; if all faces are of one, they may be split all the
            same.
        notes (tuple[str, ...]): What was read as what, in words.
        declared (dict[str, tuple[int, int]]): Width and height of images by
            file, px, where the annotation files say them.
        skeleton (tuple[tuple[int, int], ...]): Pairs of keypoints that are
            to be joined in drawings.
    """

    name: str
    splits: dict[str, list[Face]]
    images: Path | None = None
    embedded: dict[str, Callable[[], np.ndarray]] = field(default_factory=dict)
    expected: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    origin: int = 0
    names: tuple[str, ...] = ()
    partners: tuple[int, ...] = ()
    videos: bool = False
    notes: tuple[str, ...] = ()
    declared: dict[str, tuple[int, int]] = field(default_factory=dict)
    skeleton: tuple[tuple[int, int], ...] = ()

    @property
    def folder(self) -> Path:
        """Folder of the images.

        Raises:
            ValueError: They are embedded in other files.
        """
        if self.images is None:
            raise ValueError(f'{self.name} has no folder of images')
        return self.images

    @property
    def faces(self) -> list[Face]:
        """All faces, each once, in the order of the splits."""
        faces = [face for split in self.splits.values() for face in split]
        return list(dict.fromkeys(faces))

    def shapes(self) -> tuple[np.ndarray, np.ndarray]:
        """Stack the keypoints of all faces.

        Returns:
            tuple[np.ndarray, np.ndarray]: (N, K, 2), image px, and a boolean
            (N, K) telling which are annotated.
        """
        faces = self.faces
        keypoints = np.stack([face.keypoints for face in faces])
        return keypoints, np.stack([face.flags != ABSENT for face in faces])


def parse_numbers(texts: list[str], where: str) -> np.ndarray:
    """Read numbers.

    Args:
        texts (list[str]): Their texts.
        where (str): File and line, for the message.

    Returns:
        np.ndarray: (N,) float64; empty texts, ``nan``, ``NA`` and the like
        are NaN.

    Raises:
        ValueError: One that is not a finite number.
    """
    try:
        values = np.array(texts, dtype=float)
    except ValueError:
        values = np.array([_number(text, where) for text in texts])
    if np.isinf(values).any():
        raise ValueError(f'{where}: expected finite numbers, got infinity')
    return values


def _number(text: str, where: str) -> float:
    """Read one number."""
    if text.strip().lower() in NO_NUMBER:
        return float('nan')
    try:
        return float(text)
    except ValueError:
        raise ValueError(
            f'{where}: expected a number, got {text!r} (a keypoint that is '
            'not annotated is an empty cell, nan or NA)'
        ) from None
