"""Fitting an adapter, and choosing its penalty by cross-validation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mmpose_scgcn.shapes import procrustes_align

import numpy as np
import torch
from torch import Tensor

from .frame import find_frame
from .linear_map import LinearMaps, fit_maps
from .pairs import LabelPairs

#: What cross-validation chooses from; infinity is an offset for each keypoint.
PENALTIES = (*(10.0 ** (power / 2) for power in range(-12, 2)), float('inf'))

#: Parts of the faces in cross-validation; fewer for many faces.
FOLDS, FOLDS_OF_MANY, MANY = 10, 5, 100


@dataclass(frozen=True)
class Adapters:
    """Adapters of L penalties.

    Args:
        reference (Tensor): An upright source shape (K, 2), centred, root of
            the mean squared distance one.
        maps (LinearMaps): In the frame of this shape.
    """

    reference: Tensor
    maps: LinearMaps

    def __call__(self, keypoints: np.ndarray) -> np.ndarray:
        """Adapt keypoints (N, K, 2), image px, to (L, N, J, 2)."""
        points = torch.from_numpy(keypoints.astype(np.float64))
        frame = find_frame(points, self.reference)
        found = self.maps(frame.enter(points))
        return torch.stack([frame.leave(part) for part in found]).numpy()

    def state(self, index: int) -> dict[str, Tensor]:
        """Give the numbers of one of them, for a ``KeypointAdapter``."""
        return dict(
            reference=self.reference,
            matrix=self.maps.matrix[index],
            constant=self.maps.constant[index],
            shares=self.maps.shares,
        )


def fit_adapters(
    pairs: LabelPairs, penalties: Sequence[float] = PENALTIES
) -> Adapters:
    """Fit an adapter for each of some penalties.

    Args:
        pairs (LabelPairs): The faces; each annotated keypoint is visible in
            one of them.
        penalties (Sequence[float]): See :func:`.ridge.ridge_path`.

    Returns:
        Adapters: One for each penalty.
    """
    sources, targets, weights = pairs.rows()
    _, mean = procrustes_align(sources)
    mean = mean - mean.mean(axis=0)
    reference = torch.from_numpy(mean / np.sqrt((mean**2).sum(-1).mean()))
    points = torch.from_numpy(sources)
    frame = find_frame(points, reference)
    maps = fit_maps(
        frame.enter(points),
        frame.enter(torch.from_numpy(targets)),
        torch.from_numpy(weights),
        penalties,
    )
    return Adapters(reference, maps)


def cross_validate(
    pairs: LabelPairs,
    groups: Sequence,
    penalties: Sequence[float] = PENALTIES,
    seed: int = 0,
    track: Callable[[Iterable], Iterable] = iter,
) -> np.ndarray:
    """Adapt each face with adapters that were fitted without it.

    Args:
        pairs (LabelPairs): The faces.
        groups (Sequence): Of each face (N,), such as its picture or person;
            faces of one are left out together.
        penalties (Sequence[float]): L values.
        seed (int): Of the parts. Defaults to 0.
        track (Callable): Wraps the iteration over parts, for a progress bar.

    Returns:
        np.ndarray: (L, N, J, 2), image px.

    Raises:
        ValueError: All faces are of one group, or a keypoint is annotated
            in the faces of one part alone.
    """
    part = _parts(groups, seed)
    found = np.zeros((len(penalties), *pairs.annotated.shape))
    for number in track(range(part.max() + 1)):
        out = part == number
        rest = pairs.choose(~out)
        missing = np.flatnonzero(~rest.visible.any(axis=0))
        if len(missing):
            raise ValueError(
                f'keypoints {missing.tolist()} are annotated in too few faces '
                'to leave some of them out'
            )
        adapters = fit_adapters(rest, penalties)
        found[:, out] = adapters(pairs.predicted[out])
    return found


def choose_penalty(found: np.ndarray, pairs: LabelPairs) -> int:
    """Choose the penalty with the smallest mean error.

    Args:
        found (np.ndarray): (L, N, J, 2), see :func:`cross_validate`.
        pairs (LabelPairs): The faces.

    Returns:
        int: Its place among the penalties. Errors are relative to the size of
        the predicted face.
    """
    offset = pairs.predicted - pairs.predicted.mean(axis=1, keepdims=True)
    size = np.sqrt((offset**2).sum(-1).mean(-1))
    errors = np.linalg.norm(found - pairs.annotated, axis=-1)
    errors = np.where(pairs.visible, errors / size[:, None], 0)
    return int((errors.sum(-1) / pairs.visible.sum(-1)).mean(-1).argmin())


def _parts(groups: Sequence, seed: int) -> np.ndarray:
    """Deal groups out at random: the part of each face (N,)."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if len(names) < 2:
        raise ValueError(
            'cross-validation: expected faces of at least two groups '
            f'(pictures, people), got {len(names)}'
        )
    folds = FOLDS if len(names) < MANY else FOLDS_OF_MANY
    order = np.random.default_rng(seed).permutation(len(names))
    return (order % min(folds, len(names)))[group]
