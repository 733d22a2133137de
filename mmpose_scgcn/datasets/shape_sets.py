"""The shapes of a data set: keypoints and boxes, never images."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_json
from mmpose_scgcn.graph import build_graph
from mmpose_scgcn.shapes import normalize_to_crop
from mmpose_scgcn.structures.coco import PIXEL_STD
from mmpose_scgcn.structures.limits import check_count

import numpy as np

from .readers import check_points, read_points
from .wrappers import samples_of

#: Records that are stacked at once, and what of them.
_AT_ONCE = 1024
_ARRAYS = ('keypoints', 'visible', 'center', 'scale')


@dataclass(frozen=True)
class ShapeSet:
    """Annotated shapes in image px.

    Args:
        keypoints (np.ndarray): (N, K, 2).
        visible (np.ndarray): Boolean (N, K).
        centers (np.ndarray): Box centres (N, 2).
        scales (np.ndarray): Box width and height (N, 2), without padding.
        ids (list): Annotation ids, for messages.
        files (list): Image files, as the annotations name them.
        names (list[str], optional): Keypoint names.
    """

    keypoints: np.ndarray
    visible: np.ndarray
    centers: np.ndarray
    scales: np.ndarray
    ids: list
    files: list
    names: list[str] | None = None

    def __len__(self) -> int:
        """Count the shapes."""
        return len(self.keypoints)

    def graph(
        self,
        top_k: int = 3,
        padding: float = 1.25,
        aspect_ratio: float = 1.0,
    ) -> dict:
        """Build the keypoint graph of these shapes.

        Args:
            top_k (int): Neighbours of each keypoint. Defaults to 3.
            padding (float): Crop size over box size. Defaults to 1.25.
            aspect_ratio (float): Width over height of the network input.
                Defaults to 1.0.

        Returns:
            dict: See :func:`mmpose_scgcn.graph.build_graph`.

        Raises:
            ValueError: As :func:`mmpose_scgcn.graph.build_graph`.
        """
        normalized = normalize_to_crop(
            self.keypoints, self.centers, self.scales, padding, aspect_ratio
        )
        return build_graph(
            self.keypoints, self.visible, normalized, top_k, self.names
        )


def collect_shapes(
    dataset: Any, track: Callable[[Iterable], Iterable] = iter
) -> ShapeSet:
    """Read all shapes of an MMPose data set, wrapped or not.

    All wrappers are looked into (:mod:`.wrappers`); no image is opened.

    Args:
        dataset (BaseDataset): The data set.
        track (Callable): Wraps the iteration, for a progress bar.

    Returns:
        ShapeSet: One shape per annotated instance with a visible keypoint.

    Raises:
        ValueError: Coordinates that are not finite, an empty box, or
            instances with different numbers of keypoints; the message names
            annotation and image.
    """
    samples = list(dict.fromkeys(samples_of(dataset)))  # each once
    records = (r for s in track(samples) for r in _instances(s.read()))
    metainfo = getattr(dataset, 'metainfo', None) or {}
    id2name = metainfo.get('keypoint_id2name', {})
    names = [id2name[i] for i in sorted(id2name)] or None
    return _stack(records, names)


def shapes_from_coco(
    ann_file: str | Path, track: Callable[[Iterable], Iterable] = iter
) -> ShapeSet:
    """Read all shapes of a COCO keypoint file.

    Boxes are MMPose's face convention, ``center`` and ``scale`` (times
    200 px), where both are there, otherwise ``bbox`` (x, y, w, h).

    Args:
        ann_file (str | Path): The JSON file.
        track (Callable): Wraps the iteration, for a progress bar.

    Returns:
        ShapeSet: One shape per annotation with a visible keypoint, crowds
        left out, as in MMPose.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not a COCO keypoint file; see also
            :func:`collect_shapes`.
    """
    try:
        content = read_json(ann_file)
        annotations = _objects(content['annotations'])
        images = _objects(content['images'])
        files = {str(i['id']): i.get('file_name') for i in images}
        categories = _objects(content.get('categories') or [{}])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(
            f'{ann_file}: expected a COCO JSON with images and annotations '
            f'({type(error).__name__}: {error})'
        ) from error
    records = (
        _coco_record(a, files.get(str(a.get('image_id'))), ann_file)
        for a in track(annotations)
        if a.get('keypoints') and not a.get('iscrowd')
    )
    names = categories[0].get('keypoints')
    return _stack(records, names if isinstance(names, list) else None)


def _objects(listed: Any) -> list[Mapping]:
    """Check a list of JSON objects."""
    if not isinstance(listed, list):
        raise TypeError(f'expected a list, got {listed!r:.40}')
    for entry in listed:
        if not isinstance(entry, Mapping):
            raise TypeError(f'expected an object, got {entry!r:.40}')
    return listed


def _instances(info: Mapping) -> Iterator[dict]:
    """Split MMPose's data info into records of single instances."""
    keypoints, visible = read_points(info)
    boxes = np.asarray(info['bbox'], dtype=np.float64)
    centers = info.get('bbox_center', (boxes[:, :2] + boxes[:, 2:]) / 2)
    scales = info.get('bbox_scale', boxes[:, 2:] - boxes[:, :2])
    for index in range(len(keypoints)):
        yield dict(
            keypoints=keypoints[index],
            visible=visible[index],
            center=centers[index],
            scale=scales[index],
            id=info.get('id'),
            file=info.get('img_path'),
        )


