"""Do edges out of covered keypoints lose weight? Pure NumPy."""

import numpy as np

from .bootstrap import percentile_interval, resample_counts

#: Whether sender and receiver of an edge are covered, by name.
COMBINATIONS = {
    'sender covered': (True, False),
    'neither covered': (False, False),
    'receiver covered': (False, True),
    'both covered': (True, True),
}
#: Those of them that the claim is about.
CASE, CONTROL = 'sender covered', 'neither covered'


def split_edges(
    neighbors: np.ndarray,
    covered: np.ndarray,
    known: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Sort the edges by which of their ends are covered.

    Args:
        neighbors (np.ndarray): (K, k + 1) int; row i has receiver i itself
            and then its senders j.
        covered (np.ndarray): (..., K) boolean.
        known (np.ndarray, optional): (..., K) boolean: keypoints whose place
            is known. Edges with another end are in no group. Defaults to
            None: all.

    Returns:
        dict[str, np.ndarray]: For each of :data:`COMBINATIONS` a boolean
        (..., K, k) over the edges j != i.
    """
    senders = neighbors[:, 1:]
    sent, received = covered[..., senders], covered[..., None]
    usable = True
    if known is not None:
        usable = known[..., senders] & known[..., None]
    return {
        name: (sent == sender) & (received == receiver) & usable
        for name, (sender, receiver) in COMBINATIONS.items()
    }


def compare_edges(
    before: np.ndarray,
    after: np.ndarray,
    neighbors: np.ndarray,
    covered: np.ndarray,
    known: np.ndarray | None = None,
    resamples: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict:
    r"""Compare each edge's weight under a rectangle with its own without.

    .. math::
        d_{ij} = A_{ij}(\text{covered face}) - A_{ij}(\text{same face})

    for receiver i and sender j != i: an edge is compared with itself in the
    same face, so that its usual weight cannot pass for an effect. The mean of
    d runs over the edges of all faces, and the intervals come from a
    bootstrap over faces. Edges of which only the sender is covered are set
    against edges of which neither end is, in two ways: over all of them
    (``difference``), and each edge against the same edge in other faces
    (``same_edge``), so that edges which change wherever the rectangle is
    cannot pass for an effect either:

    .. math::
        \frac{\sum_e h_e (\bar d_e^{sender} - \bar d_e^{neither})}{\sum_e h_e}
        , \quad h_e = \frac{n_e^{sender} n_e^{neither}}{n_e^{sender} +
        n_e^{neither}}

    Args:
        before (np.ndarray): (N, K, k + 1): weights in N faces, rows that sum
            to one.
        after (np.ndarray): (N, R, K, k + 1): weights under each of R
            rectangles.
        neighbors (np.ndarray): (K, k + 1) int, each row starting with the
            keypoint itself.
        covered (np.ndarray): (N, R, K) boolean: keypoints under the
            rectangle.
        known (np.ndarray, optional): (N, K) boolean: keypoints whose place
            is known. Defaults to None: all.
        resamples (int): Draws of the bootstrap. Defaults to 2000.
        confidence (float): Of the intervals. Defaults to 0.95.
        seed (int): Of the bootstrap. Defaults to 0.

    Returns:
        dict: ``mean_weight`` (of all edges, without a rectangle);
        ``combinations``: for each of :data:`COMBINATIONS` its ``edges`` and
        ``faces``, and with ``value`` and ``interval`` its ``weight`` before,
        ``change``, ``relative`` (change over weight) and ``losing`` (share of
        edges that lose); ``itself``, in the same way, the weights of
        ``covered`` and ``not covered`` keypoints on themselves;
        ``difference`` and ``same_edge``, with ``value`` and ``interval``.
        Weights are in percent, changes in percentage points, the rest are
        fractions. NaN where there are no such edges.

    Raises:
        ValueError: Arrays that do not fit together.
    """
    _check(before, after, neighbors, covered, known)
    old = 100.0 * np.asarray(before, np.float64)[:, None]
    change = 100.0 * np.asarray(after, np.float64) - old
    old = np.broadcast_to(old, change.shape)
    groups = split_edges(
        neighbors, covered, None if known is None else known[:, None]
    )
    counts = resample_counts(len(before), resamples, seed)
    # What is there comes first, then the draws.
    draws = np.concatenate([np.ones((1, len(before))), counts])
    edges = (draws, old[..., 1:], change[..., 1:], confidence)
    kept = True if known is None else known[:, None]
    means = [
        _mean(draws, groups[name], change[..., 1:]) for name in (CASE, CONTROL)
    ]
    same_edge = _same_edge(
        draws, change[..., 1:], groups[CASE], groups[CONTROL]
    )
    every = np.any(list(groups.values()), axis=0)
    return dict(
        mean_weight=_mean(draws[:1], every, old[..., 1:]).item(),
        combinations={
            name: _describe(chosen, *edges) for name, chosen in groups.items()
        },
        itself={
            name: _describe(
                (covered == state) & kept,
                *(draws, old[..., 0], change[..., 0], confidence),
            )
            for name, state in (('covered', True), ('not covered', False))
        },
        difference=_estimate(means[0] - means[1], confidence),
        same_edge=_estimate(same_edge, confidence),
    )


def _describe(
    chosen: np.ndarray,
    draws: np.ndarray,
    old: np.ndarray,
    change: np.ndarray,
    confidence: float,
) -> dict:
    """Describe what happens to a group of edges, all (N, R, ...)."""
    per_face = chosen.reshape(len(chosen), -1)
    moved = _mean(draws, chosen, change)
    weight = _mean(draws, chosen, old)
    values = dict(
        weight=weight,
        change=moved,
        relative=_ratio(moved, weight),
        losing=_mean(draws, chosen, change < 0),
    )
    return dict(
        edges=int(per_face.sum()),
        faces=int(per_face.any(axis=1).sum()),
        **{name: _estimate(v, confidence) for name, v in values.items()},
    )


def _mean(
    draws: np.ndarray, chosen: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Average the chosen of (N, R, ...) values in each draw of faces."""
    number, total = (
        draws @ np.where(chosen, v, 0.0).reshape(len(chosen), -1).sum(axis=1)
        for v in (1.0, values)
    )
    return _ratio(total, number)


def _check(
    before: np.ndarray,
    after: np.ndarray,
    neighbors: np.ndarray,
    covered: np.ndarray,
    known: np.ndarray | None,
) -> None:
    """Check the shapes."""
    faces, rectangles = len(before), after.shape[1] if after.ndim > 1 else 0
    keypoints = len(neighbors)
    expected = dict(
        before=(before, (faces, *neighbors.shape)),
        after=(after, (faces, rectangles, *neighbors.shape)),
        covered=(covered, (faces, rectangles, keypoints)),
        known=(known, (faces, keypoints)),
    )
    for name, (array, shape) in expected.items():
        if array is not None and array.shape != shape:
            raise ValueError(
                f'{name}: expected {shape} for {faces} faces, {rectangles} '
                f'rectangles and a graph {neighbors.shape}, got {array.shape}'
            )


def _same_edge(
    draws: np.ndarray,
    change: np.ndarray,
    case: np.ndarray,
    control: np.ndarray,
) -> np.ndarray:
    """Compare each edge with the same edge in other faces.

    Args:
        draws (np.ndarray): (R', N): how often each face counts.
        change (np.ndarray): (N, R, K, k), percentage points.
        case (np.ndarray): (N, R, K, k) boolean.
        control (np.ndarray): (N, R, K, k) boolean.

    Returns:
        np.ndarray: (R',), percentage points.
    """
    means, numbers = [], []
    for chosen in (case, control):
        number, moved = (
            draws
            @ np.where(chosen, values, 0.0)
            .sum(axis=1)
            .reshape(len(change), -1)
            for values in (1.0, change)
        )  # (R', E)
        means.append(_ratio(moved, number))
        numbers.append(number)
    weight = _ratio(numbers[0] * numbers[1], numbers[0] + numbers[1])
    gap = np.where(weight > 0, means[0] - means[1], 0.0)
    weight = np.where(weight > 0, weight, 0.0)
    return _ratio((gap * weight).sum(axis=1), weight.sum(axis=1))


def _ratio(sums: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Divide, with NaN where there is nothing."""
    with np.errstate(invalid='ignore', divide='ignore'):
        return np.where(numbers > 0, sums / numbers, np.nan)


def _estimate(values: np.ndarray, confidence: float) -> dict:
    """Take apart what is there (the first value) and the draws."""
    low, high = percentile_interval(values[1:], confidence)
    return dict(value=float(values[0]), interval=[low, high])
