"""Annotations of drawn faces, in the layout of WFLW's."""

from mmpose_scgcn.structures.coco import annotation_entry

import numpy as np

#: COCO's flag, the same for all keypoints, as in MMPose's WFLW files.
_LABELED = 1


def face_entry(
    face_id: int, keypoints: np.ndarray, attributes: dict, factors: dict
) -> dict:
    """Make the annotation of the only face of an image.

    The box is the tight box of the landmarks.

    Args:
        face_id (int): Of the annotation and of its image.
        keypoints (np.ndarray): (98, 2), image px.
        attributes (dict): The six WFLW attributes.
        factors (dict): Extra values, kept as they are.

    Returns:
        dict: Ready for JSON.
    """
    points = np.round(np.asarray(keypoints, dtype=np.float64), 3)
    return annotation_entry(
        points,
        np.full(len(points), _LABELED),
        np.concatenate([points.min(axis=0), points.max(axis=0)]),
        (face_id, face_id),
        dict(attributes=attributes, factors=factors),
    )
