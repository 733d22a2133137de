"""What 8 bits cost, on faces whose keypoints are known."""

from mmpose_scgcn import config_files
from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.apis.face_predictor import FacePredictor
from mmpose_scgcn.datasets.annotated_faces import read_config_faces
from mmpose_scgcn.evaluation.functional.nme import face_nme, keypoint_errors
from mmpose_scgcn.evaluation.functional.normalization import (
    Groups,
    face_normalizers,
    resolve_norm,
)
from mmpose_scgcn.images import read_image

import numpy as np

from .faces import CheckFaces
from .onnx_files import quiet


def annotated_faces(config: str, model: FaceModel) -> CheckFaces:
    """Read the test set of a config.

    Args:
        config (str): Path or name of the config; its data are there.
        model (FaceModel): What is to be measured.

    Returns:
        CheckFaces: All of its faces.

    Raises:
        FileNotFoundError: No such config, or its data are not there.
        ValueError: Faces with other keypoints than the model's.
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
    return CheckFaces(
        [read_image(file) for file in faces.files],
        list(faces.boxes[:, None]),
        f'test set of {config}',
        faces.keypoints,
        faces.visible,
        model.model.dataset_meta.get('dataset_name', ''),
    )


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
