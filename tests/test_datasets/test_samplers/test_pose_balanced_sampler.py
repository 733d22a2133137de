from collections import Counter

from mmpose_scgcn.datasets.samplers import (
    PoseBalancedSampler,
    pose_balanced_sampler,
)

import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset, DefaultSampler
from mmengine.dataset import sampler as mmengine_sampler

BASE = np.array([[-1.0, -1], [1, -1], [0, 0], [-0.8, 1], [0.8, 1]])
# Two samples turn left, six look ahead, three turn right; bins 1 and 3 of
# five stay empty.
TURNS = [-1.0, -0.98, *np.linspace(-0.05, 0.05, 6), 0.96, 0.98, 1.0]
COUNTS = [2, 0, 6, 0, 3]


def turned(turn, number=0):
    """A shape whose nose (keypoint 2) is off centre, somewhere in an image."""
    shape = BASE.copy()
    shape[2, 0] += 0.5 * turn
    angle = 0.3 * np.sin(number)
    c, s = np.cos(angle), np.sin(angle)
    return shape @ [[c, s], [-s, c]] * (20 + number) + [100, 90 + number]


class Faces:
    """What the sampler needs of an MMPose data set."""

    def __init__(self, infos):
        self.infos = infos

    def __len__(self):
        return len(self.infos)

    def get_data_info(self, index):
        return self.infos[index]


def info(keypoints, visible=None, number=0):
    visible = np.ones(len(keypoints)) if visible is None else visible
    return dict(
        keypoints=keypoints[None],
        keypoints_visible=np.asarray(visible)[None],
        id=100 + number,
        img_path=f'{number}.jpg',
    )


def faces(turns=TURNS):
    return Faces([info(turned(t, i), number=i) for i, t in enumerate(turns)])


def sampler(dataset=None, **kwargs):
    kwargs = dict(num_bins=5, seed=3) | kwargs
    return PoseBalancedSampler(dataset or faces(), **kwargs)


def as_rank(monkeypatch, rank, world_size, module=pose_balanced_sampler):
    monkeypatch.setattr(module, 'get_dist_info', lambda: (rank, world_size))


@pytest.fixture
def logged(monkeypatch):
    lines = []

    def print_log(message, logger):
        assert logger == 'current'
        lines.append(message)

    monkeypatch.setattr(pose_balanced_sampler, 'print_log', print_log)
    return lines


def test_every_bin_is_drawn_as_often_as_the_fullest():
    balanced = sampler()
    assert balanced.counts.tolist() == COUNTS
    for epoch in range(4):
        balanced.set_epoch(epoch)
        drawn = list(balanced)
        assert len(drawn) == len(balanced) == 18
        times = Counter(drawn)
        assert [times[i] for i in range(11)] == [3, 3, *[1] * 6, 2, 2, 2]


def test_what_is_left_over_is_a_random_choice_of_the_bin():
    """Four samples for a level of six: each once, and two once more."""
    turns = [*np.linspace(-0.02, 0.02, 6), 0.97, 0.98, 0.99, 1.0]
    balanced = sampler(faces(turns), num_bins=2)
    extra = set()
    for epoch in range(60):
        balanced.set_epoch(epoch)
        times = Counter(balanced)
        assert sorted(times[i] for i in range(6, 10)) == [1, 1, 2, 2]
        extra.add(tuple(i for i in range(6, 10) if times[i] == 2))
    assert len(extra) == 6  # all pairs come up


def test_without_shuffling_the_order_is_that_of_the_data_set():
    expected = [0] * 3 + [1] * 3 + list(range(2, 8)) + [8, 8, 9, 9, 10, 10]
    assert list(sampler(shuffle=False)) == expected


def test_seed_and_epoch_alone_decide():
    first, second = sampler(), sampler()
    epochs = []
    for epoch in range(3):
        first.set_epoch(epoch)
        epochs.append(list(first))
    second.set_epoch(2)  # as after a resume
    assert list(second) == epochs[2] == list(second)
    assert epochs[0] != epochs[1] != epochs[2]
    assert list(sampler(seed=4)) != epochs[0]


@pytest.mark.parametrize('shuffle', [True, False])
def test_shards_partition_the_list_by_position(monkeypatch, shuffle):
    everything = list(sampler(shuffle=shuffle))
    for rank in range(3):
        as_rank(monkeypatch, rank, 3)
        assert list(sampler(shuffle=shuffle)) == everything[rank::3]


