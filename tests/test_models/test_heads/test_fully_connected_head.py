from mmpose_scgcn.models import FullyConnectedHead, WingLoss

import numpy as np
import pytest
import torch
from mmpose.models.heads import RegressionHead

K, C, W, H = 6, 8, 4, 3
SIZE = (64, 48)
DECODER = dict(type='RegressionLabel', input_size=SIZE)
LOSS = dict(
    type='mmpose_scgcn.WingLoss', input_size=SIZE, use_target_weight=True
)


@pytest.fixture
def head():
    torch.manual_seed(0)
    return FullyConnectedHead(
        in_channels=C,
        in_featuremap_size=(W, H),
        num_keypoints=K,
        hidden_channels=16,
        loss=LOSS,
        decoder=DECODER,
    )


def test_it_starts_close_to_the_centre(head, feats):
    assert (head(feats) - 0.5).abs().max() < 0.02


def test_it_is_two_layers_on_the_whole_map(head, feats):
    flat = feats[-1].flatten(1)
    hidden = torch.relu(flat @ head.hidden.weight.T + head.hidden.bias)
    expected = 0.5 + hidden @ head.out.weight.T + head.out.bias
    torch.testing.assert_close(head(feats), expected.view(3, K, 2))
    moved = (feats[-1].flip(-1),)  # a pooled head would not see this
    assert not torch.allclose(head(moved), head(feats))


def test_the_loss_is_its_module_s(head, feats, samples):
    losses = head.loss(feats, samples)
    assert set(losses) == {'loss_kpt', 'mean_error'}
    labels = [s.gt_instance_labels for s in samples]
    target = torch.cat([label.keypoint_labels for label in labels])
    weight = torch.cat([label.keypoint_weights for label in labels])
    module = WingLoss(input_size=SIZE, use_target_weight=True)
    torch.testing.assert_close(
        losses['loss_kpt'], module(head(feats), target, weight)
    )


def test_everything_learns(head, feats, samples):
    head.loss(feats, samples)['loss_kpt'].backward()
    for name, parameter in head.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize('flip_test', [False, True])
def test_predictions_are_mmposes(head, feats, samples, flip_test):
    """MMPose's head decodes and flips the same coordinates alike."""
    head.eval()
    stock = RegressionHead(in_channels=C, num_joints=K, decoder=DECODER).eval()
    stock.forward = head.forward
    given = [feats, (feats[-1].flip(-1),)] if flip_test else feats
    test_cfg = dict(flip_test=flip_test, shift_coords=True)
    with torch.no_grad():
        ours = head.predict(given, samples, test_cfg)
        theirs = stock.predict(given, samples, test_cfg)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.keypoints, b.keypoints, rtol=1e-5)


def test_another_map_is_refused(head):
    with pytest.raises(ValueError, match=r'got \(8, 4, 4\)'):
        head((torch.zeros(1, C, 4, 4),))


def test_without_heatmaps_every_keypoint_is_certain(head, feats, samples):
    points, certainty = head.locate(feats)
    torch.testing.assert_close(points, head(feats))
    assert certainty is None
    mirrored = [feats, (feats[0].flip(-1),)]
    for found in (
        head.predict(feats, samples),
        head.predict(mirrored, samples, dict(flip_test=True)),
    ):
        for instances in found:
            np.testing.assert_array_equal(
                instances.keypoint_scores, np.ones((1, K))
            )
