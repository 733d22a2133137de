"""The flip test of SimCC's vectors."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmpose.codecs import SimCCLabel
from mmpose.registry import MODELS

FLIP = [1, 0, 2]
SIZE = (64, 48)


def make(kind, ratio):
    codec = dict(
        type='SimCCLabel',
        input_size=SIZE,
        sigma=3.0,
        simcc_split_ratio=ratio,
        normalize=False,
        use_dark=False,
    )
    gau = dict(
        hidden_dims=8,
        s=8,
        expansion_factor=2,
        dropout_rate=0.0,
        drop_path=0.0,
        act_fn='SiLU',
        use_rel_bias=False,
        pos_enc=False,
    )
    head = MODELS.build(
        dict(
            type=kind,
            in_channels=4,
            out_channels=3,
            input_size=SIZE,
            in_featuremap_size=(2, 2),
            simcc_split_ratio=ratio,
            final_layer_kernel_size=1,
            gau_cfg=gau,
            decoder=codec,
        )
    )
    return head.eval()


def vectors(keypoints, ratio):
    """What a network that knows the keypoints gives, by MMPose's codec."""
    codec = SimCCLabel(
        input_size=SIZE, sigma=3.0, simcc_split_ratio=ratio, normalize=False
    )
    found = codec.encode(np.array([keypoints], 'float32'))
    return tuple(
        torch.from_numpy(found[f'keypoint_{axis}_labels']) for axis in 'xy'
    )


def predict(head, keypoints, ratio, **settings):
    """Predict with the flip test, of a network that makes no error."""
    mirrored = np.array(keypoints)[FLIP]
    mirrored[:, 0] = SIZE[0] - 1 - mirrored[:, 0]
    known = dict(
        straight=vectors(keypoints, ratio), mirrored=vectors(mirrored, ratio)
    )
    forward = head.forward
    head.forward = lambda feats: (
        known[feats] if isinstance(feats, str) else forward(feats)
    )
    sample = SimpleNamespace(metainfo=dict(flip_indices=FLIP))
    settings = dict(flip_test=True, **settings)
    return head.predict(['straight', 'mirrored'], [sample], settings)


#: One lies in the last column.
KEYPOINTS = [[10.0, 20.0], [63.0, 21.0], [31.0, 40.0]]


@pytest.mark.parametrize('ratio', [1, 2, 3, 8])
def test_the_flip_test_moves_nothing(ratio):
    head = make('mmpose_scgcn.AlignedRTMCCHead', ratio)
    (found,) = predict(head, KEYPOINTS, ratio)
    np.testing.assert_array_equal(found.keypoints[0], KEYPOINTS)
    # Vectors a bin apart have a lower mean.
    (plain,) = head.predict('straight', [None])
    np.testing.assert_array_equal(found.keypoint_scores, plain.keypoint_scores)


def test_that_of_mmpose_moves_keypoints_to_the_right():
    (found,) = predict(make('RTMCCHead', 3), KEYPOINTS, 3)
    moved = found.keypoints[0] - KEYPOINTS
    np.testing.assert_allclose(moved, [[1 / 3, 0]] * 3, atol=1e-5)


def test_without_a_flip_test_it_is_the_head_of_mmpose():
    torch.manual_seed(0)
    ours = make('mmpose_scgcn.AlignedRTMCCHead', 2)
    stock = make('RTMCCHead', 2)
    stock.load_state_dict(ours.state_dict())
    feats = (torch.randn(2, 4, 2, 2),)
    samples = [SimpleNamespace(metainfo=dict(flip_indices=FLIP))] * 2
    found, expected = (
        ours.predict(feats, samples),
        stock.predict(feats, samples),
    )
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine.keypoints, theirs.keypoints)
        scores = mine.keypoint_scores, theirs.keypoint_scores
        np.testing.assert_array_equal(*scores)


def test_heatmaps_are_given_too():
    head = make('mmpose_scgcn.AlignedRTMCCHead', 2)
    with pytest.warns(UserWarning, match='normalized'):
        found, (maps,) = predict(head, KEYPOINTS, 2, output_heatmaps=True)
    places = maps.heatmaps.flatten(1).argmax(1)
    width = 2 * SIZE[0]
    assert [[int(p) % width, int(p) // width] for p in places] == [
        [2 * x, 2 * y] for x, y in KEYPOINTS
    ]
    assert len(found) == 1


def test_a_part_of_a_bin_is_refused():
    with pytest.raises(ValueError, match=r'whole number.*split_ratio=1\.5'):
        make('mmpose_scgcn.AlignedRTMCCHead', 1.5)