def test_shards_are_of_equal_length(monkeypatch):
    everything = list(sampler())  # 18 draws, so 4 ranks get 5 each
    padded = everything + everything[:2]
    for rank in range(4):
        as_rank(monkeypatch, rank, 4)
        shard = sampler()
        assert list(shard) == padded[rank::4]
        assert len(shard) == 5


def test_shards_that_are_not_rounded_up(monkeypatch):
    everything = list(sampler())
    for rank, length in enumerate([5, 5, 4, 4]):
        as_rank(monkeypatch, rank, 4)
        shard = sampler(round_up=False)
        assert list(shard) == everything[rank::4]
        assert len(shard) == length


@pytest.mark.parametrize('shuffle', [True, False])
@pytest.mark.parametrize('round_up', [True, False])
@pytest.mark.parametrize(('rank', 'world'), [(0, 1), (1, 3), (2, 3), (20, 30)])
def test_one_bin_is_mmengines_default_sampler(
    monkeypatch, shuffle, round_up, rank, world
):
    as_rank(monkeypatch, rank, world)
    as_rank(monkeypatch, rank, world, mmengine_sampler)
    kwargs = dict(shuffle=shuffle, round_up=round_up, seed=7)
    ours = sampler(num_bins=1, **kwargs)
    default = DefaultSampler(faces(), **kwargs)
    for epoch in (0, 5):
        ours.set_epoch(epoch)
        default.set_epoch(epoch)
        assert list(ours) == list(default)
    assert len(ours) == len(default)


def test_left_and_right_can_count_as_one():
    balanced = sampler(num_bins=2, use_abs=True)
    assert balanced.counts.tolist() == [6, 5]
    assert set(balanced.bins[[0, 1, 8, 9, 10]]) == {1}


def test_another_component():
    """Noses move far along x in all faces, mouths a little along y."""
    rng = np.random.default_rng(0)
    infos = []
    for i in range(40):
        shape = turned(rng.uniform(-1, 1))
        shape[3:, 1] += 4.0 * (i % 4 == 0)
        infos.append(info(shape))
    bins = sampler(Faces(infos), num_bins=2, component=1).bins
    opened = bins == bins[0]
    assert np.flatnonzero(opened).tolist() == list(range(0, 40, 4))


def test_a_limit_on_repeats_leaves_bins_short_and_says_so(logged):
    balanced = sampler(max_repeats=2)
    assert balanced.draws.tolist() == [4, 0, 6, 0, 6]
    assert max(Counter(balanced).values()) == 2
    assert len(list(balanced)) == len(balanced) == 16
    assert 'bins [0] fall short: max_repeats=2' in logged[0]


def test_the_log_shows_both_histograms(logged):
    sampler()
    assert '11 samples in 5 bins' in logged[0]
    assert 'samples: 2 0 6 0 3\n' in logged[0]
    assert 'draws:   6 0 6 0 6' in logged[0]
    assert 'short' not in logged[0]


def test_samples_without_a_shape_are_drawn_once_and_counted(logged):
    dataset = faces()
    dataset.infos += [
        info(turned(0), [1, 1, 0, 0, 0]),  # too few keypoints
        info(np.full((5, 2), 7.3)),  # a single point
        info(turned(0), np.zeros(5)),
        dict(img_path='none.jpg'),
        dict(keypoints=np.ones((2, 5, 2)), img_path='two.jpg'),
    ]
    balanced = sampler(dataset)
    times = Counter(balanced)
    assert [times[i] for i in range(11, 16)] == [1] * 5
    assert balanced.counts.tolist() == COUNTS
    assert len(balanced) == 18 + 5
    assert '5 without a usable shape' in logged[0]


def test_hidden_keypoints_may_hold_anything():
    plain = sampler()
    dataset = faces()
    for number in (1, 5):
        dataset.infos[number]['keypoints'][0, 4] = np.nan
        dataset.infos[number]['keypoints_visible'][0, 4] = 0
    assert sampler(dataset).bins.tolist() == plain.bins.tolist()


def test_no_image_is_read():
    class Blind(Faces):
        def __getitem__(self, index):
            raise AssertionError('an image was asked for')

    assert len(sampler(Blind(faces().infos))) == 18


