from contextlib import contextmanager

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten


class NoHostSync(TorchDispatchMode):
    """Fail on whatever needs a value of the device on the host."""

    forbidden = (
        aten._local_scalar_dense.default,
        aten.nonzero.default,
        aten.masked_select.default,
        aten.is_nonzero.default,
        aten.equal.default,
    )

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        by_mask = func is aten.index.Tensor and any(
            index is not None and index.dtype == torch.bool
            for index in args[1]
        )
        if func in self.forbidden or by_mask:
            raise AssertionError(f'{func} synchronises with the host')
        return func(*args, **(kwargs or {}))


@pytest.fixture
def no_host_sync(monkeypatch):
    """Make a context in which values may not leave the device."""

    @contextmanager
    def context():
        with NoHostSync(), monkeypatch.context() as patch:
            # On the CPU these need no operator that a mode could see.
            for name in ('numpy', '__array__', 'tolist', 'cpu'):
                patch.setattr(torch.Tensor, name, refuse(name))
            yield

    return context


def refuse(name):
    def method(self, *args, **kwargs):
        raise AssertionError(f'Tensor.{name} synchronises with the host')

    return method


@pytest.fixture
def ring():
    """Six keypoints in a ring, each with its next and the one after."""
    return dict(
        num_keypoints=6,
        top_k=2,
        neighbors=[[i, (i + 1) % 6, (i + 2) % 6] for i in range(6)],
        mean_shape=[[0.1 + 0.15 * i, 0.5 - 0.05 * i] for i in range(6)],
    )
