"""Measure how small a face may be beside a near one, for YuNet to find it.

python benchmarks/small_faces.py

A photo of 4,000 x 3,000 px is put together of faces of 300W ``val``: one near,
24 small. It is searched in copies of up to 640, 1,280 and 2,560 px, which is
``predict --det-size``. A face is found where a box and its annotated one have
an overlap of more than 0.3. The time is the median of five searches, on one
core.
"""

import statistics
import time
from collections.abc import Sequence
from itertools import islice

from mmpose_scgcn.benchmark.predicted_faces import annotated_faces
from mmpose_scgcn.config_files import find_config, read_config
from mmpose_scgcn.detection import YuNet
from mmpose_scgcn.structures.boxes import match_boxes, tight_boxes

import cv2
import numpy as np
from mmengine.registry import init_default_scope

CONFIG = 'td-reg_cnn6-graph-refinement_1xb32-120e_300w-128x128'
WIDTH, HEIGHT, NEAR = 4000, 3000, 1200
#: Sides that the pictures of small faces get, px; a face is half as wide.
SIDES = (60, 100, 140, 180, 240)
SEARCHES = (640, 1280, 2560)
COLUMNS, ROWS, ROUNDS = 6, 4, 5


def make_photo(
    faces: Sequence[tuple[np.ndarray, np.ndarray]], side: int
) -> tuple[np.ndarray, np.ndarray]:
    """Put a photo together: the first face near, the others small.

    Args:
        faces (Sequence[tuple[np.ndarray, np.ndarray]]): Images (H, W, 3) and
            keypoints (K, 2), image px; one and ``COLUMNS * ROWS`` more.
        side (int): Longer side of the images of the small ones, px.

    Returns:
        tuple[np.ndarray, np.ndarray]: The photo, and boxes about the
        keypoints (N, 4), its px.
    """
    photo = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    boxes = []
    for index, (image, keypoints) in enumerate(faces):
        row, column = divmod(index - 1, COLUMNS)
        x, y = (100 + 600 * column, 1400 + 400 * row) if index else (100, 100)
        factor = (side if index else NEAR) / max(image.shape[:2])
        small = cv2.resize(
            image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA
        )
        height, width = small.shape[:2]
        photo[y : y + height, x : x + width] = small
        # Pixel centres count from 0.
        placed = (keypoints + 0.5) * factor - 0.5 + (x, y)
        boxes.append(tight_boxes(placed[None])[0])
    return photo, np.array(boxes)


def search(detector: YuNet, photo: np.ndarray) -> tuple[np.ndarray, float]:
    """Find faces; gives the boxes (N, 4) and the time, ms."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        boxes, _ = detector(photo)
        times.append(1e3 * (time.perf_counter() - start))
    return boxes, statistics.median(times)


def main() -> None:
    """Print a row for each size of the small faces."""
    cv2.setNumThreads(1)
    init_default_scope('mmpose')
    cfg = read_config(str(find_config(CONFIG)), {})
    first = islice(annotated_faces(cfg, 'val'), 1 + COLUMNS * ROWS)
    faces = [(image, face.gt) for image, face in first]
    detectors = [YuNet(longest=longest) for longest in SEARCHES]
    print('found (and boxes of no face), ms, by the copies that are searched')
    print('| width of small faces, px |', ' | '.join(map(str, SEARCHES)), '|')
    for side in SIDES:
        photo, wanted = make_photo(faces, side)
        cells = [f'{np.median(wanted[1:, 2] - wanted[1:, 0]):.0f}']
        for detector in detectors:
            boxes, taken = search(detector, photo)
            found = len(match_boxes(boxes, wanted, 0.3))
            wrong = len(boxes) - found
            cells.append(f'{found} of {len(wanted)} ({wrong}), {taken:.0f}')
        print('|', ' | '.join(cells), '|', flush=True)


if __name__ == '__main__':
    main()
