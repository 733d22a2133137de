from mmpose_scgcn.models.layers import GraphConv, GraphRelation, graph_relation
from mmpose_scgcn.models.layers.graph_relation import (
    DenseEdges,
    ListedEdges,
    make_edges,
)

import pytest
import torch

B, K, TOP_K, C = 2, 5, 2, 3
NEIGHBORS = torch.tensor(
    [[0, 1, 2], [1, 0, 4], [2, 4, 3], [3, 0, 1], [4, 3, 2]]
)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture(autouse=True, params=['matrix', 'lists'])
def form(request, monkeypatch):
    """Both forms of edges, whatever their number."""
    limit = K if request.param == 'matrix' else 0
    monkeypatch.setattr(graph_relation, 'DENSE_UP_TO', limit)
    return request.param


@pytest.fixture
def nodes():
    return torch.randn(B, K, C)


@pytest.fixture
def edge_weight():
    return torch.rand(B, K, TOP_K + 1).softmax(-1)


both_norms = pytest.mark.parametrize('norm', ['layer', 'batch'])


def relation(norm='layer', randomise=True):
    """In evaluation mode with parameters and statistics all random."""
    module = GraphRelation(
        C, hidden_channels=6, num_layers=2, norm=norm
    ).eval()
    if randomise:
        for name, tensor in module.state_dict().items():
            if 'num_batches' not in name:
                torch.nn.init.uniform_(tensor, 0.1, 1)
        for parameter in module.parameters():
            if parameter.ndim == 2:
                torch.nn.init.normal_(parameter, std=0.3)
    return module


def test_the_form_follows_the_number(edge_weight, form):
    kind = type(make_edges(NEIGHBORS, edge_weight))
    assert kind is dict(matrix=DenseEdges, lists=ListedEdges)[form]


@pytest.mark.parametrize('bias', [True, False])
def test_conv_equals_a_loop_over_neighbors(nodes, edge_weight, bias):
    conv = GraphConv(C, 4, bias=bias)
    if bias:
        torch.nn.init.normal_(conv.bias)
    own, others = conv.weight.weight.chunk(2)  # W_0^T, W_1^T
    expected = torch.zeros(B, K, 4)
    for b in range(B):
        for row, weights in zip(NEIGHBORS, edge_weight[b], strict=True):
            i = row[0]
            expected[b, i] = weights[0] * (own @ nodes[b, i])
            for j, weight in zip(row[1:], weights[1:], strict=True):
                expected[b, i] += weight * (others @ nodes[b, j])
            if bias:
                expected[b, i] += conv.bias
    out = conv(nodes, make_edges(NEIGHBORS, edge_weight))
    torch.testing.assert_close(out, expected)


def test_conv_gradcheck(nodes, edge_weight):
    conv = GraphConv(C, 2).double()

    def run(nodes, edge_weight):
        return conv(nodes, make_edges(NEIGHBORS, edge_weight))

    inputs = (nodes.double(), edge_weight.double())
    assert torch.autograd.gradcheck(run, [x.requires_grad_() for x in inputs])


def test_both_weights_are_initialised_alike():
    """Xavier with gain sqrt(2), fan of one weight, not of the pair."""
    own, others = GraphConv(200, 100).weight.weight.chunk(2)
    bound = 2**0.5 * (6 / 300) ** 0.5
    for weight in (own, others):
        assert weight.abs().max() <= bound
        assert weight.abs().max() > 0.99 * bound


@both_norms
def test_relation_equals_its_formula(nodes, edge_weight, norm):
    module = relation(norm)
    edges = make_edges(NEIGHBORS, edge_weight)

    def layer(part, x):
        x = part.conv(x, edges)
        if norm == 'layer':  # over the channels of each node
            mean, var = x.mean(-1, True), x.var(-1, correction=0, keepdim=True)
        else:
            mean, var = part.norm.running_mean, part.norm.running_var
        x = (x - mean) / (var + part.norm.eps).sqrt()
        return (x * part.norm.weight + part.norm.bias).clamp_min(0)

    x = layer(module.stem, nodes)
    for first, second in module.blocks:
        x = x + layer(second, layer(first, x))
    torch.testing.assert_close(
        module(nodes, NEIGHBORS, edge_weight), module.out(x, edges)
    )


@both_norms
def test_relation_starts_at_zero(nodes, edge_weight, norm):
    module = relation(norm, randomise=False).train()
    out = module(nodes, NEIGHBORS, edge_weight)
    torch.testing.assert_close(out, torch.zeros(B, K, 2), rtol=0, atol=0)


