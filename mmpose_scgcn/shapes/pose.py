"""The pose of a shape as one number."""

from dataclasses import dataclass

import numpy as np

from .components import components_of
from .procrustes import CHUNK, MIN_SIZE, ProcrustesFit

#: Two keypoints fit any two others; a third tells shapes apart.
MIN_KEYPOINTS = 3

#: Coefficients that lie closer together (for a mean of size one) differ by
#: the rounding of coordinates in single precision.
MIN_SPREAD = 1e-5


@dataclass(frozen=True)
class PoseAxis:
    """Shapes along one principal component; lengths in mean shape sizes.

    Args:
        coefficients (np.ndarray): (N,), signed.
        mean (np.ndarray): Mean shape (K, 2).
        direction (np.ndarray): The component (K, 2), of length one.
        share (float): The part of the variance that it explains, in [0, 1].
    """

    coefficients: np.ndarray
    mean: np.ndarray
    direction: np.ndarray
    share: float


def pose_axis(
    keypoints: np.ndarray,
    visible: np.ndarray | None = None,
    component: int = 0,
) -> PoseAxis:
    r"""Measure the pose of shapes by one principal component.

    .. math::
        p_i = e^\top (\hat s_i - \bar s)

    with the aligned shape (:func:`~.procrustes.procrustes_align`), the mean
    of all and the unit component e of
    :func:`~.components.principal_components`. This is the pose coefficient of
    "Wing Loss for Robust Facial Landmark Localisation with Convolutional
    Neural Networks" (CVPR 2018). Where faces turn far to both sides, the
    leading component is that turn.

    Args:
        keypoints (np.ndarray): Shapes (N, K, 2) in any unit, such as image
            px.
        visible (np.ndarray, optional): Boolean (N, K); keypoints that are
            not visible get the mean's place and so count as average.
            Defaults to all.
        component (int): Which component, 0 the leading one. Defaults to 0.

    Returns:
        PoseAxis: Coefficients and what they are measured along.

    Raises:
        ValueError: As :func:`~.procrustes.procrustes_align`, no such
            component, or shapes that are all the same along it.
    """
    fit = ProcrustesFit(np.asarray(keypoints), visible)
    limit = 2 * len(fit.mean)
    if not 0 <= component < limit:
        raise ValueError(
            f'component must be 0 to {limit - 1} for {limit // 2} '
            f'keypoints, got {component}'
        )
    components, variances = components_of(fit.parts(), component + 1)
    direction = components[component]
    coefficients = fit.project(direction)
    coefficients -= fit.mean.ravel() @ direction.ravel()
    if np.ptp(coefficients) < MIN_SPREAD:
        raise ValueError(
            f'all {len(coefficients)} shapes are the same along component '
            f'{component}, but for position, size and rotation'
        )
    share = float(variances[component] / variances.sum())
    return PoseAxis(coefficients, fit.mean, direction, share)


def has_shape(keypoints: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Tell which shapes can be aligned and compared.

    Args:
        keypoints (np.ndarray): (N, K, 2), any unit.
        visible (np.ndarray): Boolean (N, K).

    Returns:
        np.ndarray: Boolean (N,): three or more keypoints are visible and not
        all in one place.
    """
    parts = range(0, len(keypoints), CHUNK)
    has = [
        _has_shape(keypoints[i : i + CHUNK], visible[i : i + CHUNK])
        for i in parts
    ]
    return np.concatenate([np.zeros(0, bool), *has])


def _has_shape(keypoints: np.ndarray, visible: np.ndarray) -> np.ndarray:
    seen = visible[..., None]
    low = np.where(seen, keypoints, np.inf).min(axis=1)
    high = np.where(seen, keypoints, -np.inf).max(axis=1)
    largest = np.maximum(np.abs(low), np.abs(high)).max(axis=1)
    enough = visible.sum(axis=1) >= MIN_KEYPOINTS
    return enough & ((high - low).max(axis=1) > 2 * MIN_SIZE * largest)
