from copy import deepcopy

from mmpose_scgcn.models import (
    GraphRelationalHead,
    RelativeLocationLoss,
    SoftWingLoss,
    WingLoss,
)
from mmpose_scgcn.registry import MODELS

import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS as MMPOSE_MODELS
from mmpose.testing import get_packed_inputs

K, C, W, H = 6, 8, 4, 3
SIZE = (64, 48)
SOFT_WING = dict(
    type='mmpose_scgcn.SoftWingLoss', input_size=SIZE, use_target_weight=True
)
# The published constants, in px of a 64 px input.
PENALTY = dict(
    type='mmpose_scgcn.SoftWingLoss', omega1=0.5, omega2=5.0, epsilon=0.125
)


def stack(samples):
    labels = [s.gt_instance_labels for s in samples]
    return (
        torch.cat([label.keypoint_labels for label in labels]),
        torch.cat([label.keypoint_weights for label in labels]),
    )


@pytest.mark.parametrize('adjacency', ['dynamic', 'learned', 'uniform'])
@pytest.mark.parametrize('training', [True, False])
def test_starts_at_the_mean_shape(make_head, feats, ring, adjacency, training):
    head = make_head(adjacency=adjacency).train(training)
    expected = torch.tensor([ring['mean_shape']] * 3)
    torch.testing.assert_close(head(feats), expected, rtol=0, atol=0)


def test_initialisation_by_the_runner_keeps_the_start(make_head, feats, ring):
    head = make_head()
    head.init_weights()
    expected = torch.tensor([ring['mean_shape']] * 3)
    torch.testing.assert_close(head(feats), expected, rtol=0, atol=0)


@pytest.mark.parametrize('adjacency', ['dynamic', 'learned', 'uniform'])
@pytest.mark.parametrize('norm', ['layer', 'batch'])
def test_everything_learns(make_head, feats, samples, adjacency, norm):
    """Once the zero of the last layers is left, all parameters matter."""
    head = make_head(True, adjacency=adjacency, norm=norm).train()
    losses = head.loss(feats, samples)
    (losses['loss_kpt'] + losses['loss_relative']).backward()
    for name, parameter in head.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


def test_uniform_and_dynamic_agree_before_training(make_head, feats):
    dynamic = make_head(adjacency='dynamic')
    uniform = make_head(adjacency='uniform')
    for head in (dynamic, uniform):
        torch.nn.init.normal_(
            head.relation.out.weight.weight,
            generator=torch.Generator().manual_seed(1),
        )
    own = uniform.state_dict()
    uniform.load_state_dict(
        {k: v for k, v in dynamic.state_dict().items() if k in own}
    )
    out = dynamic(feats)
    torch.testing.assert_close(uniform(feats), out)
    assert (out - dynamic.graph.mean_shape).abs().max() > 0.01


def test_predicts_the_mean_shape_plus_what_it_relates(make_head, feats):
    head = make_head(randomise=True)
    node_map = head.embedding(feats[-1])
    offset = head.relation(
        node_map.flatten(2),
        head.graph.neighbors,
        head.adjacency(node_map, head.graph.neighbors),
    )
    torch.testing.assert_close(head(feats), head.graph.mean_shape + offset)


def test_a_node_is_the_whole_map_of_its_channels(make_head, feats):
    head = make_head()
    nodes = head.embedding(feats[-1]).flatten(2)
    flat = head.embedding.blocks(feats[-1])  # (B, K * n, H, W)
    torch.testing.assert_close(nodes[:, 2], flat[:, 8:12].flatten(1))


@pytest.mark.parametrize(
    ('keypoints', 'top_k', 'channels', 'size'),
    [(2, 1, 1, (1, 1)), (5, 4, 16, (1, 7)), (98, 3, 4, (5, 2))],
)
def test_any_keypoints_and_any_map(keypoints, top_k, channels, size):
    width, height = size
    graph = dict(
        num_keypoints=keypoints,
        top_k=top_k,
        neighbors=[
            [(i + j) % keypoints for j in range(top_k + 1)]
            for i in range(keypoints)
        ],
        mean_shape=np.random.rand(keypoints, 2).tolist(),
    )
    head = GraphRelationalHead(
        channels, size, keypoints, graph, top_k, embed_channels=4
    )
    out = head([torch.randn(2, channels, height, width)])
    assert out.shape == (2, keypoints, 2)


def test_the_last_map_is_used(make_head, feats):
    head = make_head(randomise=True)
    other = torch.randn(3, 5, 9, 9)
    torch.testing.assert_close(head([other, *feats]), head(feats))


