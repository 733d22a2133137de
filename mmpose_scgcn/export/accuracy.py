"""What 8 bits cost, on faces whose keypoints are known."""

from functools import lru_cache

from mmpose_scgcn import config_files
from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.apis.face_predictor import FacePredictor
from mmpose_scgcn.datasets.annotated_faces import (
    AnnotatedFaces,
    read_config_faces,
)
from mmpose_scgcn.detection import check_in_image
from mmpose_scgcn.evaluation.functional.nme import face_nme, keypoint_errors
from mmpose_scgcn.evaluation.functional.normalization import (
    Groups,
    face_normalizers,
    resolve_norm,
)
from mmpose_scgcn.images import read_image

import numpy as np

from .faces import CheckFaces, cut_out
from .onnx_files import quiet


def annotated_faces(config: str, model: FaceModel) -> CheckFaces:
    """Read the test set of a config.

    Args:
        config (str): Path or name of the config; its data are there.
        model (FaceModel): What is to be measured.

    Returns:
        CheckFaces: All of its faces, each with the part of its picture that
        lies about it.

    Raises:
        FileNotFoundError: No such config, or its data are not there.
        ValueError: Faces with other keypoints than the model's, or a box
            that is not in its picture.
    """
    cfg = config_files.read_config(config, {})
    with quiet():
        faces = read_config_faces(cfg, 'test')
    count = faces.keypoints.shape[1]
    if count != model.num_keypoints:
        raise ValueError(
            f'--config {config}: expected faces with the '
            f'{model.num_keypoints} keypoints of {model.name}, got {count}'
        )
    images, corners = _cut_faces(faces, f'--config {config}')
    return CheckFaces(
        images,
        list((faces.boxes - np.tile(corners, 2))[:, None]),
        f'test set of {config}',
        faces.keypoints - corners[:, None],
        faces.visible,
        model.model.dataset_meta.get('dataset_name', ''),
    )


def _cut_faces(
    faces: AnnotatedFaces, source: str
) -> tuple[list[np.ndarray], np.ndarray]:
    """Cut faces out of their pictures, which are many and may be large.

    Args:
        faces (AnnotatedFaces): N faces.
        source (str): What they belong to, for the message.

    Returns:
        tuple[list[np.ndarray], np.ndarray]: N parts and their first pixels
        (N, 2), see :func:`.faces.cut_out`.

    Raises:
        ValueError: A box that is not in its picture.
    """
    read = lru_cache(maxsize=1)(read_image)  # of several faces, once
    images, corners = [], []
    for file, box, name in zip(
        faces.files, faces.boxes, faces.ids, strict=True
    ):
        image = read(file)
        check_in_image(box[None], image, f'{source}: annotation {name}')
        part, corner = cut_out(image, box)
        images.append(part)
        corners.append(corner)
    return images, np.stack(corners)


def can_measure(model: FaceModel, faces: CheckFaces) -> bool:
    """Tell whether faces have the keypoints of a model."""
    name = model.model.dataset_meta.get('dataset_name', '')
    return faces.keypoints is not None and faces.dataset == name


def measure_nme(model: FacePredictor, faces: CheckFaces) -> float:
    """Measure the normalised mean error.

    It is by the distance of the outer eye corners, and by the longer side of
    the box where a data set has none.

    Args:
        model (FacePredictor): The model.
        faces (CheckFaces): With keypoints, one face for each image.

    Returns:
        float: The mean over the faces, a fraction.

    Raises:
        ValueError: The keypoints are not known.
    """
    if faces.keypoints is None or faces.visible is None:
        raise ValueError('expected faces with known keypoints')
    found = model(list(faces.images), boxes=list(faces.boxes))
    predicted = np.concatenate([face.keypoints for face in found])
    boxes = np.concatenate(list(faces.boxes))
    norm = _norm(faces.dataset)
    sides = face_normalizers(norm, faces.keypoints, faces.visible, boxes)
    errors = keypoint_errors(predicted, faces.keypoints)
    good = np.isfinite(sides) & (sides > 0)
    each = face_nme(errors[good], faces.visible[good], sides[good])
    return float(each.mean())


def _norm(dataset: str) -> str | Groups:
    """Choose eyes where a data set has them, else the box."""
    try:
        return resolve_norm('inter_ocular', dataset)
    except ValueError:
        return resolve_norm('box_size')
