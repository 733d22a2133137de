import re

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
            pyramid_channels=(8, 8),
            hidden_channels=8,
            decoder=dict(type='RegressionLabel', input_size=SIZE),
            loss=LOSS,
        )
        return GraphRefinementHead(**{**settings, **arguments}).eval()

    return make


@pytest.fixture
def maps():
    return torch.randn(3, CHANNELS[0], 6, 8), torch.randn(3, CHANNELS[1], 3, 4)


@pytest.fixture
def positions():
    """Centres of the pixels of the finest map, (48, 2), row by row.

    A pixel of it has 8 by 8 of the crop's, the first ones 0 to 7.
    """
    return torch.tensor(
        [
            ((8 * x + 3.5) / SIZE[0], (8 * y + 3.5) / SIZE[1])
            for y in range(6)
            for x in range(8)
        ]
    )


def randomise(head):
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return head


def without_evidence(head):
    with torch.no_grad():
        head.heatmap.weight.zero_()
    return head


def test_it_is_registered(make_refinement_head):
    head = make_refinement_head()
    settings = dict(type='mmpose_scgcn.GraphRefinementHead')
    assert MODELS.get(settings['type']) is type(head)


def test_it_starts_at_the_mean_shape(make_refinement_head, maps):
    stages = make_refinement_head().stages(maps)
    assert list(stages) == ['proposal', 'heatmap']
    mean = make_refinement_head().graph.mean_shape.expand(3, K, 2)
    torch.testing.assert_close(stages['proposal'], mean)


def test_a_heatmap_alone_is_an_expectation(
    make_refinement_head, maps, positions
):
    head = randomise(make_refinement_head(prior=None))
    fine, *_ = head.pyramid(maps)
    probability = head.heatmap(fine).flatten(2).softmax(-1)
    torch.testing.assert_close(head(maps), probability @ positions)
    assert list(head.stages(maps)) == ['heatmap']


def test_a_sharp_heatmap_overrules_the_prior(
    make_refinement_head, maps, positions
):
    head = make_refinement_head()
    peak = torch.full((3, K, 6, 8), -100.0)
    peak[:, :, 4, 1] = 100
    head.heatmap = torch.nn.Identity()
    pyramid = head.pyramid.forward
    head.pyramid.forward = lambda feats: [peak, pyramid(feats)[-1]]
    expected = positions[4 * 8 + 1].expand(3, K, 2)
    torch.testing.assert_close(head(maps), expected)


@pytest.mark.parametrize('prior', ['graph', 'mean shape'])
def test_without_evidence_the_prior_decides(
    make_refinement_head, maps, positions, prior
):
    head = make_refinement_head(prior=prior, prior_std=0.2)
    if prior == 'graph':
        torch.nn.init.normal_(head.relation.out.weight.weight, std=0.01)
    without_evidence(head)
    with torch.no_grad():
        head.log_width[1] = torch.tensor(0.5).log()
    stages = head.stages(maps)
    centers = stages.get('proposal', head.graph.mean_shape.expand(3, K, 2))
    for image, center in enumerate(centers):
        for k in range(K):
            distance = torch.linalg.vector_norm(positions - center[k], dim=1)
            std = 0.1 if k == 1 else 0.2
            probability = torch.exp(-0.5 * (distance / std) ** 2)
            expected = (probability[:, None] * positions).sum(
                dim=0
            ) / probability.sum()
            torch.testing.assert_close(stages['heatmap'][image, k], expected)


def test_the_proposal_goes_through_layers_of_the_relational_head(
    make_refinement_head, maps
):
    """With these layers that head gives the same."""
    from mmpose_scgcn.models import GraphRelationalHead

    head = randomise(make_refinement_head())
    coarse = head.pyramid(maps)[-1]
    other = GraphRelationalHead(
        in_channels=8,
        in_featuremap_size=(4, 3),
        num_keypoints=K,
        top_k=2,
        hidden_channels=8,
        num_layers=0,
        graph=None,
        decoder=dict(type='RegressionLabel', input_size=SIZE),
        loss=LOSS,
    ).eval()
    other.graph = head.graph
    other.embedding.forward = lambda feats: head.embedding(feats).unflatten(
        1, (K, -1)
    )
    other.adjacency, other.relation = head.adjacency, head.relation
    torch.testing.assert_close(head.stages(maps)['proposal'], other([coarse]))


@pytest.mark.parametrize('separable', [False, True])
@pytest.mark.parametrize('adjacency', ['dynamic', 'learned', 'uniform'])
def test_everything_learns(
    make_refinement_head, maps, samples, adjacency, separable
):
    head = make_refinement_head(adjacency=adjacency, separable=separable)
    head = randomise(head).train()
    losses = head.loss(maps, samples)
    assert set(losses) == {
        f'{stage}{name}'
        for stage in ('', 'proposal.')
        for name in ('loss_kpt', 'loss_relative', 'mean_error')
    } | {'loss_heatmap'}
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    for name, parameter in head.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_the_last_stage_is_what_is_predicted(
    make_refinement_head, maps, samples
):
    head = randomise(make_refinement_head())
    stages = head.stages(maps)
    assert (stages['proposal'] - stages['heatmap']).abs().max() > 1e-3
    instances = head.predict(maps, samples)
    torch.testing.assert_close(
        torch.tensor(instances[1].keypoints[0]),
        stages['heatmap'][1].detach() * torch.tensor(SIZE),
        check_dtype=False,
    )


