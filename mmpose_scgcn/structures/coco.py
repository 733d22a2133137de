"""COCO keypoint files as MMPose's face data sets read them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

#: MMPose's ``WFLWDataset``, ``Face300WDataset`` and ``AFLWDataset`` multiply
#: the stored ``scale`` of a box by this, px.
PIXEL_STD = 200.0


def image_entry(image_id: int, file: str, width: int, height: int) -> dict:
    """Make the entry of an image.

    Args:
        image_id (int): Its id.
        file (str): Its name, relative to the images' folder.
        width (int): Px.
        height (int): Px.

    Returns:
        dict: Ready for JSON.
    """
    return dict(id=image_id, file_name=file, width=width, height=height)


def annotation_entry(
    keypoints: np.ndarray,
    flags: np.ndarray,
    box: np.ndarray,
    ids: tuple[int, int],
    fields: Mapping,
) -> dict:
    """Make the entry of a face.

    ``bbox`` is the box; ``center`` and ``scale`` (longer side over 200 px)
    are the square about it that MMPose's ``WFLWDataset``,
    ``Face300WDataset`` and ``AFLWDataset`` read instead.

    Args:
        keypoints (np.ndarray): (K, 2), image px.
        flags (np.ndarray): COCO's (K,): 0 not annotated, 1 annotated or
            occluded, 2 visible.
        box (np.ndarray): x1, y1, x2, y2 (4,), image px.
        ids (tuple[int, int]): Of the annotation and of its image.
        fields (Mapping): More of the annotation, such as ``attributes``.

    Returns:
        dict: Ready for JSON; keypoints that are not annotated are 0, 0, 0.
    """
    known = flags != 0
    points = np.where(known[:, None], keypoints, 0)
    width, height = (box[2:] - box[:2]).tolist()
    triples = np.column_stack([points, flags]).round(4)
    return dict(
        id=ids[0],
        image_id=ids[1],
        category_id=1,
        iscrowd=0,
        num_keypoints=int(known.sum()),
        keypoints=triples.ravel().tolist(),
        bbox=np.round([*box[:2], width, height], 4).tolist(),
        area=round(width * height, 4),
        center=((box[:2] + box[2:]) / 2).round(4).tolist(),
        scale=round(max(width, height) / PIXEL_STD, 8),
        **fields,
    )


def annotation_file(
    images: Iterable[dict],
    annotations: Iterable[dict],
    names: Sequence[str],
    info: Mapping,
) -> dict:
    """Make the content of an annotation file.

    Args:
        images (Iterable[dict]): See :func:`image_entry`.
        annotations (Iterable[dict]): See :func:`annotation_entry`.
        names (Sequence[str]): Keypoint names (K,), or none.
        info (Mapping): What the file says of itself.

    Returns:
        dict: Ready for JSON.
    """
    category = dict(
        supercategory='person',
        id=1,
        name='face',
        keypoints=list(names),
        skeleton=[],
    )
    return dict(
        info=dict(info),
        categories=[category],
        images=list(images),
        annotations=list(annotations),
    )
