"""The watch for host synchronisation sees what it must see."""

import numpy as np
import pytest
import torch


@pytest.mark.parametrize(
    'synchronise',
    [
        lambda x: x.sum().item(),
        lambda x: float(x[0]),
        lambda x: bool((x > 0).any()),
        lambda x: x[x > 0],
        lambda x: x.nonzero(),
        lambda x: x.tolist(),
        lambda x: np.asarray(x),
        lambda x: x.cpu().numpy(),
    ],
)
def test_synchronisation_is_noticed(no_host_sync, synchronise):
    with no_host_sync(), pytest.raises(AssertionError, match='synchronises'):
        synchronise(torch.ones(3))


def test_indexing_is_none(no_host_sync):
    with no_host_sync():
        torch.ones(3)[torch.tensor([2, 0])].sum()
