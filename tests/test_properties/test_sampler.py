"""Bins become level and no face is lost, for any histogram and world size."""

from collections import Counter

from mmpose_scgcn.datasets.samplers import (
    PoseBalancedSampler,
    pose_balanced_sampler,
)
from mmpose_scgcn.shapes import balanced_counts, balanced_indices, pose_bins
from tests.test_properties.strategies import SEEDS

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

BASE = np.array([[-1.0, -1], [1, -1], [0, 0], [-0.8, 1], [0.8, 1]])


class Faces:
    """Faces that turn left and right, some without a usable shape."""

    def __init__(self, turns, hidden):
        self.turns, self.hidden = turns, hidden

    def __len__(self):
        return len(self.turns)

    def get_data_info(self, index):
        shape = BASE.copy()
        shape[2, 0] += self.turns[index]
        visible = np.ones((1, 5))
        visible[0, : 4 * self.hidden[index]] = 0
        return dict(
            keypoints=20 * shape[None] + 100,
            keypoints_visible=visible,
            img_path=f'{index}.jpg',
        )


@st.composite
def sets(draw):
    """A set, and as many bins as it allows."""
    # One face turns furthest to each side, so that shapes differ.
    middle = draw(st.lists(st.floats(-0.5, 0.5), max_size=40))
    turns = draw(st.permutations([-0.5, 0.5, 0.1, *middle]))
    share = draw(st.sampled_from([0.0, 0.3]))
    rng = np.random.default_rng(draw(SEEDS))
    hidden = (rng.random(len(turns)) < share) & (np.abs(turns) != 0.5)
    usable = len(turns) - int(hidden.sum())
    return Faces(turns, hidden), draw(st.integers(1, usable))


def shards(dataset, world, epoch, **settings):
    """What each rank draws, and the sampler of the last one."""
    found = []
    for rank in range(world):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                pose_balanced_sampler,
                'get_dist_info',
                lambda r=rank: (r, world),
            )
            sampler = PoseBalancedSampler(dataset, **settings)
        sampler.set_epoch(epoch)
        found.append(list(sampler))
        assert len(sampler) == len(found[-1])
    return found, sampler


@given(
    faces=sets(),
    world=st.integers(1, 9),
    epoch=st.integers(0, 1000),
    seed=st.integers(0, 2**31),
    shuffle=st.booleans(),
    round_up=st.booleans(),
)
def test_every_face_is_drawn_and_every_bin_as_often(
    faces, world, epoch, seed, shuffle, round_up
):
    dataset, num_bins = faces
    parts, sampler = shards(
        dataset,
        world,
        epoch,
        num_bins=num_bins,
        seed=seed,
        shuffle=shuffle,
        round_up=round_up,
    )
    longest = max(map(len, parts))
    # What the ranks take in turn is the list of the epoch.
    drawn = [p[i] for i in range(longest) for p in parts if i < len(p)]
    fullest = sampler.counts.max()
    level = fullest * (sampler.counts > 0).sum() + dataset.hidden.sum()
    assert len(drawn) == (-(-level // world) * world if round_up else level)
    assert drawn[level:] == (drawn * world)[: len(drawn) - level]
    times = Counter(drawn[:level])
    assert set(times) == set(range(len(dataset)))
    assert all(times[i] == 1 for i in np.flatnonzero(dataset.hidden))
    for number in np.flatnonzero(sampler.counts):
        members = np.flatnonzero(sampler.bins == number)
        often = [times[i] for i in members]
        assert sum(often) == fullest
        assert max(often) - min(often) <= 1
    if round_up:
        assert len(set(map(len, parts))) == 1


@given(
    counts=hnp.arrays(
        np.int64, st.integers(1, 12), elements=st.integers(0, 30)
    ),
    outside=st.integers(0, 5),
    most=st.none() | st.integers(1, 40),
    seed=SEEDS,
)
def test_any_histogram_becomes_level(counts, outside, most, seed):
    rng = np.random.default_rng(seed)
    bins = np.concatenate(
        [[-1] * outside, np.repeat(range(len(counts)), counts)]
    )
    bins = rng.permutation(bins).astype(int)
    draws = balanced_counts(counts, most)
    indices = balanced_indices(bins, draws, rng.permutation)
    times = np.bincount(indices, minlength=len(bins))
    assert (np.diff(indices) >= 0).all()
    assert (times[bins < 0] == 1).all()
    for number, count in enumerate(counts):
        often = times[bins == number]
        expected = counts.max() if count else 0
        if most is not None:
            expected = min(expected, count * most)
        assert often.sum() == draws[number] == expected
        assert count == 0 or often.min() >= 1
        assert count == 0 or np.ptp(often) <= 1
        assert most is None or often.max(initial=0) <= most


@given(
    values=hnp.arrays(
        np.float64, st.integers(2, 40), elements=st.floats(-1e6, 1e6)
    ),
    num_bins=st.integers(1, 12),
    use_abs=st.booleans(),
)
def test_every_pose_is_in_the_bin_that_holds_it(values, num_bins, use_abs):
    kept = np.abs(values) if use_abs else values
    low = 0.0 if use_abs else kept.min()
    if len(values) < num_bins or kept.max() <= low:
        with pytest.raises(ValueError, match=r'bins need|are the same'):
            pose_bins(values, num_bins, use_abs)
        return
    bins, edges = pose_bins(values, num_bins, use_abs)
    assert bins.min() >= 0 and bins.max() == num_bins - 1
    assert edges[0] == low and edges[-1] == kept.max()
    assert (edges[bins] <= kept).all()
    assert (kept <= edges[bins + 1]).all()
    assert np.bincount(bins, minlength=num_bins).sum() == len(values)
