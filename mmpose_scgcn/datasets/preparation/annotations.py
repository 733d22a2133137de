"""COCO keypoint files as MMPose's data set classes read them."""

from collections.abc import Mapping, Sequence

import numpy as np

from .records import ABSENT, Face

PIXEL_STD = 200.0  # MMPose's face sets multiply the stored scale by it
BOX_KINDS = ('landmarks', 'given')


def check_box_kind(kind: str) -> None:
    """Check that a kind of box is known.

    Args:
        kind (str): One of ``BOX_KINDS``.

    Raises:
        ValueError: Another one.
    """
    if kind not in BOX_KINDS:
        raise ValueError(
            f'expected a kind of box among {", ".join(BOX_KINDS)}, got '
            f'{kind!r}'
        )


def face_box(face: Face, kind: str, padding: float = 0.0) -> np.ndarray:
    """Compute the box of a face.

    Args:
        face (Face): The face.
        kind (str): ``'landmarks'``, the tight box of the annotated
            keypoints, or ``'given'``, the data set's own.
        padding (float): Added on each side, as a fraction of the box's width
            and height. Defaults to 0.

    Returns:
        np.ndarray: x1, y1, x2, y2 (4,), image px.

    Raises:
        ValueError: An unknown kind, no such box, or one without an area.
    """
    check_box_kind(kind)
    if kind == 'given':
        box = np.array(face.box if face.box is not None else [np.nan] * 4)
    else:
        points = face.keypoints[face.flags != ABSENT]
        if not len(points):
            raise ValueError('no annotated keypoint')
        box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    size = box[2:] - box[:2]
    if not (np.isfinite(box).all() and (size > 0).all()):
        raise ValueError(f'no {kind} box with an area, got {box.tolist()}')
    margin = padding * size
    return np.concatenate([box[:2] - margin, box[2:] + margin])


def annotation_entry(
    face: Face, box: np.ndarray, face_id: int, image_id: int
) -> dict:
    """Make a face's annotation.

    ``bbox`` is the box; ``center`` and ``scale`` (longer side over 200 px)
    are the square about it that MMPose's ``WFLWDataset``,
    ``Face300WDataset`` and ``AFLWDataset`` read instead.

    Args:
        face (Face): The face.
        box (np.ndarray): x1, y1, x2, y2 (4,), image px.
        face_id (int): Its id.
        image_id (int): Its image's id.

    Returns:
        dict: Ready for JSON; keypoints that are not annotated are 0, 0, 0.
    """
    known = face.flags != ABSENT
    points = np.where(known[:, None], face.keypoints, 0)
    width, height = (box[2:] - box[:2]).tolist()
    return dict(
        id=face_id,
        image_id=image_id,
        category_id=1,
        iscrowd=0,
        num_keypoints=int(known.sum()),
        keypoints=np.column_stack([points, face.flags])
        .round(4)
        .ravel()
        .tolist(),
        bbox=np.round([*box[:2], width, height], 4).tolist(),
        area=round(width * height, 4),
        center=((box[:2] + box[2:]) / 2).round(4).tolist(),
        scale=round(max(width, height) / PIXEL_STD, 8),
        **face.fields,
    )


def annotation_file(
    faces: Sequence[Face],
    boxes: Mapping[Face, np.ndarray],
    sizes: Mapping[str, tuple[int, int]],
    ids: Mapping[Face, int],
    image_ids: Mapping[str, int],
    names: Sequence[str],
    info: Mapping,
) -> dict:
    """Make the content of an annotation file.

    Args:
        faces (Sequence[Face]): N faces.
        boxes (Mapping): Their boxes.
        sizes (Mapping): Width and height of each image file, px.
        ids (Mapping): Their annotation ids.
        image_ids (Mapping): Ids of the image files.
        names (Sequence[str]): Keypoint names (K,).
        info (Mapping): What the file says of itself.

    Returns:
        dict: Ready for JSON.
    """
    files = dict.fromkeys(face.file for face in faces)
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
        images=[
            dict(
                id=image_ids[file],
                file_name=file,
                width=sizes[file][0],
                height=sizes[file][1],
            )
            for file in files
        ],
        annotations=[
            annotation_entry(
                face, boxes[face], ids[face], image_ids[face.file]
            )
            for face in faces
        ],
    )
