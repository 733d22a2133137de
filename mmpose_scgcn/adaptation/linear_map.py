"""Linear maps from a model's keypoints to those of another convention."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .ridge import ridge_path

#: Powers by which nearness counts: in the share of a source keypoint in a
#: target keypoint, and in the penalty on its weight beyond that.
SHARE_POWER = 8
PENALTY_POWER = 1.5

#: A vector between keypoints that varies by less is constant; a variance in
#: the frame, in which faces have a size of one.
LEAST_SPREAD = 1e-6

#: Faces and keypoints are weighed by their errors with this penalty; errors
#: below this part of the median weigh no more.
WEIGHING_PENALTY = 1e-3
LEAST_ERROR = 0.5


@dataclass(frozen=True)
class LinearMaps:
    r"""Maps from K source to J target keypoints, one for each of L penalties.

    Args:
        shares (Tensor): (J, K), how much of a target keypoint each source
            keypoint is; rows are not negative and sum to one.
        matrix (Tensor): (L, 2 J, 2 K).
        constant (Tensor): (L, 2 J).
    """

    shares: Tensor
    matrix: Tensor
    constant: Tensor

    def __call__(self, sources: Tensor) -> Tensor:
        """Map keypoints.

        Args:
            sources (Tensor): (N, K, 2), in the frame.

        Returns:
            Tensor: (L, N, J, 2), in the frame.
        """
        found = sources.flatten(1) @ self.matrix.mT
        return (found + self.constant[:, None]).unflatten(-1, (-1, 2))


def fit_maps(
    sources: Tensor,
    targets: Tensor,
    weights: Tensor,
    penalties: Sequence[float],
) -> LinearMaps:
    r"""Fit maps to faces of which both kinds of keypoints are known.

    .. math::
        t_j = \sum_i a_{ji} s_i + c_j + \sum_i B_{ji} s_i, \qquad
        a_{ji} \propto v_{ji}^{-8}, \qquad
        \text{penalty on } B_{ji}: \lambda\, v_{ji}^{1.5}

    A target keypoint moves with the source keypoints from which it lies at
    the same vector in all faces: v is how much this vector varies
    (:func:`spread_between`). So shares a need not be known beforehand, and a
    large penalty leaves the shares and a constant offset c. The ridge B of
    each target keypoint corrects them, with little penalty on near source
    keypoints. Where faces or keypoints are far off, they weigh less: the
    least squares are repeated with weights of one over the root of the face's
    error times the keypoint's, which nears the least sum of distances.

    Args:
        sources (Tensor): (N, K, 2), in the frame.
        targets (Tensor): (N, J, 2), in the frame.
        weights (Tensor): (N, J); 0 where a target keypoint is not annotated.
            Each one is, somewhere.
        penalties (Sequence[float]): See :func:`.ridge.ridge_path`.

    Returns:
        LinearMaps: One for each penalty.
    """
    targets = torch.where(weights[..., None] > 0, targets, 0.0)
    spread = spread_between(sources, targets, weights)
    nearness = spread.amin(dim=1, keepdim=True) / spread
    shares = share_out(nearness)
    scales = nearness ** (PENALTY_POWER / 2)
    rest = targets - shares @ sources
    fit = _fit_rest(sources, rest, weights, scales, [WEIGHING_PENALTY])
    weights = weigh(rest - fit(sources)[0], weights)
    fit = _fit_rest(sources, rest, weights, scales, penalties)
    base = torch.kron(shares, torch.eye(2, dtype=shares.dtype))
    return LinearMaps(shares, base + fit.matrix, fit.constant)


def share_out(nearness: Tensor) -> Tensor:
    """Share target keypoints out to source keypoints by nearness (J, K)."""
    shares = nearness**SHARE_POWER
    return shares / shares.sum(dim=1, keepdim=True)


def spread_between(
    sources: Tensor, targets: Tensor, weights: Tensor
) -> Tensor:
    r"""Measure how much the vector between two keypoints varies over faces.

    .. math::
        v_{ji} = \mathrm{E} \lVert (t_j - s_i) - \mathrm{E}(t_j - s_i)
        \rVert^2

    Args:
        sources (Tensor): (N, K, 2), in the frame.
        targets (Tensor): (N, J, 2), in the frame.
        weights (Tensor): (N, J), of the target keypoints of each face.

    Returns:
        Tensor: (J, K), at least ``LEAST_SPREAD``.
    """
    share = weights / weights.sum(dim=0)
    mean_t = torch.einsum('nj,njd->jd', share, targets)
    mean_s = torch.einsum('nj,nid->jid', share, sources)
    square_t = torch.einsum('nj,njd->j', share, targets**2)
    square_s = torch.einsum('nj,nid->ji', share, sources**2)
    product = torch.einsum('nj,njd,nid->ji', share, targets, sources)
    square = square_t[:, None] + square_s - 2 * product
    mean = mean_t[:, None] - mean_s
    return (square - (mean**2).sum(dim=-1)).clamp_min(LEAST_SPREAD)


def weigh(errors: Tensor, weights: Tensor) -> Tensor:
    """Weigh keypoints by their errors, for a least sum of distances.

    Args:
        errors (Tensor): (N, J, 2).
        weights (Tensor): (N, J), those without errors.

    Returns:
        Tensor: (N, J); the sum for each keypoint is as before.
    """
    size = torch.linalg.vector_norm(errors, dim=-1)
    size = torch.where(weights > 0, size, torch.nan)
    of_face = size.nanmean(dim=1, keepdim=True)
    least = (LEAST_ERROR * of_face.nanmedian()).clamp_min(LEAST_SPREAD)
    of_face = of_face.maximum(least)
    least = (LEAST_ERROR * size.nanmedian(dim=0).values).clamp_min(
        LEAST_SPREAD
    )
    factor = (of_face * size.maximum(least)).rsqrt()
    weighed = torch.where(weights > 0, weights * factor, 0.0)
    return weighed * (weights.sum(dim=0) / weighed.sum(dim=0))


def _fit_rest(
    sources: Tensor,
    rest: Tensor,
    weights: Tensor,
    scales: Tensor,
    penalties: Sequence[float],
) -> LinearMaps:
    """Fit what the shares leave over, keypoint by keypoint."""
    features = sources.flatten(1)
    lines = [
        ridge_path(
            features,
            rest[:, j],
            weights[:, j],
            scales[j].repeat_interleave(2),
            penalties,
        )
        for j in range(rest.shape[1])
    ]
    slopes, offsets = zip(*lines, strict=True)
    return LinearMaps(scales, torch.cat(slopes, 1), torch.cat(offsets, 1))
