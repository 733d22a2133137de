from mmpose_scgcn.models.layers import (
    CertaintyAdjacency,
    DynamicAdjacency,
    LearnedAdjacency,
    UniformAdjacency,
    build_adjacency,
)

import pytest
import torch

K, N, TOP_K = 5, 4, 2
KINDS = ('dynamic', 'certainty', 'learned', 'uniform')
NEIGHBORS = torch.tensor([[i, (i + 1) % K, (i + 3) % K] for i in range(K)])


@pytest.fixture
def node_map():
    return torch.randn(
        3, K, N, 4, 3, generator=torch.Generator().manual_seed(0)
    )


def build(kind):
    torch.manual_seed(0)
    return build_adjacency(kind, K, TOP_K, N)


def randomised(kind):
    adjacency = build(kind)
    for parameter in adjacency.parameters():
        torch.nn.init.normal_(parameter)
    return adjacency


@pytest.mark.parametrize(
    ('kind', 'expected'),
    [
        ('dynamic', DynamicAdjacency),
        ('certainty', CertaintyAdjacency),
        ('learned', LearnedAdjacency),
        ('uniform', UniformAdjacency),
    ],
)
def test_kinds(kind, expected):
    assert type(build(kind)) is expected


@pytest.mark.parametrize('kind', KINDS)
def test_starts_uniform(kind, node_map):
    torch.testing.assert_close(
        build(kind)(node_map, NEIGHBORS), torch.full((3, K, TOP_K + 1), 1 / 3)
    )


@pytest.mark.parametrize('kind', KINDS)
def test_rows_sum_to_one(kind, node_map):
    weight = randomised(kind)(node_map, NEIGHBORS)
    assert weight.shape == (3, K, TOP_K + 1)
    assert (weight >= 0).all()
    torch.testing.assert_close(weight.sum(-1), torch.ones(3, K))


@pytest.mark.parametrize('kind', ['dynamic', 'certainty'])
def test_some_follow_the_image(kind, node_map):
    first, second, _ = randomised(kind)(node_map, NEIGHBORS)
    assert (first - second).abs().max() > 0.1


@pytest.mark.parametrize('kind', ['learned', 'uniform'])
def test_the_others_do_not(kind, node_map):
    first, second, _ = randomised(kind)(node_map, NEIGHBORS)
    torch.testing.assert_close(first, second, rtol=0, atol=0)


def test_dynamic_sees_only_the_mean_of_each_channel(node_map):
    adjacency = randomised('dynamic')
    pooled = node_map.mean(dim=(3, 4), keepdim=True).expand_as(node_map)
    torch.testing.assert_close(
        adjacency(pooled, NEIGHBORS), adjacency(node_map, NEIGHBORS)
    )


def test_dynamic_equals_its_formula(node_map):
    adjacency = randomised('dynamic')
    for image, weight in zip(
        node_map, adjacency(node_map, NEIGHBORS), strict=True
    ):
        pooled = torch.stack(
            [image[k, n].mean() for k in range(K) for n in range(N)]
        )
        first, second = adjacency.squeeze, adjacency.weigh
        hidden = (first.weight @ pooled + first.bias).clamp_min(0)
        logits = (second.weight @ hidden + second.bias).reshape(K, TOP_K + 1)
        torch.testing.assert_close(weight, logits.softmax(1))


@pytest.mark.parametrize('kind', ['dynamic', 'certainty', 'learned'])
def test_every_parameter_can_learn_once_weights_differ(kind, node_map):
    adjacency = randomised(kind)
    adjacency(node_map, NEIGHBORS)[..., 0].square().sum().backward()
    for name, parameter in adjacency.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_a_node_that_loses_certainty_loses_it_on_all_its_edges(node_map):
    """And edges of other senders keep their proportions."""
    adjacency = randomised('certainty')
    before = adjacency(node_map, NEIGHBORS).log()
    changed = node_map.clone()
    changed[:, 2] *= -1
    after = adjacency(changed, NEIGHBORS).log()
    gain = adjacency.certainty(changed) - adjacency.certainty(node_map)
    assert (gain[:, 2].abs() > 0.1).all()
    assert (gain[:, [0, 1, 3, 4]] == 0).all()
    for receiver, senders in enumerate(NEIGHBORS.tolist()):
        shift = (after - before)[:, receiver]
        expected = torch.zeros_like(shift)
        if 2 in senders:
            expected[:, senders.index(2)] = gain[:, 2]
        shift, expected = (
            x - x.mean(1, keepdim=True) for x in (shift, expected)
        )
        torch.testing.assert_close(shift, expected, rtol=1e-4, atol=1e-5)


def test_one_value_per_edge():
    sizes = [p.numel() for p in build('learned').parameters()]
    assert sizes == [K * (TOP_K + 1)]
    assert build('dynamic').weigh.out_features == K * (TOP_K + 1)


@pytest.mark.parametrize('kind', KINDS)
def test_autocast(kind, node_map):
    adjacency = randomised(kind)
    with torch.autocast('cpu', torch.bfloat16):
        weight = adjacency(node_map, NEIGHBORS)
    # bfloat16 keeps 8 bits.
    torch.testing.assert_close(
        weight.float(), adjacency(node_map, NEIGHBORS), rtol=0, atol=0.05
    )
    torch.testing.assert_close(
        weight.float().sum(-1), torch.ones(3, K), rtol=0, atol=0.01
    )


def test_an_unknown_kind():
    with pytest.raises(ValueError, match=r"'uniform', got 'static'"):
        build('static')


def test_hidden_units_grow_with_keypoints_up_to_a_limit():
    for count, units in ((98, 196), (256, 512), (1000, 512)):
        adjacency = DynamicAdjacency(count, 3, 4)
        assert adjacency.squeeze.out_features == units


def test_a_checkpoint_brings_its_hidden_units():
    """Those before the limit: K n / 2, whatever K."""
    torch.manual_seed(0)
    count, channels, units = 300, 1200, 600
    before = torch.nn.ModuleDict(
        dict(
            squeeze=torch.nn.Linear(channels, units),
            weigh=torch.nn.Linear(units, count * 4),
        )
    )
    adjacency = DynamicAdjacency(count, 3, 4)
    optimizer = torch.optim.SGD(adjacency.parameters(), lr=0.1)
    adjacency.load_state_dict(before.state_dict())
    nodes = torch.randn(2, count, 4, 3, 3)
    neighbors = torch.randint(0, count, (count, 4))
    pooled = nodes.mean((-2, -1)).flatten(1)
    logits = before['weigh'](before['squeeze'](pooled).relu())
    torch.testing.assert_close(
        adjacency(nodes, neighbors),
        logits.reshape(2, count, 4).softmax(-1),
    )
    old = adjacency.weigh.weight.detach().clone()
    adjacency(nodes, neighbors)[..., 0].sum().backward()
    optimizer.step()  # it has the weights that were loaded
    assert not torch.equal(adjacency.weigh.weight, old)


def test_weights_of_other_keypoints_change_no_shape():
    """They are left out by MMEngine, and an averaged model has a copy."""
    ours = DynamicAdjacency(num_keypoints=4, top_k=2, expansion=4)
    before = {n: v.shape for n, v in ours.state_dict().items()}
    other = DynamicAdjacency(num_keypoints=6, top_k=2, expansion=4)
    with pytest.raises(RuntimeError, match='size mismatch'):
        ours.load_state_dict(other.state_dict(), strict=False)
    assert {n: v.shape for n, v in ours.state_dict().items()} == before
    assert ours.squeeze.out_features == len(ours.squeeze.bias)