def test_loss_equals_its_terms_by_hand(make_head, feats, samples, ring):
    head = make_head(randomise=True)
    output = head(feats)
    target, weight = stack(samples)
    shared = dict(input_size=SIZE, use_target_weight=True)
    absolute = SoftWingLoss(0.5, 5.0, 0.125, **shared)
    relative = RelativeLocationLoss(ring, PENALTY, **shared)
    losses = head.loss(feats, samples)
    assert set(losses) == {'loss_kpt', 'loss_relative', 'mean_error'}
    torch.testing.assert_close(
        losses['loss_kpt'], absolute(output, target, weight)
    )
    torch.testing.assert_close(
        losses['loss_relative'], relative(output, target, weight)
    )
    distance = (output - target).square().sum(-1).sqrt()
    torch.testing.assert_close(
        losses['mean_error'], distance[weight > 0].mean()
    )
    assert not losses['mean_error'].requires_grad


@pytest.mark.parametrize(
    'loss',
    [
        dict(
            type='mmpose_scgcn.WingLoss',
            input_size=SIZE,
            use_target_weight=True,
        ),
        dict(type='mmpose.SmoothL1Loss', use_target_weight=True),
    ],
    ids=['ours', "MMPose's"],
)
def test_a_single_loss_is_one_term(make_head, feats, samples, loss):
    head = make_head(randomise=True, loss=loss)
    target, weight = stack(samples)
    losses = head.loss(feats, samples)
    assert set(losses) == {'loss_kpt', 'mean_error'}
    expected = MODELS.build(loss)(head(feats), target, weight[..., None])
    torch.testing.assert_close(losses['loss_kpt'], expected)


def test_mean_error_where_nothing_counts(make_head, feats, samples):
    for sample in samples:
        sample.gt_instance_labels.keypoint_weights.zero_()
        sample.gt_instance_labels.keypoint_labels.fill_(torch.nan)
    losses = make_head().loss(feats, samples)
    assert [v.item() for v in losses.values()] == [0, 0, 0]


def test_loss_does_not_leave_the_device(
    make_head, feats, samples, no_host_sync
):
    head = make_head(randomise=True).train()
    with no_host_sync():
        losses = head.loss(feats, samples)
        (losses['loss_kpt'] + losses['loss_relative']).backward()


def test_predict_gives_crop_pixels(make_head, feats, samples):
    head = make_head(randomise=True)
    expected = head(feats).detach() * torch.tensor(SIZE)
    for instance, points in zip(
        head.predict(feats, samples), expected, strict=True
    ):
        assert instance.keypoints.shape == (1, K, 2)
        np.testing.assert_allclose(instance.keypoints[0], points, rtol=1e-5)
        np.testing.assert_array_equal(instance.keypoint_scores, [[1] * K])


def test_predict_without_a_decoder(make_head, feats, samples):
    head = make_head(decoder=None, loss=SOFT_WING)
    with pytest.raises(RuntimeError, match='decoder has not been set'):
        head.predict(feats, samples)


def test_forward_without_a_graph(make_head, feats, samples):
    head = make_head(graph=None)
    for call in (head.forward, lambda f: head.loss(f, samples)):
        with pytest.raises(RuntimeError, match='no keypoint graph'):
            call(feats)


def test_a_checkpoint_brings_the_graph(make_head, feats, samples):
    """So that inference needs no data set."""
    trained, fresh = make_head(randomise=True), make_head(graph=None)
    fresh.load_state_dict(trained.state_dict())
    torch.testing.assert_close(fresh(feats), trained(feats), rtol=0, atol=0)
    torch.testing.assert_close(
        fresh.loss(feats, samples), trained.loss(feats, samples)
    )


def test_head_and_loss_share_one_graph(make_head, ring):
    head = make_head(graph=None)
    assert head.loss_module.relative.graph is head.graph
    copy = deepcopy(head)
    assert copy.loss_module.relative.graph is copy.graph
    copy.graph.fill(ring)
    assert not head.graph.ready


def test_a_loss_may_have_a_graph_of_its_own(make_head, ring):
    chain = {**ring, 'neighbors': [[i, (i + 1) % K] for i in range(K)]}
    relative = dict(
        type='mmpose_scgcn.RelativeLocationLoss', graph={**chain, 'top_k': 1}
    )
    head = make_head(
        loss=dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            relative=relative,
            input_size=SIZE,
        )
    )
    assert head.graph.num_edges == 3 * K
    assert head.loss_module.relative.graph.num_edges == 2 * K
    with pytest.raises(ValueError, match='over 5 keypoints, the other over 6'):
        make_head(
            num_keypoints=5,
            graph=None,
            loss=dict(
                type='mmpose_scgcn.StructureCoherentLoss',
                relative=relative,
                input_size=SIZE,
            ),
        )


def test_deepcopy_keeps_the_graph(make_head, feats):
    head = make_head(randomise=True)
    torch.testing.assert_close(deepcopy(head)(feats), head(feats))