def test_errors_say_what_is_wrong(make_refinement_head, maps):
    with pytest.raises(RuntimeError, match='no keypoint graph'):
        make_refinement_head(graph=None)(maps)
    head = make_refinement_head()
    for feats in ((), maps[:1], maps[::-1], (maps[0], maps[1][..., 1:])):
        shapes = re.escape(str([tuple(f.shape[1:]) for f in feats]))
        with pytest.raises(ValueError, match=rf'\(5, 6, 8\).*got {shapes}'):
            head(feats)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(adjacency='x'), r"'learned' or 'uniform', got 'x'"),
        (dict(prior='x'), r"'mean shape', None.*got 'x'"),
        (dict(in_channels=5), r'in_channels: expected a sequence.*got 5'),
        (
            dict(pyramid_channels=(8,)),
            r'pyramid_channels: expected 2 numbers.*\(8,\)',
        ),
        (
            dict(in_featuremap_size=(8, 5)),
            r'in_featuremap_size: expected multiples of 2.*\(8, 5\)',
        ),
        (dict(prior_std=0), r'prior_std: expected a positive number, got 0'),
        (dict(heatmap_sigma=-1), r'heatmap_sigma: expected a pos.*got -1'),
    ],
)
def test_arguments_that_do_not_fit(make_refinement_head, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_refinement_head(**arguments)


def test_what_is_not_known_is_not_in_the_gradient(
    make_refinement_head, maps, samples
):
    head = randomise(make_refinement_head()).train()
    labels = samples[0].gt_instance_labels
    labels.keypoint_weights[0, 2] = 0

    def gradients():
        head.zero_grad()
        losses = head.loss(maps, samples)
        sum(v for k, v in losses.items() if 'loss' in k).backward()
        return [p.grad.clone() for p in head.parameters()]

    expected = gradients()
    labels.keypoint_labels[0, 2] = float('nan')
    for found, wanted in zip(gradients(), expected, strict=True):
        torch.testing.assert_close(found, wanted)


def test_autocast_keeps_the_precision_of_coordinates(
    make_refinement_head, maps, samples
):
    head = randomise(make_refinement_head())
    expected = head(maps)
    with torch.autocast('cpu', torch.bfloat16):
        out = head(maps)
        losses = head.loss(maps, samples)
    assert out.dtype == torch.float32
    spread = (expected - head.graph.mean_shape).abs().max()
    assert (out - expected).abs().max() < 0.05 * spread
    assert all(
        v.isfinite() and v.dtype == torch.float32 for v in losses.values()
    )


def test_the_flip_test_averages_with_the_mirrored_image(
    make_refinement_head, maps, samples
):
    head = randomise(make_refinement_head())
    mirrored = tuple(m.flip(-1) for m in maps)
    order = [1, 0, 2, 3, 5, 4]
    for sample in samples:
        sample.set_metainfo(dict(flip_indices=order))
    found = head.predict([maps, mirrored], samples, dict(flip_test=True))
    width, height = SIZE
    for image in range(3):
        one = head(maps)[image] * torch.tensor([width, height])
        other = head(mirrored)[image][order] * torch.tensor([width, height])
        other[:, 0] = width - 1 - other[:, 0]
        torch.testing.assert_close(
            torch.tensor(found[image].keypoints[0]),
            ((one + other) / 2).detach(),
            check_dtype=False,
        )


def test_a_relative_loss_probability_the_graph(make_refinement_head):
    head = make_refinement_head()
    assert head.loss_module.relative.graph is head.graph


def test_the_heatmap_loss_is_a_cross_entropy(
    make_refinement_head, maps, samples, positions
):
    """And a keypoint that does not count adds nothing."""
    head = randomise(
        make_refinement_head(heatmap_weight=0.5, heatmap_sigma=1.0)
    )
    labels = [s.gt_instance_labels for s in samples]
    target = torch.cat([d.keypoint_labels for d in labels])
    weight = torch.cat([d.keypoint_weights for d in labels])
    logits, _ = head._read(maps)
    total = 0.0
    for image in range(3):
        for k in range(K):
            offset = (positions - target[image, k]) * torch.tensor([8.0, 6])
            wanted = torch.exp(-offset.square().sum(-1) / 2)
            wanted = wanted / wanted.sum()
            log = logits[image, k].flatten().log_softmax(-1)
            total -= weight[image, k] * (wanted * log).sum()
    found = head.loss(maps, samples)['loss_heatmap']
    torch.testing.assert_close(found, 0.5 * total / weight.sum())
    assert 'loss_heatmap' not in make_refinement_head(heatmap_weight=0).loss(
        maps, samples
    )


@pytest.mark.parametrize('nothing', [-1.0, torch.nan])
def test_a_weight_that_is_not_above_zero_is_zero(
    make_refinement_head, maps, samples, nothing
):
    head, values = make_refinement_head(), []
    for weight in (0.0, nothing):
        samples[0].gt_instance_labels.keypoint_weights[0, 1] = weight
        values.append(head.loss(maps, samples)['loss_heatmap'])
    torch.testing.assert_close(*values)


def certainty_of(head, logits):
    """Scores of a head whose heatmaps are given, with no prior."""
    head.heatmap = torch.nn.Identity()
    head.pyramid.forward = lambda feats: [logits, feats[-1]]
    return head.locate(maps_of(len(logits)))[1]


def maps_of(batch):
    return (
        torch.randn(batch, CHANNELS[0], 6, 8),
        torch.randn(batch, CHANNELS[1], 3, 4),
    )


def test_a_heatmap_in_one_place_is_certain(make_refinement_head):
    logits = torch.full((2, K, 6, 8), -1e4)
    logits[:, :, 4, 1] = 0
    score = certainty_of(make_refinement_head(prior=None), logits)
    torch.testing.assert_close(score, torch.ones(2, K))


def test_an_even_heatmap_has_the_spread_of_an_even_distribution(
    make_refinement_head,
):
    """Of n positions in a row, 1 / n apart: (1 - 1 / n^2) / 12."""
    logits = torch.zeros(2, K, 6, 8)
    score = certainty_of(make_refinement_head(prior=None), logits)
    spread = ((1 - 1 / 8**2) / 12 + (1 - 1 / 6**2) / 12) ** 0.5
    expected = torch.tensor(-spread / 0.05).exp().expand(2, K)
    torch.testing.assert_close(score, expected)


@pytest.mark.parametrize('apart', [1, 2, 4])
def test_two_positions_are_as_certain_as_they_are_near(
    make_refinement_head, apart
):
    """Half of it in each of two: the spread is half of their distance."""
    logits = torch.full((1, K, 6, 8), -1e4)
    logits[:, :, 2, 1] = logits[:, :, 2, 1 + apart] = 0
    score = certainty_of(make_refinement_head(prior=None), logits)
    expected = torch.tensor(-apart / 8 / 2 / 0.05).exp().expand(1, K)
    torch.testing.assert_close(score, expected)


def test_a_narrower_prior_is_more_certain(make_refinement_head, maps):
    head = without_evidence(make_refinement_head(prior='mean shape'))
    wide = head.locate(maps)[1]
    with torch.no_grad():
        head.log_width[2] = -1.5
    narrow = head.locate(maps)[1]
    assert (narrow[:, 2] > wide[:, 2] + 0.05).all()
    others = [k for k in range(K) if k != 2]
    torch.testing.assert_close(narrow[:, others], wide[:, others])


def test_scores_come_with_the_keypoints(make_refinement_head, maps, samples):
    head = randomise(make_refinement_head())
    points, scores = head.locate(maps)
    torch.testing.assert_close(points, head(maps))
    found = head.predict(maps, samples)
    for image, instances in enumerate(found):
        assert instances.keypoint_scores.shape == (1, K)
        torch.testing.assert_close(
            torch.tensor(instances.keypoint_scores[0]), scores[image].detach()
        )
    assert scores.std() > 0


def test_the_flip_test_averages_the_scores(
    make_refinement_head, maps, samples
):
    head = randomise(make_refinement_head())
    mirrored = tuple(m.flip(-1) for m in maps)
    order = [1, 0, 2, 3, 5, 4]
    for sample in samples:
        sample.set_metainfo(dict(flip_indices=order))
    found = head.predict([maps, mirrored], samples, dict(flip_test=True))
    one, other = head.locate(maps)[1], head.locate(mirrored)[1]
    for image, instances in enumerate(found):
        for k in range(K):
            expected = (one[image, k] + other[image, order[k]]) / 2
            assert instances.keypoint_scores[0, k] == pytest.approx(
                expected.item(), rel=1e-5
            )


def test_scores_do_not_lose_precision_under_autocast(
    make_refinement_head, maps, samples
):
    head = randomise(make_refinement_head())
    expected = head.locate(maps)[1]
    with torch.autocast('cpu', torch.bfloat16):
        score = head.locate(maps)[1]
        head.predict(maps, samples)
    assert score.dtype == torch.float32
    torch.testing.assert_close(score, expected, rtol=0.1, atol=0.02)


def test_pixels_of_the_map_lie_alike_by_either_codec(make_refinement_head):
    """``IntegralRegressionLabel`` keeps the size of the crop inside."""
    integral = dict(
        type='IntegralRegressionLabel',
        input_size=SIZE,
        heatmap_size=(8, 6),
        sigma=1.0,
    )
    usual = make_refinement_head().grid
    other = make_refinement_head(decoder=integral).grid
    buffers = dict(other.named_buffers())
    assert buffers
    for name, value in usual.named_buffers():
        torch.testing.assert_close(buffers[name], value)
