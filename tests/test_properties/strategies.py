"""What the properties are tried on: numbers, shapes, graphs, transforms."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

SEEDS = st.integers(0, 2**32 - 1)
#: Constants of losses, px.
CONSTANTS = st.floats(0.01, 300)
#: Errors, px: zero, tiny ones and up to a million.
ERRORS = st.one_of(
    st.just(0.0),
    st.floats(1e-6, 1e6),
    st.floats(-1e6, -1e-6),
)
KEYPOINTS = st.integers(2, 9)


def arrays(shape, low=-1000.0, high=1000.0):
    """Finite numbers of some shape."""
    return hnp.arrays(np.float64, shape, elements=st.floats(low, high))


@st.composite
def faces(draw, most=8, least=1, keypoints=KEYPOINTS):
    """Shapes (N, K, 2) that are no points, and what is visible (N, K)."""
    count = draw(st.integers(least, most))
    size = (count, draw(keypoints))
    rng = np.random.default_rng(draw(SEEDS))
    spread = 10.0 ** draw(st.integers(-2, 4))
    place = draw(st.sampled_from([0.0, 100.0, -3000.0]))
    points = place + spread * rng.standard_normal((*size, 2))
    visible = rng.random(size) < draw(st.sampled_from([1.0, 0.7, 0.4]))
    return points, visible


@st.composite
def graphs(draw, least=2, most=9):
    """A graph as a config has it."""
    count = draw(st.integers(least, most))
    top_k = draw(st.integers(1, count - 1))
    rng = np.random.default_rng(draw(SEEDS))
    rows = [
        [i, *rng.choice([j for j in range(count) if j != i], top_k, False)]
        for i in range(count)
    ]
    return dict(
        num_keypoints=count,
        top_k=top_k,
        neighbors=[[int(j) for j in row] for row in rows],
        mean_shape=rng.random((count, 2)).tolist(),
    )


@st.composite
def similarities(draw, reflect=False):
    """A function that turns, scales and shifts points (..., 2), and scale."""
    angle = draw(st.floats(-3.2, 3.2))
    scale = 10.0 ** draw(st.floats(-2, 2))
    shift = np.array(draw(st.tuples(*[st.floats(-1000, 1000)] * 2)))
    c, s = np.cos(angle), np.sin(angle)
    matrix = scale * np.array([[c, -s], [s, c]])
    if reflect and draw(st.booleans()):
        matrix = matrix @ np.diag([-1.0, 1.0])

    def apply(points):
        return points @ matrix.T + shift

    return apply, scale
