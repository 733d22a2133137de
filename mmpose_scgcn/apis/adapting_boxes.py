"""Predictions of annotated faces, in the kind of box that the model wants."""

from collections.abc import Callable, Iterable

from mmpose_scgcn.datasets.annotated_faces import AnnotatedFaces
from mmpose_scgcn.detection import BoxMapping
from mmpose_scgcn.detection.boxes import relate_boxes
from mmpose_scgcn.images import read_image
from mmpose_scgcn.structures.boxes import square_boxes, tight_boxes

import numpy as np

from .face_model import FaceModel

#: Boxes whose centre and size differ by less on average are of one kind.
SAME_SHIFT, SAME_SCALE = 0.03, 0.05

#: Faces that the relation of boxes is measured on, and how often: a crop that
#: shows a part of the face is mended step by step.
MEASURED, STEPS = 40, 6

#: Pictures that are read and predicted at once.
BATCH = 8

#: Wraps a long iteration, which has a name, for a progress bar.
Track = Callable[[Iterable, str], Iterable]


def predict_faces(
    model: FaceModel, faces: AnnotatedFaces, boxes: np.ndarray, track: Track
) -> tuple[np.ndarray, dict[int, str]]:
    """Predict annotated faces.

    Args:
        model (FaceModel): The model.
        faces (AnnotatedFaces): N faces.
        boxes (np.ndarray): (N, 4), x1, y1, x2, y2, image px.
        track (Callable): Wraps the iteration, for a progress bar.

    Returns:
        tuple[np.ndarray, dict[int, str]]: (M, K, 2), image px, of the faces
        that are good; and by number of a face, why it is not.
    """
    reasons: dict[int, str] = {}
    found = [np.zeros((0, model.num_keypoints, 2), np.float32)]
    for start in track(range(0, len(faces), BATCH), 'predicting'):
        images = {}
        for n in range(start, min(start + BATCH, len(faces))):
            try:
                images[n] = _read(faces, n)
            except _UnfitError as error:
                reasons[n] = str(error)
        given = [(boxes[[n]], np.ones(1, np.float32)) for n in images]
        results = model.predict(list(images.values()), given)
        for n, result in zip(images, results, strict=True):
            if np.isfinite(result.keypoints).all():
                found.append(result.keypoints)
            else:
                reasons[n] = 'the model finds no finite keypoints'
    return np.concatenate(found), reasons


def find_mapping(
    model: FaceModel, faces: AnnotatedFaces, track: Track
) -> BoxMapping | None:
    """Measure how annotated boxes relate to those about the model's keypoints.

    Args:
        model (FaceModel): The model.
        faces (AnnotatedFaces): The faces.
        track (Callable): Wraps the iterations, for a progress bar.

    Returns:
        BoxMapping | None: Of square boxes; None where they are of one kind.

    Raises:
        ValueError: No face that was tried can be used.
    """
    step = max(1, len(faces) // MEASURED)
    chosen = set(range(0, len(faces), step))
    others = {n: '' for n in range(len(faces)) if n not in chosen}
    few = faces.without(others)
    mapping = BoxMapping()
    for _ in range(STEPS):
        boxes = mapping(few.boxes)
        found, reasons = predict_faces(model, few, boxes, track)
        if len(reasons) == len(few):
            raise ValueError(
                f'none of {len(few)} faces can be used; the first, annotation '
                f'{few.ids[0]} of {few.files[0]}: {reasons[0]}'
            )
        few = few.without(reasons)
        wanted = square_boxes(tight_boxes(found))
        shift_x, shift_y, scale, _ = np.median(
            relate_boxes(few.boxes, wanted), axis=0
        )
        before, mapping = mapping, BoxMapping(shift_x, shift_y, scale, scale)
        if _alike(before, mapping):
            break
    return None if _alike(mapping, BoxMapping()) else _rounded(mapping)


class _UnfitError(ValueError):
    """A face that an adapter cannot be fitted to."""


def _read(faces: AnnotatedFaces, number: int) -> np.ndarray:
    """Read the picture of a face.

    Raises:
        _UnfitError: It cannot be read, or most keypoints lie outside of it.
    """
    try:
        image = read_image(faces.files[number])
    except FileNotFoundError as error:
        raise _UnfitError('no picture of this name') from error
    except (OSError, ValueError) as error:
        raise _UnfitError('a picture that cannot be read') from error
    points = faces.keypoints[number][faces.visible[number]]
    limit = np.array([image.shape[1], image.shape[0]]) - 0.5
    outside = ((points < -0.5) | (points > limit)).any(axis=1)
    if outside.mean() > 0.5:
        raise _UnfitError('most keypoints lie outside of the picture')
    return image


def _alike(first: BoxMapping, second: BoxMapping) -> bool:
    """Tell whether two mappings give boxes of one kind."""
    shifts = np.hypot(
        first.shift_x - second.shift_x, first.shift_y - second.shift_y
    )
    scale = first.scale_x / second.scale_x
    return bool(shifts < SAME_SHIFT and abs(scale - 1) < SAME_SCALE)


def _rounded(mapping: BoxMapping) -> BoxMapping:
    values = (mapping.shift_x, mapping.shift_y, mapping.scale_x)
    shift_x, shift_y, scale = (round(float(value), 4) for value in values)
    return BoxMapping(shift_x, shift_y, scale, scale)
