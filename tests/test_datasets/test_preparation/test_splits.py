from collections import Counter

from mmpose_scgcn.datasets.preparation.records import Face
from mmpose_scgcn.datasets.preparation.splits import hold_out

import numpy as np
import pytest


def make_faces(groups, stratum=''):
    return [
        Face(f'{g}_{i}', np.zeros((2, 2)), np.ones(2), '', str(g), stratum)
        for i, g in enumerate(groups)
    ]


def test_groups_stay_whole_and_nothing_is_lost():
    faces = make_faces(np.arange(300) // 3)
    train, val = hold_out(faces, 0.2)
    assert sorted(f.file for f in train + val) == sorted(f.file for f in faces)
    assert not {f.group for f in train} & {f.group for f in val}
    assert len(val) == 60
    assert all(n == 3 for n in Counter(f.group for f in val).values())


def test_every_source_gives_its_share():
    faces = make_faces(range(200), 'a') + make_faces(range(50), 'b')
    _, val = hold_out(faces, 0.1)
    assert Counter(f.stratum for f in val) == dict(a=20, b=5)


def test_the_seed_decides():
    faces = make_faces(range(100))
    first, again, other = (
        [f.file for f in hold_out(faces, 0.1, seed)[1]] for seed in (1, 1, 2)
    )
    assert first == again != other
    # in the order of the faces
    assert first == [f.file for f in faces if f.file in first]


@pytest.mark.parametrize('fraction', (-0.1, 1.0, float('nan')))
def test_impossible_shares(fraction):
    with pytest.raises(ValueError, match='validation share in'):
        hold_out(make_faces(range(10)), fraction)


def test_a_part_that_would_be_empty():
    with pytest.raises(ValueError, match='10 faces in 1 groups: 10 would'):
        hold_out(make_faces([0] * 10), 0.1)
    assert hold_out(make_faces(range(3)), 0)[1] == []


def test_the_share_that_large_groups_need_is_said():
    faces = make_faces([0] * 6 + [1] * 3)
    with pytest.raises(ValueError, match=r'say --val-share 0\.34 or more'):
        hold_out(faces, 0.1)
    assert len(hold_out(faces, 0.34)[1]) == 3
