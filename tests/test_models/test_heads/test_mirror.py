"""The flip test of the head."""

import numpy as np
import pytest
import torch
from mmpose.models.utils.tta import flip_coordinates

SIZE = (64, 48)
FLIP = [1, 0, 3, 2, 4, 5]


@pytest.mark.parametrize('test_cfg', [{}, dict(shift_coords=False)])
def test_flip_test_is_exact(make_head, feats, samples, test_cfg):
    head = make_head(randomise=True)
    mirrored = (feats[0].flip(-1),)
    plain, flipped = head(feats), head(mirrored)
    expected = plain.clone()
    edge = SIZE[0] if test_cfg else SIZE[0] - 1
    for k, partner in enumerate(FLIP):
        x = edge / SIZE[0] - flipped[:, partner, 0]
        expected[:, k, 0] = (plain[:, k, 0] + x) / 2
        expected[:, k, 1] = (plain[:, k, 1] + flipped[:, partner, 1]) / 2
    kept = [feats[0].clone(), mirrored[0].clone()]
    instances = head.predict(
        [feats, mirrored], samples, dict(flip_test=True, **test_cfg)
    )
    actual = torch.from_numpy(np.stack([i.keypoints[0] for i in instances]))
    expected = expected.detach().double() * torch.tensor(SIZE)
    torch.testing.assert_close(actual.double(), expected, rtol=0, atol=1e-5)
    for before, after in zip(kept, (*feats, *mirrored), strict=True):
        torch.testing.assert_close(after, before, rtol=0, atol=0)


@pytest.mark.parametrize('shift_coords', [True, False])
def test_mirroring_equals_mmpose(make_head, feats, samples, shift_coords):
    head = make_head(randomise=True)
    mirrored = (feats[0].flip(-1),)
    # MMPose's function changes its argument.
    back = flip_coordinates(
        head(mirrored).detach().clone(), FLIP, shift_coords, SIZE
    )
    expected = (head(feats).detach() + back) / 2 * torch.tensor(SIZE)
    test_cfg = dict(flip_test=True, shift_coords=shift_coords)
    instances = head.predict([feats, mirrored], samples, test_cfg)
    actual = np.stack([i.keypoints[0] for i in instances])
    np.testing.assert_allclose(actual, expected, atol=1e-5)
