import pytest
import torch


@pytest.fixture
def batch():
    """(B, K, D) = (4, 6, 2) pixels; errors reach all branches."""
    generator = torch.Generator().manual_seed(0)
    target = 256 * torch.rand(4, 6, 2, generator=generator)
    factor = torch.tensor([0.5, 5, 20, 60]).reshape(4, 1, 1)
    output = target + factor * torch.randn(4, 6, 2, generator=generator)
    weight = (torch.rand(4, 6, generator=generator) > 0.3).float()
    return output, target, weight
