"""The random-walk Laplacian of a keypoint graph."""

import numpy as np
import torch
from torch import Tensor


def adjacency_matrix(neighbors: np.ndarray) -> np.ndarray:
    """Spread neighbour lists into a 0/1 matrix without self loops.

    Args:
        neighbors (np.ndarray): (K, top_k + 1) int, self first.

    Returns:
        np.ndarray: (K, K) float64, ``[i, j]`` one where j is a neighbour of
        i, zero diagonal.
    """
    neighbors = np.asarray(neighbors)
    matrix = np.zeros((len(neighbors), len(neighbors)))
    np.put_along_axis(matrix, neighbors, 1.0, axis=1)
    np.fill_diagonal(matrix, 0.0)
    return matrix


def laplacian_coordinates(
    points: Tensor, adjacency: Tensor, valid: Tensor
) -> tuple[Tensor, Tensor]:
    r"""Location of each keypoint relative to the mean of its neighbours.

    .. math::
        \delta_i = p_i - \frac{1}{|N_i|} \sum_{j \in N_i} p_j,
        \quad N_i = \{j : A_{ij} > 0, j \text{ valid}\}

    Args:
        points (Tensor): (B, K, D), any unit.
        adjacency (Tensor): (K, K), 0/1, zero diagonal.
        valid (Tensor): Boolean (B, K). An edge counts when both ends do.

    Returns:
        tuple[Tensor, Tensor]: Laplacian coordinates (B, K, D) in the unit of
        ``points`` and a boolean (B, K) telling which are defined: valid
        keypoints with a valid neighbour. The others are zero.
    """
    weight = valid.unsqueeze(-1)  # (B, K, 1)
    # NaN-safe: an invalid point may hold anything.
    points = torch.where(weight, points, 0.0)
    adjacency = adjacency.to(points.dtype)
    # Autocast would round the products, and a common shift would cost.
    with torch.autocast(points.device.type, enabled=False):
        degree = adjacency @ weight.to(points.dtype)  # (B, K, 1)
        mean = (adjacency @ points) / degree.clamp_min(1)
    defined = valid & (degree.squeeze(-1) > 0)
    relative = torch.where(defined.unsqueeze(-1), points - mean, 0.0)
    return relative, defined
