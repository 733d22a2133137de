"""No node sets the scale of another: why layer norm is the default."""

from mmpose_scgcn.models.layers import GraphRelation

import pytest
import torch

NUM_NODES = 12


def chain() -> tuple[torch.Tensor, torch.Tensor]:
    """Each node's neighbour is the one before it; weights are equal."""
    nodes = torch.arange(NUM_NODES)
    neighbors = torch.stack([nodes, (nodes - 1).clamp_min(0)], dim=1)
    neighbors[0, 1] = 1
    return neighbors, torch.full((2, NUM_NODES, 2), 0.5)


def relation(norm: str) -> GraphRelation:
    """One block: stem, two layers and the last reach four nodes far."""
    torch.manual_seed(0)
    module = GraphRelation(8, 16, num_layers=1, norm=norm)
    torch.nn.init.normal_(module.out.weight.weight)
    return module.train()


@pytest.fixture
def nodes():
    return torch.randn(
        2, NUM_NODES, 8, generator=torch.Generator().manual_seed(1)
    )


def outlier(nodes):
    nodes = nodes.clone()
    nodes[0, 0] *= 1000
    return nodes


def test_an_outlying_node_changes_only_what_it_reaches(nodes):
    module = relation('layer')
    before = module(nodes, *chain())
    after = module(outlier(nodes), *chain())
    assert not torch.allclose(before[0, 0], after[0, 0])
    torch.testing.assert_close(before[0, 5:], after[0, 5:])
    torch.testing.assert_close(before[1], after[1])


def test_batch_norm_lets_it_change_every_node(nodes):
    module = relation('batch')
    before = module(nodes, *chain())
    after = module(outlier(nodes), *chain())
    changed = (before - after).abs().amax(dim=-1) > 1e-3
    assert changed.all()


def test_the_output_does_not_grow_with_the_features(nodes):
    module = relation('layer')
    torch.testing.assert_close(
        module(1e3 * nodes, *chain()),
        module(nodes, *chain()),
        atol=1e-3,
        rtol=1e-3,
    )


def test_an_unknown_norm_is_refused():
    with pytest.raises(ValueError, match="'layer' or 'batch', got 'group'"):
        GraphRelation(8, norm='group')
