"""What a keypoint error is divided by: eye distances and box sizes."""

from collections.abc import Sequence

import numpy as np

Groups = tuple[tuple[int, ...], tuple[int, ...]]

_EYES_68: dict[str, Groups] = dict(
    inter_ocular=((36,), (45,)),
    inter_pupil=((36, 37, 38, 39, 40, 41), (42, 43, 44, 45, 46, 47)),
)

#: Keypoints of both eyes, by MMPose's ``dataset_name``: outer corners for
#: inter-ocular; for inter-pupil the annotated pupils or eye centres, or the
#: mean of the eye contour where a scheme (68 points) has none.
EYE_GROUPS: dict[str, dict[str, Groups]] = {
    '300w': _EYES_68,
    '300wlp': _EYES_68,
    'coco_wholebody_face': _EYES_68,
    'wflw': dict(inter_ocular=((60,), (72,)), inter_pupil=((96,), (97,))),
    'cofw': dict(inter_ocular=((8,), (9,)), inter_pupil=((16,), (17,))),
    'aflw': dict(inter_ocular=((6,), (11,)), inter_pupil=((7,), (10,))),
    'lapa': dict(inter_ocular=((66,), (79,)), inter_pupil=((104,), (105,))),
}
EYE_NORMS = ('inter_ocular', 'inter_pupil')
BOX_NORMS = ('box_size', 'box_diagonal', 'box_sqrt_area')

Norm = str | Sequence[int | Sequence[int]]


def resolve_norm(norm: Norm, dataset_name: str | None = None) -> str | Groups:
    """Turn the name of a normaliser into the keypoints it needs.

    Args:
        norm (str | Sequence): One of ``EYE_NORMS`` or ``BOX_NORMS``, or two
            keypoints or two groups of keypoints, such as ``(36, 45)`` or
            ``((36, 39), (42, 45))``.
        dataset_name (str, optional): MMPose's name of the data set, needed
            for ``EYE_NORMS``.

    Returns:
        str | tuple: The name of a box normaliser, or two index groups.

    Raises:
        ValueError: An unknown name, not two non-empty groups that differ, or
            a data set whose eye keypoints are not known.
    """
    if not isinstance(norm, str):
        return _as_groups(norm)
    if norm in BOX_NORMS:
        return norm
    if norm not in EYE_NORMS:
        raise _refusal(norm)
    if dataset_name not in EYE_GROUPS:
        raise ValueError(
            f'the {norm} keypoints of data set {dataset_name!r} are not known '
            f'(known: {sorted(EYE_GROUPS)}); name them, as in '
            'norm=((36,), (45,))'
        )
    return EYE_GROUPS[dataset_name][norm]


def face_normalizers(
    norm: str | Groups,
    keypoints: np.ndarray,
    visible: np.ndarray,
    boxes: np.ndarray,
) -> np.ndarray:
    """Compute the normaliser of each face.

    Args:
        norm (str | tuple): From :func:`resolve_norm`.
        keypoints (np.ndarray): Ground truth (N, K, 2), image px.
        visible (np.ndarray): Boolean (N, K).
        boxes (np.ndarray): Corners (N, 4) as x1, y1, x2, y2, image px.

    Returns:
        np.ndarray: (N,), image px. NaN where a box has no positive finite
        size, or where a keypoint that is needed is not annotated.
    """
    if isinstance(norm, str):
        return box_size(boxes, norm)
    return group_distance(keypoints, visible, norm)


@np.errstate(invalid='ignore')  # inf - inf is a NaN that is meant
def group_distance(
    keypoints: np.ndarray, visible: np.ndarray, groups: Groups
) -> np.ndarray:
    """Measure the distance between the centres of two keypoint groups.

    Args:
        keypoints (np.ndarray): (N, K, 2), image px.
        visible (np.ndarray): Boolean (N, K).
        groups (tuple): Two groups of keypoint indices.

    Returns:
        np.ndarray: (N,), image px; NaN where a keypoint of a group is not
        visible, since its coordinates then mean nothing.

    Raises:
        ValueError: An index that is no keypoint.
    """
    num_keypoints = keypoints.shape[1]
    used = [index for group in groups for index in group]
    if min(used) < 0 or max(used) >= num_keypoints:
        raise ValueError(
            f'norm names keypoints {used}, but faces have {num_keypoints}'
        )
    first, second = (
        keypoints[:, list(group)].astype(np.float64).mean(axis=1)
        for group in groups
    )  # (N, 2) each
    distance = np.linalg.norm(first - second, axis=-1)
    return np.where(visible[:, used].all(axis=1), distance, np.nan)


@np.errstate(invalid='ignore')  # inf - inf is a NaN that is meant
def box_size(boxes: np.ndarray, kind: str = 'box_size') -> np.ndarray:
    """Measure boxes.

    Args:
        boxes (np.ndarray): Corners (N, 4) as x1, y1, x2, y2, image px.
        kind (str): ``box_size`` (longer side), ``box_diagonal`` or
            ``box_sqrt_area``. Defaults to ``box_size``.

    Returns:
        np.ndarray: (N,), image px; NaN where a side is not positive.
    """
    sides = boxes[:, 2:].astype(np.float64) - boxes[:, :2]
    sides = np.where((sides > 0).all(axis=1, keepdims=True), sides, np.nan)
    if kind == 'box_size':
        return sides.max(axis=1)
    if kind == 'box_diagonal':
        return np.hypot(sides[:, 0], sides[:, 1])
    return np.sqrt(sides.prod(axis=1))


def _as_groups(norm: Sequence[int | Sequence[int]]) -> Groups:
    """Read two indices or two groups of indices."""
    try:
        groups = [np.atleast_1d(np.asarray(group)) for group in norm]
    except (TypeError, ValueError):  # no sequence, or a ragged one
        raise _refusal(norm) from None
    if len(groups) != 2 or not all(
        group.ndim == 1
        and len(group)
        and np.issubdtype(group.dtype, np.integer)
        for group in groups
    ):
        raise _refusal(norm)
    first, second = (tuple(group.tolist()) for group in groups)
    if sorted(first) == sorted(second):
        raise ValueError(
            f'norm: expected two groups of keypoints that differ, got {norm!r}'
        )
    return first, second


def _refusal(norm: object) -> ValueError:
    """Say what a normaliser may be."""
    return ValueError(
        f'norm must be one of {EYE_NORMS + BOX_NORMS} or two groups of '
        f'keypoint indices, got {norm!r}'
    )
