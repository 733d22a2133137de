from mmpose_scgcn.models.layers import (
    DynamicAdjacency,
    LearnedAdjacency,
    UniformAdjacency,
    build_adjacency,
)

import pytest
import torch

K, N, TOP_K = 5, 4, 2
KINDS = ('dynamic', 'learned', 'uniform')


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
        ('learned', LearnedAdjacency),
        ('uniform', UniformAdjacency),
    ],
)
def test_kinds(kind, expected):
    assert type(build(kind)) is expected


@pytest.mark.parametrize('kind', KINDS)
def test_starts_uniform(kind, node_map):
    torch.testing.assert_close(
        build(kind)(node_map), torch.full((3, K, TOP_K + 1), 1 / 3)
    )


@pytest.mark.parametrize('kind', KINDS)
def test_rows_sum_to_one(kind, node_map):
    weight = randomised(kind)(node_map)
    assert weight.shape == (3, K, TOP_K + 1)
    assert (weight >= 0).all()
    torch.testing.assert_close(weight.sum(-1), torch.ones(3, K))


def test_dynamic_follows_the_image(node_map):
    first, second, _ = randomised('dynamic')(node_map)
    assert (first - second).abs().max() > 0.1


@pytest.mark.parametrize('kind', ['learned', 'uniform'])
def test_the_others_do_not(kind, node_map):
    first, second, _ = randomised(kind)(node_map)
    torch.testing.assert_close(first, second, rtol=0, atol=0)


def test_dynamic_sees_only_the_mean_of_each_channel(node_map):
    adjacency = randomised('dynamic')
    pooled = node_map.mean(dim=(3, 4), keepdim=True).expand_as(node_map)
    torch.testing.assert_close(adjacency(pooled), adjacency(node_map))


def test_dynamic_equals_its_formula(node_map):
    adjacency = randomised('dynamic')
    for image, weight in zip(node_map, adjacency(node_map), strict=True):
        pooled = torch.stack(
            [image[k, n].mean() for k in range(K) for n in range(N)]
        )
        first, second = adjacency.squeeze, adjacency.weigh
        hidden = (first.weight @ pooled + first.bias).clamp_min(0)
        logits = (second.weight @ hidden + second.bias).reshape(K, TOP_K + 1)
        torch.testing.assert_close(weight, logits.softmax(1))


@pytest.mark.parametrize('kind', ['dynamic', 'learned'])
def test_every_parameter_can_learn_once_weights_differ(kind, node_map):
    adjacency = randomised(kind)
    adjacency(node_map)[..., 0].square().sum().backward()
    for name, parameter in adjacency.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_one_value_per_edge():
    sizes = [p.numel() for p in build('learned').parameters()]
    assert sizes == [K * (TOP_K + 1)]
    assert build('dynamic').weigh.out_features == K * (TOP_K + 1)


@pytest.mark.parametrize('kind', KINDS)
def test_autocast(kind, node_map):
    adjacency = randomised(kind)
    with torch.autocast('cpu', torch.bfloat16):
        weight = adjacency(node_map)
    # bfloat16 keeps 8 bits.
    torch.testing.assert_close(
        weight.float(), adjacency(node_map), rtol=0, atol=0.05
    )
    torch.testing.assert_close(
        weight.float().sum(-1), torch.ones(3, K), rtol=0, atol=0.01
    )


def test_an_unknown_kind():
    with pytest.raises(ValueError, match=r"'uniform', got 'static'"):
        build('static')
