"""AFLW with 19 points: the revised annotations of its 24,386 faces."""

import glob
from pathlib import Path
from typing import Any

from mmpose_scgcn.inside import check_stays

import numpy as np

from .mat import read_mat
from .records import ABSENT, LABELED, VISIBLE, Face, Source

NUM_KEYPOINTS = 19
NUM_TRAIN = 20000
MAT_FILE = 'AFLWinfo_release.mat'
EXPECTED = dict(trainval=NUM_TRAIN, test=4386)
_VARIABLES = ('nameList', 'data', 'bbox', 'mask_new', 'ra')


def read_aflw(folder: str | Path) -> Source:
    """Read AFLW's ``AFLWinfo_release.mat`` and find its images.

    ``nameList`` holds file names, ``data`` 19 x and 19 y a face, ``bbox``
    left, right, top and bottom, ``mask_new`` whether a keypoint is visible,
    ``ra`` an order of the faces (from 1) whose first 20,000 are the training
    set. Coordinates are kept as they are. Visible keypoints are flagged 2,
    hidden ones 1, those without finite coordinates 0. Each annotation has
    ``box_size``, the longer side of its box in px, which the error is divided
    by, and the attribute ``frontal``: all keypoints visible.

    Faces of one photograph stay in one split of the training set.

    Args:
        folder (str | Path): What holds that file and, at any depth, the
            images' folders ``0``, ``2`` and ``3``.

    Returns:
        Source: Splits ``trainval`` (20,000) and ``test`` (4,386).

    Raises:
        FileNotFoundError: No such file, or no images.
        ValueError: Variables are missing or of another shape.
    """
    folder = Path(folder)
    found = sorted(folder.rglob(MAT_FILE))
    if not found:
        raise FileNotFoundError(f'{folder}: expected {MAT_FILE}, found none')
    mat = _load(found[0])
    names = [_name(cell, found[0]) for cell in mat['nameList'].ravel()]
    for name in names:
        check_stays(name, str(found[0]))
    arrays = {n: _numbers(mat[n], n, found[0]) for n in _VARIABLES[1:]}
    _check_shapes(arrays, len(names), found[0])
    order = arrays['ra'].ravel().astype(int) - 1
    source = Source(
        'aflw', {}, find_images(folder, names), expected=dict(EXPECTED)
    )
    parts = dict(trainval=order[:NUM_TRAIN], test=order[NUM_TRAIN:])
    for split, indices in parts.items():
        if len(indices):
            source.splits[split] = [
                _face(names[i], arrays, i, found[0]) for i in indices
            ]
    return source


def find_images(folder: Path, names: list[str]) -> Path:
    """Find the folder that the names are relative to.

    Args:
        folder (Path): Searched at any depth.
        names (list[str]): Names such as ``0/image02311.jpg``.

    Returns:
        Path: The folder with the first of these images that is there.

    Raises:
        FileNotFoundError: None of the first names is there.
    """
    for name in names[:100]:
        if not Path(name).name:
            continue
        for path in folder.rglob(glob.escape(Path(name).name)):
            root = path.parents[len(Path(name).parts) - 1]
            if root / name == path:
                return root
    raise FileNotFoundError(
        f'{folder}: expected the images, such as {names[0]}, found none'
    )


def _load(path: Path) -> dict:
    """Load the MATLAB file."""
    try:
        mat = read_mat(path, _VARIABLES)
    except Exception as error:  # damage ends it in many ways
        raise ValueError(
            f'{path}: expected a MATLAB file before version 7.3 ({error})'
        ) from error
    missing = [name for name in _VARIABLES if name not in mat]
    if missing:
        raise ValueError(
            f'{path}: expected {", ".join(_VARIABLES)}; '
            f'{", ".join(missing)} missing'
        )
    return mat


def _name(cell: Any, path: Path) -> str:
    """Read the name of an image."""
    text = np.squeeze(cell)
    if text.dtype.kind != 'U' or text.shape:
        raise ValueError(
            f'{path}: expected names of images in nameList, got {text.dtype} '
            f'of shape {text.shape}'
        )
    return str(text)


def _numbers(values: Any, name: str, path: Path) -> np.ndarray:
    """Read numbers."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in 'biuf':
        raise ValueError(f'{path}: expected numbers in {name}')
    return values.astype(float)


def _check_shapes(
    arrays: dict[str, np.ndarray], count: int, path: Path
) -> None:
    """Check that there is a row for each name."""
    wanted = dict(data=(count, 38), bbox=(count, 4), mask_new=(count, 19))
    for name, shape in wanted.items():
        if arrays[name].shape != shape:
            raise ValueError(
                f'{path}: expected {name} of shape {shape} for {count} '
                f'names, got {arrays[name].shape}'
            )
    order = np.sort(arrays['ra'].ravel())
    if not np.array_equal(order, np.arange(1, count + 1)):
        raise ValueError(f'{path}: expected ra to be an order of all faces')


def _face(
    name: str, arrays: dict[str, np.ndarray], index: int, path: Path
) -> Face:
    """Make the record of one face from its row."""
    points = arrays['data'][index].reshape(2, NUM_KEYPOINTS).T
    left, right, top, bottom = arrays['bbox'][index].tolist()
    visible = arrays['mask_new'][index] > 0.5
    known = np.isfinite(points).all(axis=1)
    flags = np.where(visible, VISIBLE, LABELED)
    return Face(
        name,
        points,
        np.where(known, flags, ABSENT),
        f'{path}, face {index + 1}',
        group=name,
        box=(left, top, right, bottom),
        fields=dict(
            box_size=max(right - left, bottom - top),
            attributes=dict(frontal=int(visible.all())),
        ),
    )