def _coco_record(annotation: Mapping, file: Any, ann_file: Any) -> dict:
    """Turn one COCO annotation into a record."""
    where = f'{ann_file}: annotation {annotation.get("id")}'
    try:
        flat = np.asarray(annotation['keypoints'], dtype=np.float64)
    except (OverflowError, TypeError, ValueError):
        flat = np.empty(1)  # not numbers at all
    if flat.ndim != 1 or len(flat) % 3:
        raise ValueError(
            f'{where}: keypoints must be a flat list of numbers, x, y, v of '
            'each'
        )
    points = flat.reshape(-1, 3)
    check_count(len(points), where)
    try:
        center, scale = _coco_box(annotation)
    except KeyError as error:
        raise ValueError(f'{where} has no bbox') from error
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(
            f'{where}: expected numbers as its box, center and scale'
        ) from error
    return dict(
        keypoints=points[:, :2],
        visible=points[:, 2] > 0,
        center=center,
        scale=scale,
        id=annotation.get('id'),
        file=file,
    )


def _coco_box(annotation: Mapping) -> tuple[np.ndarray, np.ndarray]:
    """Read centre and size (2,) of a box, px."""
    if 'center' in annotation and 'scale' in annotation:
        center = np.asarray(annotation['center'], dtype=np.float64)
        scale = np.full(2, 1.0) * annotation['scale'] * PIXEL_STD
        return center.reshape(2), scale
    box = np.asarray(annotation['bbox'], dtype=np.float64).reshape(4)
    return box[:2] + box[2:] / 2, box[2:]


def _stack(records: Iterable[dict], names: list[str] | None) -> ShapeSet:
    """Check the records and stack them; those that show nothing go.

    A record takes more memory than its numbers: they are stacked as they
    come.
    """
    size, ids, files = 0, [], []
    stacks: dict[str, list] = {name: [] for name in _ARRAYS}
    shown = (r for r in records if r['visible'].any())
    while part := list(islice(shown, _AT_ONCE)):
        size = size or len(part[0]['keypoints'])
        for record in part:
            _check_record(record, size)
        for name, stacked in stacks.items():
            stacked.append(np.stack([r[name] for r in part]))
        ids += [r['id'] for r in part]
        files += [r['file'] for r in part]
    if not size:
        raise ValueError('no annotation with a visible keypoint')
    if names is not None and len(names) != size:
        names = None  # files with an empty or foreign list of names
    points, visible, centers, scales = (
        np.concatenate(stacks.pop(name)) for name in _ARRAYS
    )
    return ShapeSet(points, visible, centers, scales, ids, files, names)


def _check_record(record: dict, size: int) -> None:
    """Check keypoints and box of a record."""
    where = check_points(record, size)
    box = [*record['center'], *record['scale']]
    if not np.isfinite(box).all() or min(record['scale']) <= 0:
        raise ValueError(
            f'{where}: expected a box with an area, got centre '
            f'{list(map(float, box[:2]))}, size '
            f'{list(map(float, box[2:]))}'
        )
