"""Measured relations between detectors' boxes and keypoints' boxes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_json
from mmpose_scgcn.structures.boxes import box_iou

import numpy as np

from .boxes import LANDMARK_BOX, BoxMapping, check_boxes, relate_boxes

#: The measurements that come with the package.
CALIBRATIONS = Path(__file__).with_name('calibrations.json')

#: Overlap (intersection over union) from which a box is that of a face.
LEAST_OVERLAP = 0.2

_NAMES = ('shift_x', 'shift_y', 'scale_x', 'scale_y')


def read_mapping(kind: str, file: str | Path | None = None) -> BoxMapping:
    """Read the mapping of a kind of detector.

    Args:
        kind (str): Such as ``yunet``.
        file (str | Path, optional): What ``tools/calibrate_detector.py``
            wrote. Defaults to None: the package's own measurements.

    Returns:
        BoxMapping: From its boxes to boxes about the keypoints.

    Raises:
        KeyError: No such kind was measured.
        ValueError: The file does not hold measurements.
        FileNotFoundError: There is no such file.
    """
    path = Path(file or CALIBRATIONS)
    try:
        table = read_json(path)
        kinds = ', '.join(table.keys())
        if kind in table:
            return mapping_of(table[kind])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f'{path} holds no box measurements as '
            f'tools/calibrate_detector.py writes them ({error!r})'
        ) from error
    raise KeyError(
        f'no box measurements for {kind!r} in {path}; it has {kinds}. '
        'tools/calibrate_detector.py makes them'
    )


def mapping_of(record: Mapping) -> BoxMapping:
    """Take the mapping out of a record of :func:`measure`.

    Args:
        record (Mapping): The record.

    Returns:
        BoxMapping: The medians, both sides multiplied by ``longer_side``.
    """
    shift_x, shift_y, scale_x, scale_y = (
        float(record[name]['median']) for name in _NAMES
    )
    factor = float(record.get('longer_side', 1))
    return BoxMapping(shift_x, shift_y, scale_x * factor, scale_y * factor)


def measure(
    detections: Iterable[np.ndarray], wanted: np.ndarray
) -> tuple[dict, np.ndarray]:
    """Measure where keypoints' boxes lie in a detector's boxes.

    Of several boxes in an image :func:`choose_box` takes one.

    Args:
        detections (Iterable[np.ndarray]): For each of N faces the boxes
            (M, 4) found in its image.
        wanted (np.ndarray): (N, 4), the boxes about the keypoints.

    Returns:
        tuple[dict, np.ndarray]: By name of :class:`BoxMapping` the
        ``median`` and the standard deviation ``std``, beside ``faces`` and
        ``found``; and the chosen box of each face (N, 4), NaN where it was
        missed. Crops are as large as the longer side of a box, and the longer
        of two sides that vary is too long on average: ``longer_side`` is the
        factor of both sides with which the median of the longer one is right.

    Raises:
        ValueError: Fewer than two faces were found.
    """
    chosen = np.full((len(wanted), 4), np.nan)
    for index, boxes in enumerate(detections):
        chosen[index] = choose_box(boxes, wanted[index])
    found = np.isfinite(chosen).all(1)
    if found.sum() < 2:
        raise ValueError(
            f'the detector found {found.sum()} of {len(wanted)} faces; '
            'nothing can be measured'
        )
    relations = relate_boxes(chosen[found], wanted[found])
    sides = {
        name: dict(
            median=round(float(np.median(values)), 4),
            std=round(float(values.std()), 4),
        )
        for name, values in zip(_NAMES, relations.T, strict=True)
    }
    mapped = BoxMapping(**{n: sides[n]['median'] for n in _NAMES})
    longer = _longer_side(wanted[found]) / _longer_side(mapped(chosen[found]))
    record: dict[str, Any] = dict(
        sides,
        longer_side=round(float(np.median(longer)), 4),
        faces=len(wanted),
        found=int(found.sum()),
    )
    return record, chosen


def choose_box(boxes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Choose the box of a face whose place is known.

    The box that overlaps most is chosen. One that overlaps by less than a
    fifth belongs to another face.

    Args:
        boxes (np.ndarray): (M, 4), x1, y1, x2, y2, found in the image.
        wanted (np.ndarray): (4,), the box about the face's keypoints.

    Returns:
        np.ndarray: (4,), NaN where the face was missed.
    """
    if len(boxes):
        shared = box_iou(boxes, wanted[None])[:, 0]
        if shared.max() >= LEAST_OVERLAP:
            return boxes[shared.argmax()]
    return np.full(4, np.nan)


def boxes_of_kind(
    boxes: Sequence | np.ndarray, kind: str, source: str
) -> np.ndarray:
    """Check boxes that somebody gives, and map them about the keypoints.

    Args:
        boxes (Sequence | np.ndarray): (N, 4), x1, y1, x2, y2, image px.
        kind (str): ``landmarks``, or a detector that was measured.
        source (str): What they belong to, for the message.

    Returns:
        np.ndarray: (N, 4) float32.

    Raises:
        ValueError: These are no boxes, or no such kind is known.
    """
    checked = check_boxes(boxes, source)
    if kind == LANDMARK_BOX:
        return checked
    try:
        return read_mapping(kind)(checked)
    except KeyError as error:
        raise ValueError(f'box_kind: {error.args[0]}') from error


def _longer_side(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
