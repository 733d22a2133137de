"""What is told about single faces: result columns, ids and warnings."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
from mmengine.logging import print_log

from .face_samples import FaceSample
from .functional import FaceScores
from .functional.face_results import SUBSET

MAX_IDS = 20


def result_columns(
    faces: Sequence[FaceSample],
    scores: FaceScores,
    split: Mapping[str, np.ndarray],
    members: Mapping[str, np.ndarray],
) -> dict[str, Sequence]:
    """Name the columns of the per-face results file.

    Args:
        faces (Sequence[FaceSample]): The faces (N).
        scores (FaceScores): Their scores.
        split (Mapping): More per-face errors (N,) by name.
        members (Mapping): Boolean (N,) for each subset.

    Returns:
        dict: Columns (N,) in the order of the file.
    """
    return dict(
        id=[face.id for face in faces],
        img_path=[face.img_path for face in faces],
        nme=np.where(scores.faults == '', scores.nme, np.nan),
        normalizer=scores.normalizers,
        num_visible=scores.visible.sum(axis=1),
        fault=scores.faults,
        **{name.lower(): nme for name, nme in split.items()},
        **{f'{SUBSET}{name}': mask for name, mask in members.items()},
    )


def describe_faults(faces: Sequence[FaceSample], faults: np.ndarray) -> str:
    """List the faces that cannot be scored, by reason.

    Args:
        faces (Sequence[FaceSample]): The faces (N).
        faults (np.ndarray): Strings (N,), empty where nothing is wrong.

    Returns:
        str: Such as ``'no visible keypoint: ids 3, 7'``.
    """
    return '; '.join(
        f'{fault}: ids {list_ids(faces, faults == fault)}'
        for fault in np.unique(faults[faults != ''])
    )


def list_ids(faces: Sequence[FaceSample], mask: np.ndarray) -> str:
    """Write the ids of some faces, and how many more there are."""
    ids = [str(faces[index].id) for index in np.flatnonzero(mask)]
    more = f' and {len(ids) - MAX_IDS} more' if len(ids) > MAX_IDS else ''
    return ', '.join(ids[:MAX_IDS]) + more


def report_bad_faces(
    faces: Sequence[FaceSample], scores: FaceScores, bad_faces: str
) -> None:
    """Name the faces without a finite score in a warning.

    Args:
        faces (Sequence[FaceSample]): The faces (N).
        scores (FaceScores): Their scores.
        bad_faces (str): ``raise`` or ``count``, what is done about faces that
            cannot be scored.

    Raises:
        ValueError: All faces cannot be scored, or some, which is to be
            raised.
    """
    faulty, failed = scores.faults != '', np.isinf(scores.nme)
    if faulty.any():
        message = (
            f'{faulty.sum()} of {len(faces)} faces cannot be scored '
            f'({describe_faults(faces, scores.faults)})'
        )
        if faulty.all():
            raise ValueError(f'{message}; correct them')
        if bad_faces == 'raise':
            raise ValueError(
                f"{message}; correct them or set bad_faces='count'"
            )
        warn(message)
    if failed.any():
        warn(
            f'{failed.sum()} predictions are NaN or inf and count as '
            f'infinite errors: ids {list_ids(faces, failed)}'
        )


def warn(message: str) -> None:
    """Warn in the log of the run, in the name of the metric."""
    print_log(
        f'FaceAlignmentMetric: {message}',
        logger='current',
        level=logging.WARNING,
    )