@both_norms
def test_the_last_layer_learns_from_its_start(nodes, edge_weight, norm):
    module = relation(norm, randomise=False).train()
    module(nodes, NEIGHBORS, edge_weight).sum().backward()
    assert module.out.weight.weight.grad.abs().sum() > 0


@both_norms
def test_permuting_keypoints_permutes_the_output(nodes, edge_weight, norm):
    module = relation(norm)
    order = torch.tensor([3, 1, 4, 0, 2])
    neighbors = order.argsort()[NEIGHBORS[order]]
    torch.testing.assert_close(
        module(nodes[:, order], neighbors, edge_weight[:, order]),
        module(nodes, NEIGHBORS, edge_weight)[:, order],
    )


@both_norms
def test_order_of_the_neighbors_does_not_count(nodes, edge_weight, norm):
    module = relation(norm)
    swap = [0, 2, 1]
    torch.testing.assert_close(
        module(nodes, NEIGHBORS[:, swap], edge_weight[..., swap]),
        module(nodes, NEIGHBORS, edge_weight),
    )


def test_information_travels_one_edge_per_layer(nodes, edge_weight):
    """One layer on a path: the far end does not see the other."""
    path = torch.tensor([[0, 1], [1, 2], [2, 3], [3, 4], [4, 3]])
    conv = GraphConv(C, 2)
    moved = nodes.clone()
    moved[:, 4] += 1
    edges = make_edges(path, edge_weight[..., :2])
    change = [conv(x, edges) for x in (nodes, moved)]
    felt = (change[0] - change[1]).abs().sum(dim=(0, 2)) > 1e-6
    assert felt.tolist() == [False, False, False, True, True]


def test_batch_norm_counts_all_images_and_nodes(nodes, edge_weight):
    """In training; what the released code does."""
    stem = relation('batch').stem.train()
    edges = make_edges(NEIGHBORS, edge_weight)
    x = stem.conv(nodes, edges).flatten(0, 1)  # (B K, C)
    x = (x - x.mean(0)) / (x.var(0, correction=0) + stem.norm.eps).sqrt()
    expected = (x * stem.norm.weight + stem.norm.bias).clamp_min(0)
    torch.testing.assert_close(stem(nodes, edges), expected.reshape(B, K, -1))


@both_norms
def test_a_wild_image_and_the_others(nodes, edge_weight, norm):
    """With layer norm images do not see each other, even in training."""
    module = relation(norm).train()
    wild = nodes.clone()
    wild[1] *= 1e4
    tame, disturbed = (
        module(x, NEIGHBORS, edge_weight)[0] for x in (nodes, wild)
    )
    assert torch.allclose(tame, disturbed) == (norm == 'layer')


def test_layer_norm_bounds_the_output(nodes, edge_weight):
    """However large the features, a keypoint stays within reach."""
    module = relation('layer')
    size = [
        module(scale * nodes, NEIGHBORS, edge_weight).abs().max()
        for scale in (1e2, 1e4, 1e6)
    ]
    torch.testing.assert_close(size[2], size[1], rtol=1e-3, atol=0)
    # Each of the three sums adds at most sqrt(6) |weight| + |bias| a channel.
    layers = [module.stem, *(second for _, second in module.blocks)]
    reach = sum(x.norm.weight * 6**0.5 + x.norm.bias for x in layers)
    own, others = module.out.weight.weight.abs().chunk(2)
    bound = torch.maximum(own, others) @ reach + module.out.bias
    assert max(size) <= bound.max()


def test_an_unknown_norm():
    with pytest.raises(ValueError, match="'layer' or 'batch', got 'group'"):
        relation('group')


@both_norms
@pytest.mark.parametrize('weights_autocast', [False, True])
def test_autocast(nodes, edge_weight, norm, weights_autocast):
    module = relation(norm)
    expected = module(nodes, NEIGHBORS, edge_weight)
    if weights_autocast:
        edge_weight = edge_weight.bfloat16()
    with torch.autocast('cpu', torch.bfloat16):
        out = module(nodes, NEIGHBORS, edge_weight)
    # bfloat16 keeps 8 bits; six layers deep.
    torch.testing.assert_close(out.float(), expected, rtol=0.05, atol=0.05)


@both_norms
def test_compiles_without_graph_breaks(nodes, edge_weight, norm):
    module = relation(norm)
    compiled = torch.compile(module, fullgraph=True, backend='eager')
    torch.testing.assert_close(
        compiled(nodes, NEIGHBORS, edge_weight),
        module(nodes, NEIGHBORS, edge_weight),
    )
