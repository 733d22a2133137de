"""COFW: MATLAB files that hold the images too."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from .hdf import open_hdf, read_values
from .records import LABELED, VISIBLE, Face, Source

NUM_KEYPOINTS = 29
EXPECTED = dict(trainval=1345, test=507)
#: File and the ending of its variables for each split.
FILES = dict(
    trainval=('COFW_train_color.mat', 'Tr'), test=('COFW_test_color.mat', 'T')
)


def read_cofw(folder: str | Path) -> Source:
    """Read COFW's colour files (MATLAB 7.3, which is HDF5).

    ``IsTr`` and ``IsT`` hold the images, ``phisTr`` and ``phisT`` 29 x, 29 y
    (first pixel 1) and 29 occlusion flags a face, ``bboxesTr`` and
    ``bboxesT`` boxes x, y, w, h. Visible keypoints are flagged 2, occluded
    ones 1.

    Args:
        folder (str | Path): What holds ``COFW_train_color.mat`` and
            ``COFW_test_color.mat``, at any depth.

    Returns:
        Source: Splits ``trainval`` (1,345) and ``test`` (507); images are
        embedded.

    Raises:
        ModuleNotFoundError: h5py is not installed.
        FileNotFoundError: Neither file is there.
        ValueError: Variables are missing or of another shape.
    """
    folder = Path(folder)
    source = Source('cofw', {}, expected=dict(EXPECTED))
    for split, (name, ending) in FILES.items():
        found = sorted(folder.rglob(name))
        if found:
            _read_file(source, found[0], split, ending)
    if not source.splits:
        names = ' or '.join(name for name, _ in FILES.values())
        raise FileNotFoundError(f'{folder}: expected {names}, found neither')
    return source


@contextmanager
def open_mat(path: Path, checked: bool = False) -> Iterator[Any]:
    """Open a MATLAB 7.3 file.

    Args:
        path (Path): The file.
        checked (bool): Whether it has been opened before. Defaults to False.

    Yields:
        h5py.File: The file.

    Raises:
        ModuleNotFoundError: h5py is not installed.
        ValueError: Not such a file, one that refers to others, or damaged.
    """
    hint = 'COFW is in MATLAB 7.3 files, which h5py reads: pip install h5py'
    try:
        with open_hdf(path, hint, checked) as file:
            yield file
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f'{path}: expected a MATLAB 7.3 (HDF5) file ({error})'
        ) from error


def _read_file(source: Source, path: Path, split: str, ending: str) -> None:
    """Read the faces of one file."""
    names = [f'{name}{ending}' for name in ('Is', 'phis', 'bboxes')]
    with open_mat(path) as mat:
        missing = [name for name in names if name not in mat]
        if missing:
            raise ValueError(
                f'{path}: expected {", ".join(names)}; {", ".join(missing)} '
                f'missing among {", ".join(mat)}'
            )
        images, shapes, boxes = (read_values(mat[n], path) for n in names)
        count = images.size
        wanted = (3 * NUM_KEYPOINTS, count), (4, count)
        if (shapes.shape, boxes.shape) != wanted:
            raise ValueError(
                f'{path}: for {count} images expected phis and bboxes of '
                f'shapes {wanted}, got {shapes.shape} and {boxes.shape} '
                '(transposed, as HDF5 has them)'
            )
        rows = zip(shapes.T, boxes.T, strict=True)
        for number, (shape, box) in enumerate(rows):
            file = f'{split}/{number + 1:06d}.png'
            where = f'{path}, face {number + 1}'
            face = _face(file, shape, box, where)
            source.splits.setdefault(split, []).append(face)
            source.embedded[file] = partial(read_image, path, names[0], number)


def _face(file: str, shape: np.ndarray, box: np.ndarray, where: str) -> Face:
    """Make the record of one face from its columns."""
    x, y, occluded = shape.astype(float).reshape(3, NUM_KEYPOINTS)
    left, top, width, height = box.astype(float)
    if not np.isfinite([*x, *y]).all():
        raise ValueError(f'{where}: coordinates that are not finite')
    return Face(
        file,
        np.stack([x, y], axis=1) - 1,
        np.where(occluded > 0.5, LABELED, VISIBLE),
        where,
        group=file,
        box=(left - 1, top - 1, left - 1 + width, top - 1 + height),
    )


def read_image(path: Path, variable: str, number: int) -> np.ndarray:
    """Read one embedded image.

    Args:
        path (Path): MATLAB 7.3 file.
        variable (str): Its cell array of images.
        number (int): Which, from 0.

    Returns:
        np.ndarray: (H, W, 3) BGR uint8; grey images get three channels.

    Raises:
        OSError: It is no such image.
    """
    try:
        with open_mat(path, checked=True) as mat:
            reference = read_values(mat[variable], path).ravel()[number]
            image = read_values(mat[reference], path).T
    except ValueError as error:  # also of a reference to nothing
        raise OSError(f'face {number + 1}: {error}') from error
    channels = image.shape[2:]
    if image.dtype != np.uint8 or image.ndim < 2 or channels not in ((), (3,)):
        raise OSError(
            f'{path}, face {number + 1}: expected uint8 of shape (H, W) or '
            f'(H, W, 3), got {image.dtype} of {image.shape}'
        )
    code = cv2.COLOR_GRAY2BGR if image.ndim == 2 else cv2.COLOR_RGB2BGR
    return cv2.cvtColor(np.ascontiguousarray(image), code)
