"""Faces with keypoints, boxes, numbers and the graph drawn on an image."""

import numbers
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mmpose_scgcn.images import ImageLike, read_image
from mmpose_scgcn.structures import Faces

import cv2
import numpy as np

#: BGR colours by which faces are told apart.
COLORS = (
    (80, 220, 60),
    (60, 160, 255),
    (255, 170, 60),
    (220, 90, 230),
    (70, 230, 240),
    (250, 220, 80),
)
#: Between these, px, OpenCV draws in sixteenths of a pixel.
FARTHEST = -(2**12), 2**15 - 1
_BOX = (255, 255, 255)
_RIM = (30, 30, 30)
#: The largest radius or thickness, px.
_LARGEST = 1000


def draw_faces(
    faces: Faces,
    image: ImageLike | None = None,
    boxes: bool = False,
    indices: bool = False,
    links: bool = False,
    edges: bool = False,
    kpt_thr: float = 0.0,
    radius: float | None = None,
    thickness: int | None = None,
    black_background: bool = False,
    scale: float = 1.0,
) -> np.ndarray:
    """Draw faces.

    Args:
        faces (Faces): What to draw. Faces with ``ids`` have the colour of
            their identity, and with ``boxes`` its number.
        image (ImageLike, optional): What to draw on: a file, an array or a
            PIL image. Defaults to None: ``faces.image``.
        boxes (bool): Draw the boxes. Defaults to False.
        indices (bool): Write each keypoint's number; of a face of less than
            about 300 px they run into each other, see ``scale``. Defaults to
            False.
        links (bool): Draw the data set's skeleton. Defaults to False.
        edges (bool): Draw the graph; the more a keypoint listens to a
            neighbour in this face, the brighter the line. Needs
            ``with_edges=True`` in the prediction. Defaults to False.
        kpt_thr (float): Keypoints with a lower score are left out. Defaults
            to 0.
        radius (float, optional): Of the discs, px. Defaults to None: by the
            size of the face.
        thickness (int, optional): Of lines, px. Defaults to None: by the
            size of the face.
        black_background (bool): Draw on black instead of the image.
            Defaults to False.
        scale (float): Enlarge the image first, so many times; for small
            faces. Defaults to 1.

    Returns:
        np.ndarray: A new picture, (H, W, 3) uint8, BGR, H and W times
        ``scale``.

    Raises:
        ValueError: There is no image, no edges where they are wanted, a
            scale that leaves no picture, or a radius or a thickness that is no
            number above 0, at most 1,000 px.
    """
    image = faces.image if image is None else image
    if image is None:
        raise ValueError('these faces came without an image; pass image=')
    if edges and faces.edges is None and len(faces):
        raise ValueError(
            'these faces have no edge weights; predict with with_edges=True'
        )
    image = read_image(image)
    if not (0 < scale < np.inf and scale * min(image.shape[:2]) >= 1):
        raise ValueError(
            'scale: expected a positive number that leaves at least one px, '
            f'got {scale} for {image.shape[1]} x {image.shape[0]} px'
        )
    _check_size('radius', radius, numbers.Real, 'a number')
    _check_size('thickness', thickness, numbers.Integral, 'a whole number')
    canvas = np.zeros_like(image) if black_background else image.copy()
    if scale != 1:
        faces, canvas = _enlarge(faces, canvas, scale)
    for index in range(len(faces)):
        points = faces.keypoints[index]
        known = np.isfinite(points).all(1)
        side = (
            max(np.ptp(points[known], axis=0).max(), 1.0)
            if known.any()
            else 1.0
        )
        shown = known & (faces.scores[index] >= kpt_thr)
        line = thickness or max(round(side / 250), 1)
        color = _face_color(faces, index)
        if edges:
            _draw_edges(canvas, faces, index, shown, line)
        if links:
            _draw_links(canvas, points, faces.links, shown, color, line)
        if boxes:
            _draw_box(canvas, faces, index, line)
        # Smaller discs where they would hide the graph.
        usual = max(side / (140 if edges else 90), 1.0)
        size = usual if radius is None else radius
        _draw_discs(canvas, points[shown], size, color)
        if indices:
            _draw_numbers(canvas, points, shown, side)
    return canvas


def _check_size(name: str, size: Any, kind: type[Any], text: str) -> None:
    """Check a size in px that is given.

    Raises:
        ValueError: It is none, or more than OpenCV can draw.
    """
    if size is None or (isinstance(size, kind) and 0 < size <= _LARGEST):
        return
    raise ValueError(
        f'{name}: expected {text} above 0, at most {_LARGEST} px, got {size!r}'
    )


def _face_color(faces: Faces, index: int) -> tuple[int, int, int]:
    """Choose the colour of a face by its identity, or its place."""
    number = index if faces.ids is None else int(faces.ids[index])
    return COLORS[number % len(COLORS)]


