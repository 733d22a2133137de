"""COCO-style annotations as MMPose's ``WFLWDataset`` reads them."""

import numpy as np

CATEGORIES = [
    dict(supercategory='person', id=1, name='face', keypoints=[], skeleton=[])
]
PIXEL_STD = 200.0  # WFLWDataset multiplies the stored scale by it


def image_entry(image_id: int, file_name: str, size: int) -> dict:
    """The entry of one square picture."""
    return dict(id=image_id, file_name=file_name, height=size, width=size)


def face_entry(
    face_id: int, keypoints: np.ndarray, attributes: dict, factors: dict
) -> dict:
    """The annotation of the only face of a picture.

    The box is the tight box of the landmarks, ``center`` its middle and
    ``scale`` its longer side over 200, as in MMPose's WFLW files.

    Args:
        face_id (int): Of the annotation and of its picture.
        keypoints (np.ndarray): (98, 2), image px.
        attributes (dict): The six WFLW attributes.
        factors (dict): Extra values, kept as they are.

    Returns:
        dict: Ready for JSON.
    """
    points = np.round(np.asarray(keypoints, dtype=np.float64), 3)
    low, high = points.min(0), points.max(0)
    width, height = (high - low).tolist()
    visible = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    return dict(
        id=face_id,
        image_id=face_id,
        category_id=1,
        iscrowd=0,
        num_keypoints=len(points),
        keypoints=visible.ravel().tolist(),
        bbox=np.round([*low, width, height], 3).tolist(),
        area=round(width * height, 3),
        center=np.round((low + high) / 2, 4).tolist(),
        scale=round(max(width, height) / PIXEL_STD, 6),
        attributes=attributes,
        factors=factors,
    )


def annotation_file(entries: list) -> dict:
    """The content of one annotation file from (image, face) entries."""
    return dict(
        info=dict(description='synthetic faces, 98 WFLW landmarks'),
        categories=CATEGORIES,
        images=[image for image, _ in entries],
        annotations=[face for _, face in entries],
    )
