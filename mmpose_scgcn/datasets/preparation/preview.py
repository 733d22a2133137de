"""The faces as they were read: one in words, some in a picture."""

from collections.abc import Mapping
from pathlib import Path

from mmpose_scgcn.images import read_image
from mmpose_scgcn.visualization.faces import (
    TRUE_COLOR,
    crop_tile,
    draw_points,
)
from mmpose_scgcn.visualization.grid import face_grid

import cv2
import numpy as np

from .boxes import face_box
from .records import ABSENT, Face

PREVIEW = 'preview.png'
SHOWN = 6
_POINTS_IN_WORDS = 4
_COLUMNS = 3
_TILE, _LARGE_TILE = 420, 640
#: More keypoints than this need a larger picture.
_MANY = 30
_WHITE = (255, 255, 255)
_DARK = (25, 25, 25)


def describe_face(face: Face) -> str:
    """Say what was read of a face.

    Args:
        face (Face): The face.

    Returns:
        str: File, number of keypoints, the first ones, and the box.
    """
    known = face.flags != ABSENT
    first = [
        f'{i} at ({x:g}, {y:g})' if known[i] else f'{i} not annotated'
        for i, (x, y) in enumerate(face.keypoints[:_POINTS_IN_WORDS].round(2))
    ]
    text = f'{face.file} ({face.where}): {len(known)} keypoints'
    if not known.all():
        text += f', {(~known).sum()} of them not annotated'
    return f'{text}; {", ".join(first)}{_box_in_words(face)}'


def _box_in_words(face: Face) -> str:
    """Say where the keypoints lie, and the given box."""
    text = ''
    try:
        box = face_box(face, 'landmarks')
    except ValueError as error:
        text = f'; {error}'
    else:
        text = f'; all lie in {_corners(box)}'
    if face.box is not None:
        text += f'; given box {_corners(np.array(face.box))}'
    return text


def _corners(box: np.ndarray) -> str:
    """Write a box."""
    left, top, right, bottom = box.round(1).tolist()
    width, height = (box[2:] - box[:2]).round(1).tolist()
    return (
        f'({left:g}, {top:g}) to ({right:g}, {bottom:g}), {width:g} x '
        f'{height:g} px'
    )


def write_preview(
    path: Path, images: Path, boxes: Mapping[Face, np.ndarray]
) -> bool:
    """Draw some of the faces with the numbers of their keypoints.

    Args:
        path (Path): Picture to write.
        images (Path): Folder that ``Face.file`` is relative to.
        boxes (Mapping[Face, np.ndarray]): Boxes (4,) by face, image px.

    Returns:
        bool: Whether it was written: not where no image can be read.

    Raises:
        OSError: It cannot be written.
    """
    tiles, captions = [], []
    faces = list(boxes)
    count = min(SHOWN, len(faces))
    for index in np.linspace(0, len(faces) - 1, count).round().astype(int):
        face = faces[index]
        try:
            image = read_image(images / face.file)
        except (ValueError, OSError):
            continue
        tiles.append(draw_face(image, face, boxes[face]))
        captions.append(face.file.encode('ascii', 'replace').decode())
    if not tiles:
        return False
    grid = face_grid(tiles, captions, _COLUMNS, len(tiles[0]))
    if not cv2.imwrite(str(path), grid):
        raise OSError(f'cannot write {path}')
    return True


def draw_face(image: np.ndarray, face: Face, box: np.ndarray) -> np.ndarray:
    """Draw a face with its box and the numbers of its keypoints.

    Args:
        image (np.ndarray): (H, W, 3) BGR uint8.
        face (Face): The face.
        box (np.ndarray): Its box (4,), image px.

    Returns:
        np.ndarray: A square picture that shows box and keypoints.
    """
    known = face.flags != ABSENT
    corners = np.concatenate([box.reshape(2, 2), face.keypoints[known]])
    whole = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    size = _LARGE_TILE if len(known) > _MANY else _TILE
    tile, matrix = crop_tile(image, whole, size)
    points = face.keypoints @ matrix[:, :2].T + matrix[:, 2]
    edges = box.reshape(2, 2) @ matrix[:, :2].T + matrix[:, 2]
    start, end = edges.round().astype(int).tolist()
    cv2.rectangle(tile, start, end, _WHITE, 1)
    tile = draw_points(tile, points, TRUE_COLOR, known)
    for index in np.flatnonzero(known):
        left, top = (points[index] + [4, -3]).round().astype(int).tolist()
        for color, width in ((_DARK, 3), (_WHITE, 1)):
            cv2.putText(
                tile,
                str(index),
                (left, top),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.36,
                color,
                width,
                cv2.LINE_AA,
            )
    return tile
