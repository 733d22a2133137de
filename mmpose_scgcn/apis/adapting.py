"""Fitting an adapter to a model's predictions of annotated faces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mmpose_scgcn.adaptation import (
    PENALTIES,
    Adapters,
    LabelPairs,
    choose_penalty,
    cross_validate,
    fit_adapters,
)
from mmpose_scgcn.datasets.annotated_faces import AnnotatedFaces
from mmpose_scgcn.detection import BoxMapping

import numpy as np
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from .adapting_boxes import Track, find_mapping, predict_faces
from .face_model import FaceModel

#: With fewer faces there is no adapter, and none for a keypoint that is
#: annotated in fewer faces.
LEAST_FACES = 10
LEAST_OF_KEYPOINT = 5


@dataclass(frozen=True)
class Adaptation:
    """An adapter, and how well it does.

    Args:
        faces (AnnotatedFaces): The N faces that it was fitted to.
        dataset_meta (dict): MMPose's description of their J keypoints.
        predicted (np.ndarray): (N, K, 2), image px, the model's own.
        adapters (Adapters): For each of ``PENALTIES``, fitted to all faces.
        held_out (np.ndarray): (L, N, J, 2), image px, each face adapted by
            what was fitted without it.
        chosen (int): The place of the best penalty.
        mapping (BoxMapping, optional): From the boxes of the annotations to
            the model's, where they are of another kind.
    """

    faces: AnnotatedFaces
    dataset_meta: dict
    predicted: np.ndarray
    adapters: Adapters
    held_out: np.ndarray
    chosen: int
    mapping: BoxMapping | None

    @property
    def nearest(self) -> np.ndarray:
        """(J,), the source keypoint that moves most like each keypoint."""
        return self.adapters.maps.shares.argmax(dim=1).numpy()

    @property
    def penalty(self) -> float:
        """The one that was chosen; infinity for offsets alone."""
        return PENALTIES[self.chosen]

    def state(self) -> dict:
        """Give the chosen adapter's numbers, for a ``KeypointAdapter``."""
        return self.adapters.state(self.chosen)


def adapt(
    model: FaceModel,
    faces: AnnotatedFaces,
    groups: Callable[[str], str] = str,
    seed: int = 0,
    track: Track = lambda items, name: items,
) -> Adaptation:
    """Fit an adapter, its penalty chosen by cross-validation.

    Args:
        model (FaceModel): A model without an adapter.
        faces (AnnotatedFaces): The faces.
        groups (Callable): Tells from the name of a picture its group; faces
            of one are held out together. Defaults to the name itself.
        seed (int): Of the parts in cross-validation. Defaults to 0.
        track (Callable): Wraps long iterations, which have names, for a
            progress bar.

    Returns:
        Adaptation: The adapter and its errors.

    Raises:
        ValueError: Too few faces, a keypoint that is annotated in too few of
            them, a description of other keypoints, or a model that has an
            adapter already or is exported.
    """
    if not isinstance(model, FaceModel):
        raise ValueError(
            'expected a model of PyTorch (a name, a published file, or a '
            'config with its checkpoint), got an exported folder, '
            f'{model.name}; adapt the model that it was made of, and export '
            'the result'
        )
    if hasattr(model.model, 'adapter'):
        raise ValueError(
            f'{model.name} has an adapter already; give the model that it '
            'was fitted to'
        )
    meta = describe(faces)
    check_faces(faces)
    mapping = find_mapping(model, faces, track)
    boxes = faces.boxes if mapping is None else mapping(faces.boxes)
    predicted, reasons = predict_faces(model, faces, boxes, track)
    faces = faces.without(reasons)
    check_faces(faces)
    pairs = LabelPairs(
        predicted,
        faces.keypoints,
        faces.visible,
        *flips_of(model.model.dataset_meta, meta),
    )
    names = [groups(str(file)) for file in faces.files]
    held_out = cross_validate(
        pairs, names, seed=seed, track=lambda items: track(items, 'fitting')
    )
    adapters, chosen = fit_adapters(pairs), choose_penalty(held_out, pairs)
    return Adaptation(
        faces, meta, predicted, adapters, held_out, chosen, mapping
    )


def describe(faces: AnnotatedFaces) -> dict:
    """Read what the keypoints of a data set are.

    Raises:
        ValueError: The description is of another number of keypoints.
    """
    from mmpose.registry import DATASETS

    settings = faces.dataset
    metainfo = settings.get('metainfo')
    if not metainfo:
        metainfo = DATASETS.get(settings['type']).METAINFO
    meta = parse_pose_metainfo(metainfo)
    count = faces.keypoints.shape[1]
    if meta['num_keypoints'] != count:
        raise ValueError(
            f'the annotations have {count} keypoints, and their description '
            f'({metainfo.get("from_file", "metainfo")}) has '
            f'{meta["num_keypoints"]}'
        )
    return meta


def check_faces(faces: AnnotatedFaces) -> None:
    """Check that there are enough faces.

    Raises:
        ValueError: There are not, or not with each keypoint.
    """
    if len(faces) < LEAST_FACES:
        text = '; '.join(f'{count} {why}' for why, count in reasons_of(faces))
        raise ValueError(
            f'an adapter needs {LEAST_FACES} faces or more, better 20 to 500, '
            f'got {len(faces)}' + (f' (left out: {text})' if text else '')
        )
    counts = faces.visible.sum(axis=0)
    rare = np.flatnonzero(counts < LEAST_OF_KEYPOINT)
    if len(rare):
        raise ValueError(
            f'each keypoint has to be annotated in {LEAST_OF_KEYPOINT} faces '
            f'or more; keypoint {rare[0]} is in {counts[rare[0]]}'
            + (f' ({len(rare)} keypoints are too rare)' * (len(rare) > 1))
        )


def reasons_of(faces: AnnotatedFaces) -> list[tuple[str, int]]:
    """Count why faces are left out."""
    reasons = [why for _, why in faces.left_out]
    return [(why, reasons.count(why)) for why in dict.fromkeys(reasons)]


def flips_of(
    source: dict, target: dict
) -> tuple[Sequence[int] | None, Sequence[int] | None]:
    """Find mirror partners, if both kinds of keypoints have some."""
    pairs = [list(meta['flip_indices']) for meta in (source, target)]
    if any(partners == sorted(partners) for partners in pairs):
        return None, None
    return pairs[0], pairs[1]
