"""Annotated faces with their pictures, from a COCO file or a config."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mmpose_scgcn.datasets.preparation.metainfo import (
    mean_places,
    metainfo_source,
    parse_flip_pairs,
)
from mmpose_scgcn.datasets.preparation.mirror_pairs import find_flip_indices
from mmpose_scgcn.datasets.preparation.output import IMAGES, METAINFO
from mmpose_scgcn.files import read_json
from mmpose_scgcn.inside import check_inside
from mmpose_scgcn.structures.boxes import square_boxes

import numpy as np
from mmengine.config import Config
from mmengine.logging import print_log

from .build import build_split
from .keypoint_description import read_description
from .pipeline import pipelines_of
from .shape_sets import ShapeSet, collect_shapes, shapes_from_coco

#: A box with a shorter side holds no face, px.
LEAST_SIDE = 8.0


@dataclass(frozen=True)
class AnnotatedFaces:
    """N faces with the J keypoints of a data set.

    Args:
        keypoints (np.ndarray): (N, J, 2), image px, from (0, 0).
        visible (np.ndarray): Boolean (N, J).
        boxes (np.ndarray): (N, 4), x1, y1, x2, y2, square, image px.
        ids (Sequence): Of the annotations, for messages.
        files (Sequence[Path]): The picture of each face.
        dataset (Mapping): Config of the data set, without pipeline.
        origin (float): What the annotation file counts pixels from.
        left_out (Sequence[tuple[object, str]]): Id of an annotation that is
            not among these, and why.
    """

    keypoints: np.ndarray
    visible: np.ndarray
    boxes: np.ndarray
    ids: Sequence
    files: Sequence[Path]
    dataset: Mapping
    origin: float = 0.0
    left_out: Sequence[tuple[object, str]] = ()

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.keypoints)

    def without(self, reasons: Mapping[int, str]) -> 'AnnotatedFaces':
        """Leave out some faces.

        Args:
            reasons (Mapping[int, str]): Why, by number of the face.

        Returns:
            AnnotatedFaces: The others.
        """
        kept = [n for n in range(len(self)) if n not in reasons]
        gone = [(self.ids[n], reasons[n]) for n in sorted(reasons)]
        return replace(
            self,
            keypoints=self.keypoints[kept],
            visible=self.visible[kept],
            boxes=self.boxes[kept],
            ids=[self.ids[n] for n in kept],
            files=[self.files[n] for n in kept],
            left_out=[*self.left_out, *gone],
        )


def read_coco_faces(
    ann_file: str | Path,
    images: str | Path | None = None,
    metainfo: str | Path | None = None,
    flip_pairs: str = 'infer',
    origin: float = 0.0,
) -> AnnotatedFaces:
    """Read the faces of a COCO keypoint file.

    Args:
        ann_file (str | Path): Such as ``tools/prepare_dataset.py`` writes.
        images (str | Path, optional): Folder of the pictures. Defaults to
            None: ``images`` beside the file if it is there, else the file's
            own folder.
        metainfo (str | Path, optional): MMPose's description of the
            keypoints. Defaults to None: ``metainfo.py`` beside the file if it
            is there; else the names in the file and ``flip_pairs``.
        flip_pairs (str): ``infer``, ``none``, or a list such as
            ``0-16,1-15``. Defaults to ``infer``: from the mean shape.
        origin (float): Coordinates of the first pixel's centre in the file.
            Defaults to 0.

    Returns:
        AnnotatedFaces: Those with a visible keypoint.

    Raises:
        FileNotFoundError: No such file or folder.
        ValueError: It is no COCO keypoint file, it names a picture outside of
            the folder of the pictures, its faces have different numbers of
            keypoints, or nothing describes the keypoints.
    """
    file = Path(ann_file)
    if not file.is_file():
        raise FileNotFoundError(f'no annotation file {file}')
    try:
        shapes = shapes_from_coco(file)
    except ValueError as error:
        text = str(error)
        raise ValueError(
            text if str(file) in text else f'{file}: {text}'
        ) from error
    beside = file.parent / IMAGES
    folder = Path(images or (beside if beside.is_dir() else file.parent))
    if not folder.is_dir():
        raise FileNotFoundError(f'no folder of pictures {folder}')
    own = file.parent / METAINFO
    described: Mapping
    if metainfo is not None:
        described = dict(from_file=str(metainfo))
    elif own.is_file() and flip_pairs == 'infer':
        described = read_description(own)
    else:
        described = _describe(shapes, file.stem, flip_pairs)
    dataset = dict(
        type='CocoDataset',
        data_mode='topdown',
        ann_file=str(file.resolve()),
        data_prefix=dict(img=f'{folder.resolve().as_posix()}/'),
        metainfo=described,
        test_mode=True,
    )
    files = [folder / str(name) for name in shapes.files]
    for name in map(str, shapes.files):
        check_inside(folder, name, str(file))
    listed = read_json(file)['annotations']
    known = set(shapes.ids)
    gone = [
        (a.get('id'), 'no annotated keypoint')
        for a in listed
        if a.get('id') not in known
    ]
    return _from_shapes(shapes, files, dataset, origin, gone)


def read_config_faces(cfg: Config, split: str) -> AnnotatedFaces:
    """Read the faces of a config's data set.

    Args:
        cfg (Config): The config. If its pipeline has ``ShiftKeypointOrigin``,
            keypoints are shifted in the same way.
        split (str): ``train``, ``val`` or ``test``.

    Returns:
        AnnotatedFaces: Their ``dataset`` is that of the test set, or of this
        split where there is none.

    Raises:
        FileNotFoundError, ValueError: See
            :func:`.build.build_split` and :func:`.shape_sets.collect_shapes`.
    """
    dataset = build_split(cfg, split)
    shapes = collect_shapes(dataset)
    origins = [
        transform.origin
        for transform in pipelines_of(dataset)[0]
        if type(transform).__name__ == 'ShiftKeypointOrigin'
    ]
    test = cfg.get('test_dataloader') or cfg[f'{split}_dataloader']
    settings = {**test.dataset.to_dict(), 'test_mode': True}
    settings.pop('pipeline', None)
    files = [Path(str(name)) for name in shapes.files]
    return _from_shapes(shapes, files, settings, sum(origins), [])


def _from_shapes(
    shapes: ShapeSet,
    files: list[Path],
    dataset: Mapping,
    origin: float,
    left_out: list[tuple[object, str]],
) -> AnnotatedFaces:
    """Put faces together, without those that are too small."""
    half = shapes.scales / 2
    boxes = np.hstack([shapes.centers - half, shapes.centers + half])
    faces = AnnotatedFaces(
        shapes.keypoints - origin,
        shapes.visible,
        square_boxes(boxes),
        shapes.ids,
        files,
        dataset,
        origin,
        left_out,
    )
    small = np.flatnonzero(shapes.scales.max(axis=1) < LEAST_SIDE)
    reason = f'a box of less than {LEAST_SIDE:g} px'
    return faces.without(dict.fromkeys(small.tolist(), reason))


def _describe(shapes: ShapeSet, name: str, flip_pairs: str) -> dict:
    """Describe keypoints that have no description of their own."""
    count = shapes.keypoints.shape[1]
    if flip_pairs == 'infer':
        partners, named = find_flip_indices(
            shapes.keypoints, shapes.visible, shapes.names or []
        )
        if named is not None and (named != partners).any():
            print_log(
                f'{name}: the names of the keypoints say other flip pairs '
                'than their places, which are taken; --flip-pairs says which',
                logger='current',
                level=logging.WARNING,
            )
    else:
        partners = parse_flip_pairs(flip_pairs, count)
    mean_x = mean_places(shapes.keypoints, shapes.visible)
    source = metainfo_source(name, partners, mean_x)
    described = Config.fromstring(source, '.py').dataset_info.to_dict()
    names = shapes.names or []
    if len(set(names)) == count and all(names):
        for index, entry in described['keypoint_info'].items():
            partner = int(partners[index])
            entry['name'] = names[index]
            entry['swap'] = names[partner] if partner != index else ''
    return described
