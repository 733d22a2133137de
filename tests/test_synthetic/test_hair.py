from dataclasses import replace

from mmpose_scgcn.synthetic.appearance import sample_appearance
from mmpose_scgcn.synthetic.hair import hair_mask
from mmpose_scgcn.synthetic.head import sample_grid, u_of_theta, v_of_y

import numpy as np
import pytest

CHEEK, EAR = 54, 85  # degrees from the nose, at the height of its wings


def covered(style, angle):
    """In how many of 60 heads hair covers this place, as a share."""
    theta = np.radians([angle])
    where = np.stack([u_of_theta(theta), v_of_y(theta, np.array([0.4]))], -1)
    count = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        appearance = replace(sample_appearance(rng), style=style)
        mask = hair_mask(appearance, rng)
        count += sample_grid(mask[..., None], where)[0, 0] > 127
    return count / 60


@pytest.mark.parametrize('style', ['long', 'parted'])
def test_long_hair_hangs_over_some_cheeks(style):
    for cheek in (CHEEK, -CHEEK):
        assert 0.05 < covered(style, cheek) < 0.5
    assert covered(style, EAR) == 1


@pytest.mark.parametrize('style', ['receding', 'short', 'cap'])
def test_other_hair_leaves_the_cheek_bare(style):
    assert covered(style, CHEEK) == covered(style, -CHEEK) == 0