def test_double(make_head, feats, samples):
    head = make_head(randomise=True)
    single = head(feats)
    double = head.double()([f.double() for f in feats])
    assert double.dtype == torch.float64
    torch.testing.assert_close(double.float(), single, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize('adjacency', ['dynamic', 'learned', 'uniform'])
def test_autocast(make_head, feats, samples, adjacency):
    head = make_head(randomise=True, adjacency=adjacency)
    expected = head(feats)
    with torch.autocast('cpu', torch.bfloat16):
        out = head(feats)
        losses = head.loss(feats, samples)
    spread = (expected - head.graph.mean_shape).abs().max()
    assert (out.float() - expected).abs().max() < 0.05 * spread
    assert all(
        v.isfinite() and v.dtype == torch.float32 for v in losses.values()
    )


def test_compiles_without_graph_breaks(make_head, feats):
    head = make_head(randomise=True)
    compiled = torch.compile(head, fullgraph=True, backend='eager')
    torch.testing.assert_close(compiled(feats), head(feats))


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(num_keypoints=7), 'graph has num_keypoints=6, but .*=7'),
        (dict(top_k=3), 'graph has top_k=2, but top_k=3'),
        (dict(adjacency='static'), "'uniform', got 'static'"),
        (dict(norm='group'), "'batch', got 'group'"),
    ],
)
def test_arguments_that_do_not_fit(make_head, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_head(**arguments)


def test_a_map_of_another_size(make_head):
    head = make_head()
    # Width and height swapped: the likely mistake.
    with pytest.raises(
        ValueError, match=r'\(C, H, W\) = \(8, 3, 4\), got \(8, 4, 3\)'
    ):
        head([torch.zeros(1, C, W, H)])


def test_in_a_top_down_estimator():
    """ResNet-18 at 64 x 64, on MMPose's own dummy samples."""
    graph = dict(
        num_keypoints=17,
        top_k=2,
        neighbors=[[i, (i + 1) % 17, (i + 2) % 17] for i in range(17)],
        mean_shape=[[0.5, 0.5]] * 17,
    )
    init_default_scope('mmpose')
    model = MMPOSE_MODELS.build(
        dict(
            type='TopdownPoseEstimator',
            data_preprocessor=dict(type='PoseDataPreprocessor'),
            backbone=dict(type='ResNet', depth=18),
            head=dict(
                type='mmpose_scgcn.GraphRelationalHead',
                in_channels=512,
                in_featuremap_size=(2, 2),
                num_keypoints=17,
                top_k=2,
                graph=graph,
                loss=dict(
                    type='mmpose_scgcn.StructureCoherentLoss',
                    input_size=(64, 64),
                    use_target_weight=True,
                ),
                decoder=dict(type='RegressionLabel', input_size=(64, 64)),
            ),
            test_cfg=dict(flip_test=True, shift_coords=True),
        )
    )
    packed = get_packed_inputs(
        2, img_shape=(64, 64), input_size=(64, 64), with_heatmap=False
    )
    data = model.data_preprocessor(packed, training=True)
    losses = model(**data, mode='loss')
    total, log = model.parse_losses(losses)
    torch.testing.assert_close(
        total, losses['loss_kpt'] + losses['loss_relative']
    )
    assert set(log) == {'loss', 'loss_kpt', 'loss_relative', 'mean_error'}
    total.backward()

    with torch.no_grad():
        results = model.eval()(**data, mode='predict')
    # Mean shape and its mirror image: 0.5 and 1 - 1 / 64 - 0.5.
    x, y = 64 * 0.5 - 0.5, 64 * 0.5
    for sample in results:
        scale = sample.metainfo['input_scale'].reshape(2) / 64
        corner = sample.metainfo['input_center'].reshape(2) - 32 * scale
        np.testing.assert_allclose(
            sample.pred_instances.keypoints[0],
            np.tile(corner + scale * [x, y], (17, 1)),
            rtol=1e-5,
        )


def test_the_wing_constants_of_another_input_size(make_head, feats, samples):
    """A quarter of the input, a quarter of the constants and of the loss."""
    head = make_head(randomise=True)
    target, weight = stack(samples)
    shared = dict(use_target_weight=True)
    small = WingLoss(omega=2.5, epsilon=0.5, input_size=(16, 12), **shared)
    large = WingLoss(omega=10, epsilon=2, input_size=SIZE, **shared)
    inputs = (head(feats), target, weight)
    torch.testing.assert_close(4 * small(*inputs), large(*inputs))


def test_a_model_of_bfloat16_predicts(make_head, feats, samples):
    head = make_head().eval()
    expected = head.predict(feats, samples)
    head.bfloat16()
    found = head.predict([feature.bfloat16() for feature in feats], samples)
    for ours, other in zip(found, expected, strict=True):
        assert ours.keypoints.shape == other.keypoints.shape
        np.testing.assert_allclose(ours.keypoints, other.keypoints, atol=2)