def _fine(point: Sequence[float] | np.ndarray) -> tuple[int, int]:
    """Give a position in sixteenths of a pixel, within OpenCV's range."""
    x, y = np.clip(np.asarray(point, float), *FARTHEST)
    return round(x * 16), round(y * 16)


def _enlarge(
    faces: Faces, image: np.ndarray, scale: float
) -> tuple[Faces, np.ndarray]:
    """Enlarge an image, and move the faces with its pixel centres."""
    interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    larger = cv2.resize(
        image, None, fx=scale, fy=scale, interpolation=interpolation
    )
    offset = (scale - 1) / 2
    moved = replace(
        faces,
        keypoints=faces.keypoints * scale + offset,
        boxes=faces.boxes * scale + offset,
    )
    return moved, larger


def _draw_discs(
    canvas: np.ndarray, points: np.ndarray, radius: float, color: tuple
) -> None:
    """Draw discs with dark rims, which are seen on skin and on black.

    All rims come first: none covers a disc beside it.
    """
    size = round(radius * 16)
    for total, shade in ((size + 12, _RIM), (size, color)):
        for point in points:
            cv2.circle(canvas, _fine(point), total, shade, -1, cv2.LINE_AA, 4)


def _draw_lines(
    canvas: np.ndarray,
    lines: Sequence[tuple[np.ndarray, np.ndarray, tuple]],
    thickness: int,
) -> None:
    """Draw lines (start, end, colour) in this order, with dark rims."""
    for rim in (True, False):
        for start, end, color in lines:
            cv2.line(
                canvas,
                _fine(start),
                _fine(end),
                _RIM if rim else color,
                thickness + 2 * rim,
                cv2.LINE_AA,
                4,
            )


def _draw_links(
    canvas: np.ndarray,
    points: np.ndarray,
    links: Sequence[tuple[int, int]],
    shown: np.ndarray,
    color: tuple,
    thickness: int,
) -> None:
    lines = [
        (points[start], points[end], color)
        for start, end in links
        if shown[start] and shown[end]
    ]
    _draw_lines(canvas, lines, thickness)


def _draw_edges(
    canvas: np.ndarray,
    faces: Faces,
    index: int,
    shown: np.ndarray,
    thickness: int,
) -> None:
    """Draw the directed edges, the weakest first."""
    if faces.edges is None or faces.neighbors is None:
        return
    points, weights = faces.keypoints[index], faces.edges[index]
    receivers, slots = np.unravel_index(
        np.argsort(weights[:, 1:], axis=None), weights[:, 1:].shape
    )
    highest = max(float(weights[:, 1:].max(initial=0)), 1e-9)
    lines = []
    for receiver, slot in zip(receivers, slots, strict=True):
        sender = faces.neighbors[receiver, slot + 1]
        if shown[receiver] and shown[sender]:
            share = float(weights[receiver, slot + 1]) / highest
            color = edge_color(share)
            lines.append((points[receiver], points[sender], color))
    _draw_lines(canvas, lines, thickness)


def edge_color(share: float) -> tuple[int, int, int]:
    """Give the BGR colour of an edge: dark blue for 0, yellow for 1."""
    level = np.array([[round(255 * min(max(share, 0.0), 1.0))]], np.uint8)
    blue, green, red = cv2.applyColorMap(level, cv2.COLORMAP_PLASMA)[0, 0]
    return int(blue), int(green), int(red)


def _draw_box(
    canvas: np.ndarray, faces: Faces, index: int, thickness: int
) -> None:
    box = faces.boxes[index]
    cv2.rectangle(
        canvas,
        _fine(box[:2]),
        _fine(box[2:]),
        _BOX,
        thickness,
        cv2.LINE_AA,
        4,
    )
    label = f'{faces.box_scores[index]:.2f}'
    if faces.ids is not None:
        label = f'#{faces.ids[index]}  {label}'
    size = max((box[3] - box[1]) / 300, 0.35)
    # Above the box, or within the image's upper left edges: 22 px at size 1.
    place = max(box[0], 0), max(box[1] - 4, 24 * size)
    _write(canvas, label, place, size)


def _draw_numbers(
    canvas: np.ndarray, points: np.ndarray, shown: np.ndarray, side: float
) -> None:
    for number in np.flatnonzero(shown):
        x, y = points[number]
        _write(canvas, str(number), (x + 2, y - 2), max(side / 900, 0.25))


def _write(
    canvas: np.ndarray, text: str, place: Sequence[float], size: float
) -> None:
    x, y = (int(np.clip(v, *FARTHEST)) for v in place)
    for color, width in (((20, 20, 20), 3), ((255, 255, 255), 1)):
        cv2.putText(
            canvas,
            text,
            (x, y),
            cv2.FONT_HERSHEY_SIMPLEX,
            size,
            color,
            width,
            cv2.LINE_AA,
        )
