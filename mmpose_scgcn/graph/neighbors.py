"""From correlations to the sparse, directed graph."""

import numpy as np


def top_k_neighbors(correlation: np.ndarray, top_k: int) -> np.ndarray:
    """Pick every keypoint itself and its ``top_k`` closest others.

    The paper's mask M has ones at the ``top_k + 1`` largest entries of each
    row of the correlation. It is directed: j may be a neighbour of i
    without i being one of j. (The released code makes it symmetric.)

    Args:
        correlation (np.ndarray): (K, K), larger is closer.
        top_k (int): Neighbours of each keypoint, itself not counted.

    Returns:
        np.ndarray: (K, top_k + 1) int64. Each row starts with its own index;
        the rest falls in correlation, the lower index first where equal.

    Raises:
        ValueError: ``top_k`` below 1, or fewer than ``top_k + 1`` keypoints.
    """
    check_top_k(len(correlation), top_k)
    ranked = np.array(correlation, dtype=np.float64)
    np.fill_diagonal(ranked, np.inf)
    order = np.argsort(-ranked, axis=1, kind='stable')
    return order[:, : top_k + 1].astype(np.int64)


def check_top_k(num_keypoints: int, top_k: int) -> None:
    """Check that every keypoint has so many others.

    Args:
        num_keypoints (int): K.
        top_k (int): Neighbours of each.

    Raises:
        ValueError: ``top_k`` below 1, or fewer than ``top_k + 1`` keypoints.
    """
    if top_k < 1:
        raise ValueError(f'top_k must be at least 1, got {top_k}')
    if num_keypoints > top_k:
        return
    fits = num_keypoints - 1
    hint = 'a graph needs at least 2'
    if fits > 0:
        hint = f'set top_k={fits} (--top-k {fits} of tools/build_graph.py)'
    raise ValueError(
        f'top_k={top_k} needs at least {top_k + 1} keypoints, got '
        f'{num_keypoints}; {hint}'
    )
