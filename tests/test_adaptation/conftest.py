"""Shapes of faces, and a convention that is a known map of them."""

import numpy as np
import pytest


def similarity(rng, count):
    """Random scales, turns and shifts, as complex numbers."""
    size = rng.uniform(20, 200, count) * np.exp(1j * rng.uniform(-1, 1, count))
    return size[:, None], rng.uniform(-300, 300, (count, 2)) @ [1, 1j]


@pytest.fixture(scope='session')
def shapes():
    """Make (N, 12, 2) px: a mean shape that varies in three ways."""

    def make(count, seed=0, noise=0.0):
        fixed = np.random.default_rng(99)
        mean = fixed.uniform(-1, 1, (12, 2))
        ways = fixed.normal(size=(3, 12, 2)) * 0.1
        rng = np.random.default_rng(seed)
        points = mean + np.einsum(
            'nw,wkd->nkd', rng.normal(size=(count, 3)), ways
        )
        points = points + noise * rng.normal(size=points.shape)
        factor, shift = similarity(rng, count)
        moved = points @ [1, 1j] * factor + shift[:, None]
        return np.stack([moved.real, moved.imag], axis=-1)

    return make


@pytest.fixture(scope='session')
def convention():
    """Map (N, 12, 2) to five other points, the same for any face.

    Halfway between two points, or a third of the way; and one that lies
    beside a point, along and across the line from point 0 to point 1.
    """

    def move(points):
        z = points @ np.array([1, 1j])
        across = (z[:, 1] - z[:, 0]) * 1j
        found = np.stack(
            [
                (z[:, 0] + z[:, 1]) / 2,
                (z[:, 2] + 2 * z[:, 3]) / 3,
                z[:, 4],
                z[:, 5] + 0.1 * across,
                z[:, 11],
            ],
            axis=1,
        )
        return np.stack([found.real, found.imag], axis=-1)

    return move
