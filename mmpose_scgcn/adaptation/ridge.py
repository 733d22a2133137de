"""Ridge regression with many penalties at once."""

from collections.abc import Sequence

import torch
from torch import Tensor


def ridge_path(
    features: Tensor,
    values: Tensor,
    weights: Tensor,
    scales: Tensor,
    penalties: Sequence[float],
) -> tuple[Tensor, Tensor]:
    r"""Fit lines for each of some penalties.

    .. math::
        \min_{B, c} \sum_n w_n \lVert y_n - c - B x_n \rVert^2
        + \lambda \tau \sum_p \lVert B_p \rVert^2 / s_p^2, \quad
        \tau = \sum_n w_n \lVert x_n - \bar x \rVert^2

    with the weighted mean of the features, so that a penalty has no unit.
    Solved in the smaller of the two Gram matrices; several penalties share
    its eigenvalues.

    Args:
        features (Tensor): x, (N, P).
        values (Tensor): y, (N, D).
        weights (Tensor): w, (N,), not negative, not all zero.
        scales (Tensor): s, (P,), positive: how freely each feature may be
            used.
        penalties (Sequence[float]): L values of lambda, above 0; infinity
            fits the mean.

    Returns:
        tuple[Tensor, Tensor]: B, (L, D, P), and c, (L, D).
    """
    total = weights.sum()
    center, mean = weights @ features / total, weights @ values / total
    root = weights.sqrt()[:, None]
    x, y = root * (features - center), root * (values - mean)
    size = (x**2).sum()
    x = x * scales
    ridge = size * torch.tensor(penalties, dtype=x.dtype)
    if len(x) < x.shape[1]:
        slopes = x.mT @ _solve(x @ x.mT, y, ridge)
    else:
        slopes = _solve(x.mT @ x, x.mT @ y, ridge)
    slopes = (slopes * scales[:, None]).mT
    return slopes, mean - slopes @ center


def _solve(gram: Tensor, right: Tensor, ridge: Tensor) -> Tensor:
    """Solve (G + ridge I) X = right (R, D): (L, R, D).

    Without any spread of the features, G and ridge are zero (NaN for an
    infinite penalty), and so is X.
    """
    least = torch.finfo(gram.dtype).tiny
    ridge = ridge.nan_to_num(torch.inf, torch.inf).clamp_min(least)
    if len(ridge) == 1 and ridge.isfinite().all():
        root = torch.linalg.cholesky(gram + ridge * torch.eye(len(gram)))
        return torch.cholesky_solve(right, root)[None]
    power, basis = torch.linalg.eigh(gram)
    weight = power.clamp_min(0)[:, None] + ridge[:, None, None]
    return basis @ (basis.mT @ right / weight)
