from mmpose_scgcn.models import GraphRefinementHead
from mmpose_scgcn.registry import MODELS

import pytest
import torch

K, SIZE = 6, (64, 48)
CHANNELS = (5, 7)
L1 = dict(type='mmpose_scgcn.L1Loss')
LOSS = dict(
    type='mmpose_scgcn.StructureCoherentLoss',
    input_size=SIZE,
    use_target_weight=True,
    absolute=L1,
    relative=dict(type='mmpose_scgcn.RelativeLocationLoss', penalty=L1),
)


@pytest.fixture
def make_refinement_head(ring):
    def make(**arguments):
        settings = dict(
            in_channels=CHANNELS,
            in_featuremap_size=(8, 6),
            num_keypoints=K,
            graph=ring,
            top_k=2,
            pyramid_channels=8,
            hidden_channels=8,
            decoder=dict(type='RegressionLabel', input_size=SIZE),
            loss=LOSS,
        )
        return GraphRefinementHead(**{**settings, **arguments}).eval()

    return make


@pytest.fixture
def maps():
    return torch.randn(3, CHANNELS[0], 6, 8), torch.randn(3, CHANNELS[1], 3, 4)


def randomise(head):
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return head


def test_it_is_registered(make_refinement_head, maps):
    head = make_refinement_head()
    settings = dict(type='mmpose_scgcn.GraphRefinementHead')
    assert MODELS.get(settings['type']) is type(head)


def test_steps_start_where_the_heatmaps_say(make_refinement_head, maps):
    """And these are expectations over the places of the map."""
    head = make_refinement_head(prior_std=None)
    rough, *steps = head.stages(maps)
    assert len(steps) == 2
    for step in steps:
        torch.testing.assert_close(step, rough, rtol=0, atol=0)
    with torch.no_grad():
        head.heatmap.weight.zero_()
        head.heatmap.bias.zero_()
    torch.testing.assert_close(
        head(maps), torch.full((3, K, 2), 0.5), rtol=0, atol=1e-6
    )


def test_a_sharp_heatmap_is_where_its_peak_is(make_refinement_head, maps):
    head = make_refinement_head(num_steps=0, prior_std=None)
    peak = torch.full((3, K, 6, 8), -100.0)
    peak[:, :, 4, 1] = 100
    head.heatmap = torch.nn.Identity()
    head.pyramid.forward = lambda feats: peak
    expected = torch.tensor([1.5 / 8, 4.5 / 6]).expand(3, K, 2)
    torch.testing.assert_close(head(maps), expected)


@pytest.mark.parametrize('adjacency', ['attentive', 'uniform'])
def test_everything_learns(make_refinement_head, maps, samples, adjacency):
    head = randomise(make_refinement_head(adjacency=adjacency)).train()
    losses = head.loss(maps, samples)
    assert set(losses) == {
        f'{step}{name}'
        for step in ('', 'step0.', 'step1.')
        for name in ('loss_kpt', 'loss_relative', 'mean_error')
    } | {'loss_heatmap'}
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    for name, parameter in head.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_the_last_step_is_what_is_predicted(
    make_refinement_head, maps, samples
):
    head = randomise(make_refinement_head())
    stages = head.stages(maps)
    assert (stages[0] - stages[1]).abs().max() > 1e-3
    instances = head.predict(maps, samples)
    torch.testing.assert_close(
        torch.tensor(instances[1].keypoints[0]),
        stages[-1][1].detach() * torch.tensor(SIZE),
        check_dtype=False,
    )


def test_errors_say_what_is_wrong(make_refinement_head, maps):
    with pytest.raises(RuntimeError, match='no keypoint graph'):
        make_refinement_head(graph=None)(maps)
    with pytest.raises(ValueError, match='expected 2 feature maps, got 1'):
        make_refinement_head()(maps[:1])
    with pytest.raises(ValueError, match=r'feature map: in_channels'):
        make_refinement_head()(maps[::-1])
    with pytest.raises(ValueError, match="'attentive' or 'uniform', got 'x'"):
        make_refinement_head(adjacency='x')


def test_a_relative_loss_shares_the_graph(make_refinement_head):
    head = make_refinement_head()
    assert head.loss_module.relative.graph is head.graph


def test_without_evidence_they_are_near_the_mean_shape(
    make_refinement_head, maps
):
    head = make_refinement_head(num_steps=0, prior_std=0.2)
    with torch.no_grad():
        head.heatmap.weight.zero_()
        head.heatmap.bias.zero_()
    for k, mean in enumerate(head.graph.mean_shape):
        distance = torch.linalg.vector_norm(head.places - mean, dim=1)
        shares = torch.exp(-0.5 * (distance / 0.2) ** 2)
        expected = (shares[:, None] * head.places).sum(dim=0) / shares.sum()
        torch.testing.assert_close(head(maps)[0, k], expected)


def test_the_heatmap_loss_is_a_cross_entropy(
    make_refinement_head, maps, samples
):
    """And a keypoint that does not count adds nothing."""
    head = randomise(make_refinement_head(heatmap_weight=0.5, num_steps=0))
    labels = [s.gt_instance_labels for s in samples]
    target = torch.cat([d.keypoint_labels for d in labels])
    weight = torch.cat([d.keypoint_weights for d in labels])
    _, logits = head._read(maps)
    total = 0.0
    for image in range(3):
        for k in range(K):
            offset = (head.places - target[image, k]) * torch.tensor([8.0, 6])
            wanted = torch.exp(-offset.square().sum(-1) / 2)
            wanted = wanted / wanted.sum()
            log = logits[image, k].log_softmax(-1)
            total -= weight[image, k] * (wanted * log).sum()
    found = head.loss(maps, samples)['loss_heatmap']
    torch.testing.assert_close(found, 0.5 * total / weight.sum())
    assert 'loss_heatmap' not in make_refinement_head(heatmap_weight=0).loss(
        maps, samples
    )
