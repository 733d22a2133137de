"""Faces that are in an annotation file and not in the data set."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from mmpose_scgcn.datasets.records import Records
from mmpose_scgcn.datasets.wrappers import read_annotation
from mmpose_scgcn.evaluation.metrics import FaceAlignmentMetric

from mmengine.evaluator import BaseMetric
from mmengine.fileio import load
from mmpose.datasets.datasets import (
    AFLWDataset,
    Face300VWDataset,
    Face300WDataset,
    WFLWDataset,
)

from .faces import Faces
from .findings import Findings, some

#: They make the box of an annotation's ``center`` and ``scale``.
_CENTERED = (AFLWDataset, Face300VWDataset, Face300WDataset, WFLWDataset)
_ELSE = 'left out by the class or its filter_cfg'


def check_dropped(faces: Faces, metrics: Iterable[BaseMetric]) -> Findings:
    """Tell of faces that MMPose's data set classes leave out, and why.

    Args:
        faces (Faces): Of one part of a run.
        metrics (Iterable[BaseMetric]): Those of ours report the number too.

    Returns:
        Findings: A warning for each annotation file.
    """
    found, total = Findings(), 0
    for leaf in faces.leaves:
        dropped = dropped_faces(leaf)
        count = sum(map(len, dropped.values()))
        total += count
        if not count:
            continue
        reasons = '; '.join(
            f'{len(ids)} {reason} (ids {some(ids)})'
            for reason, ids in dropped.items()
        )
        use = 'learned from' if faces.where == 'training' else 'scored'
        found.warnings.append(
            f'{faces.where}: {count} of {count + len(leaf)} faces of '
            f'{leaf.ann_file} are dropped by {type(leaf).__name__} and not '
            f'{use}: {reasons}'
        )
    for metric in metrics:
        if isinstance(metric, FaceAlignmentMetric):
            metric.num_dropped_faces = total
    return found


def dropped_faces(leaf: Any) -> dict[str, list]:
    """Find the annotations that a data set does not hold.

    Args:
        leaf (BaseDataset): MMPose's, top-down, with all of its file.

    Returns:
        dict[str, list]: Ids by reason; empty also for a data set of other
        make, or one that is told to use a part of its file.

    Raises:
        ValueError: An id that occurs twice.
    """
    if not _holds_all_of_a_file(leaf):
        return {}
    records = getattr(leaf, 'data_list', None)
    if isinstance(records, Records):  # the file may have millions of faces
        return records.remember('dropped', partial(_find_dropped, leaf))
    return _find_dropped(leaf)


def _find_dropped(leaf: Any) -> dict[str, list]:
    """Compare a data set with its file."""
    content = load(leaf.ann_file)
    _check_ids(content, leaf.ann_file)
    kept = {read_annotation(leaf, i)['id'] for i in range(len(leaf))}
    images = {image['id']: image for image in content['images']}
    centered = reads_center(type(leaf))
    reasons: dict[str, list] = {}
    for annotation in content['annotations']:
        if annotation['id'] not in kept:
            image = images.get(annotation.get('image_id'))
            reason = why_dropped(annotation, image, centered) or _ELSE
            reasons.setdefault(reason, []).append(annotation['id'])
    return reasons


def _check_ids(content: Mapping, ann_file: str) -> None:
    """Raise if COCO's reader would take one annotation for another."""
    for part in ('images', 'annotations'):
        counts = Counter(entry['id'] for entry in content[part])
        twice = [key for key, count in counts.items() if count > 1]
        if twice:
            raise ValueError(
                f'{ann_file}: {len(twice)} ids of {part} occur more than '
                f'once, and all but one of each are lost: {some(twice)}; '
                'number them anew'
            )


def _holds_all_of_a_file(leaf: Any) -> bool:
    """Tell whether every annotation of a file should be in a data set."""
    name = getattr(leaf, 'ann_file', None)
    return (
        isinstance(name, str)
        and name.endswith('.json')
        and getattr(leaf, 'data_mode', None) == 'topdown'
        and not getattr(leaf, 'bbox_file', None)
        and getattr(leaf, 'sample_interval', 1) == 1
        and getattr(leaf, '_indices', None) is None
    )


def reads_center(kind: type | None) -> bool:
    """Tell whether a data set makes boxes of ``center`` and ``scale``.

    Args:
        kind (type, optional): A class of MMPose's, or one that inherits from
            it.

    Returns:
        bool: It never reads ``bbox``.
    """
    return isinstance(kind, type) and issubclass(kind, _CENTERED)


def why_dropped(
    annotation: Mapping, image: Mapping | None, centered: bool = False
) -> str | None:
    """Say why MMPose leaves an annotation out.

    Args:
        annotation (Mapping): Of a file in the form of COCO.
        image (Mapping, optional): The entry of its image.
        centered (bool): See :func:`reads_center`. Defaults to False.

    Returns:
        str, optional: None where nothing in the file says so.
    """
    if image is None:
        return 'of an image that the file does not list'
    if 'keypoints' not in annotation:
        return 'without keypoints'
    if 'bbox' not in annotation and not centered:
        return 'without a bbox'
    if annotation.get('iscrowd'):
        return 'marked iscrowd'
    points = annotation['keypoints']
    if annotation.get('num_keypoints') == 0:
        return 'with num_keypoints 0'
    if centered and not annotation['scale'] > 0:
        return 'with a scale that is not above 0'
    if not centered and not _has_area(annotation['bbox'], image):
        return 'with a bbox that has no area inside the image'
    # Without any keypoint, MMPose fails where it looks for the largest.
    if points and not any(v > 0 for i, v in enumerate(points) if i % 3 < 2):
        return 'without a coordinate above 0'
    if 'num_keypoints' not in annotation and not any(
        v > 0 for v in points[2::3]
    ):
        return 'without a visible keypoint'
    return None


def _has_area(bbox: list, image: Mapping) -> bool:
    """Tell whether a box has an area inside its image."""
    x, y, width, height = bbox
    right = min(x + width, image.get('width', float('inf')) - 1)
    below = min(y + height, image.get('height', float('inf')) - 1)
    return right > max(x, 0) and below > max(y, 0)
