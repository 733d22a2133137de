import numpy as np
import pytest


@pytest.fixture
def ring():
    """Six keypoints in a ring, each listening to the two after it."""
    angles = 2 * np.pi * np.arange(6) / 6
    shape = 0.5 + 0.35 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return dict(
        num_keypoints=6,
        top_k=2,
        neighbors=[[i, (i + 1) % 6, (i + 2) % 6] for i in range(6)],
        mean_shape=shape.tolist(),
    )


@pytest.fixture
def neighbors(ring):
    return np.array(ring['neighbors'])
