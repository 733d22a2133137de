"""Where keypoints lie in a top-down crop, on average."""

import numpy as np

from .procrustes import CHUNK


def normalize_to_crop(
    keypoints: np.ndarray,
    centers: np.ndarray,
    scales: np.ndarray,
    padding: float = 1.25,
    aspect_ratio: float = 1.0,
) -> np.ndarray:
    """Map image coordinates to the un-augmented top-down crop.

    The crop is MMPose's (``GetBBoxCenterScale``, ``TopdownAffine``): the
    box about its centre, times ``padding``, its shorter side enlarged until
    the crop has the network's aspect ratio.

    Args:
        keypoints (np.ndarray): (N, K, 2), image px.
        centers (np.ndarray): Box centres (N, 2), image px.
        scales (np.ndarray): Box width and height (N, 2), image px, without
            padding.
        padding (float): Crop size over box size. Defaults to 1.25.
        aspect_ratio (float): Width over height of the network input.
            Defaults to 1.0.

    Returns:
        np.ndarray: (N, K, 2), normalised: crop px / (w, h).
    """
    crop = crop_size(scales, padding, aspect_ratio)[:, None]
    return (keypoints - np.asarray(centers)[:, None]) / crop + 0.5


def crop_size(
    scales: np.ndarray, padding: float, aspect_ratio: float
) -> np.ndarray:
    """Compute the size of top-down crops; arguments as above.

    Returns:
        np.ndarray: Width and height (N, 2), image px.
    """
    width, height = (np.asarray(scales, dtype=np.float64) * padding).T
    width = np.maximum(width, height * aspect_ratio)
    return np.stack([width, width / aspect_ratio], axis=-1)


def mean_shape(keypoints: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Average each keypoint over the shapes in which it is visible.

    Args:
        keypoints (np.ndarray): (N, K, 2), any unit.
        visible (np.ndarray): Boolean (N, K); each column has a True.

    Returns:
        np.ndarray: (K, 2), the same unit, float64.
    """
    total = np.zeros(keypoints.shape[1:])
    for start in range(0, len(keypoints), CHUNK):
        part = slice(start, start + CHUNK)
        mask = visible[part][..., None]
        seen = np.where(mask, keypoints[part], 0.0)
        total += seen.sum(axis=0, dtype=np.float64)
    return total / visible.sum(axis=0)[:, None]
