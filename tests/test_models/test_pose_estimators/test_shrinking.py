"""The resizing that a tracer knows is PyTorch's."""

from mmpose_scgcn.models.pose_estimators.shrinking import (
    resize,
    triangle_weights,
)

import numpy as np
import pytest
import torch
from torch.nn import functional


@pytest.mark.parametrize(('old', 'new'), [(160, 64), (64, 64), (50, 80)])
def test_the_weights_are_those_of_pytorch(old, new):
    wanted = functional.interpolate(
        torch.eye(old, dtype=torch.float64)[None, None],
        (new, old),
        mode='bilinear',
        antialias=True,
    )
    found = triangle_weights(old, new)
    np.testing.assert_allclose(found, wanted[0, 0].numpy(), atol=1e-12)


def test_a_traced_function_resizes_as_the_function_does():
    image = torch.rand(2, 3, 40, 60)
    with pytest.warns(torch.jit.TracerWarning):
        traced = torch.jit.trace(lambda x: resize(x, (24, 16)), image)
    other = torch.rand(5, 3, 40, 60)
    torch.testing.assert_close(traced(other), resize(other, (24, 16)))