def test_seed_none_is_agreed_on(monkeypatch):
    monkeypatch.setattr(pose_balanced_sampler, 'sync_random_seed', lambda: 3)
    assert list(sampler(seed=None)) == list(sampler(seed=3))


def test_the_bins_are_those_of_rank_zero(monkeypatch):
    def receive(data, src):
        assert src == 0
        data.copy_(torch.arange(11) % 5)

    monkeypatch.setattr(pose_balanced_sampler, 'broadcast', receive)
    assert sampler().counts.tolist() == [3, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ('kwargs', 'message'),
    [
        (dict(num_bins=12), '12 bins need .*shape, got 11 of 11'),
        (dict(num_bins=0), 'num_bins must be an integer of .*, got 0'),
        (dict(max_repeats=0), 'max_repeats must be an integer of .*, got 0'),
        (dict(max_repeats=1.5), 'max_repeats must be an integer .*, got 1.5'),
        (dict(num_bins=2.5), 'num_bins must be an integer of .*, got 2.5'),
        (dict(component=-1), 'component must be 0 to 9 .* got -1'),
        (dict(component=10), 'component must be 0 to 9 .* got 10'),
        (dict(component=9), 'all 11 shapes are the same along component 9'),
    ],
    ids=str,
)
def test_arguments_out_of_range(kwargs, message):
    with pytest.raises(ValueError, match=message):
        sampler(**kwargs)


def test_shapes_that_are_all_the_same():
    """But for position, size and rotation, in single precision."""
    dataset = faces([0.5] * 11)
    for one in dataset.infos:
        one['keypoints'] = one['keypoints'].astype(np.float32)
    with pytest.raises(ValueError, match='all 11 shapes are the same'):
        sampler(dataset)


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_coordinates_that_are_not_finite_name_the_annotation(value):
    dataset = faces()
    dataset.infos[4]['keypoints'][0, 1, 0] = value
    message = r'annotation 104 \(4\.jpg\): visible keypoints hold NaN or inf'
    with pytest.raises(ValueError, match=message):
        sampler(dataset)


def test_mixed_keypoint_counts_name_the_annotation():
    dataset = faces()
    dataset.infos[4] = info(np.ones((6, 2)), number=4)
    message = r'annotation 104 \(4\.jpg\): expected 5 keypoints.* got 6'
    with pytest.raises(ValueError, match=message):
        sampler(dataset)


def test_nothing_to_balance():
    with pytest.raises(ValueError, match='none of the 1 samples'):
        sampler(Faces([dict(img_path='a.jpg')]))


@pytest.mark.parametrize('name', ['300w', 'ytf68'])
@pytest.mark.parametrize('use_abs', [False, True])
def test_real_sets_become_level(scgcn_data, name, use_abs):
    from mmpose.datasets.datasets import Face300WDataset

    with pytest.warns(UserWarning, match='will be used instead'):
        dataset = Face300WDataset(
            ann_file=str(
                scgcn_data / name / f'face_landmarks_{name}_train.json'
            )
        )
    balanced = PoseBalancedSampler(dataset, seed=0, use_abs=use_abs)
    assert (balanced.counts > 0).all()
    assert balanced.counts.max() > 10 * balanced.counts.min()
    drawn = list(balanced)
    assert set(drawn) == set(range(len(dataset)))
    level = np.bincount(balanced.bins[drawn])
    assert level.tolist() == [balanced.counts.max()] * 9


def test_a_concatenation_is_balanced_as_one(scgcn_data):
    from mmpose.datasets.datasets import Face300WDataset

    with pytest.warns(UserWarning, match='will be used instead'):
        members = [
            Face300WDataset(
                ann_file=str(
                    scgcn_data / name / f'face_landmarks_{name}_train.json'
                )
            )
            for name in ('300w', 'ytf68')
        ]
    both = PoseBalancedSampler(ConcatDataset(members), seed=0)
    assert both.counts.sum() == sum(map(len, members))
    level = np.bincount(both.bins[list(both)])
    assert level.tolist() == [both.counts.max()] * 9


def test_wflw_shapes_become_level(scgcn_data):
    file = scgcn_data / 'wflw_shapes/wflw_test_attribute_union.npz'
    dataset = Faces([info(shape) for shape in np.load(file)['keypoints']])
    balanced = PoseBalancedSampler(dataset, seed=0)
    level = np.bincount(balanced.bins[list(balanced)])
    assert level.tolist() == [balanced.counts.max()] * 9
