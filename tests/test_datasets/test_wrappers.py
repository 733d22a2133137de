"""Samples and pipelines through every wrapper of MMEngine and MMPose."""

import json

from mmpose_scgcn.datasets.pipeline import (
    crop_of,
    pipelines_of,
    run_pipeline,
)
from mmpose_scgcn.datasets.wrappers import (
    draws_at_random,
    read_annotation,
    samples_of,
)

import numpy as np
import pytest
from mmengine.registry import init_default_scope
from mmpose.datasets.datasets import CocoDataset
from mmpose.registry import DATASETS

K = 2
METAINFO = dict(
    dataset_name='two',
    paper_info={},
    keypoint_info={
        0: dict(name='left', id=0, color=[0, 0, 0], type='', swap='right'),
        1: dict(name='right', id=1, color=[0, 0, 0], type='', swap='left'),
    },
    skeleton_info={},
    joint_weights=[1.0] * K,
    sigmas=[],
)


class Labelled(CocoDataset):
    """A data set whose first and last sample are of a rare class."""

    def get_cat_ids(self, index):
        return [int(index in (0, len(self) - 1))]


@pytest.fixture(autouse=True)
def scope():
    init_default_scope('mmpose')


@pytest.fixture
def leaf(make_coco, tmp_path):
    """A maker of configs of data sets; ids are 100 * number + index."""

    def make(number, count, pipeline=()):
        points = np.tile([[20.0, 30.0], [60.0, 30.0]], (count, 1, 1))
        content = make_coco(
            points, first=100 * number, names=('left', 'right')
        )
        path = tmp_path / f'{number}.json'
        path.write_text(json.dumps(content))
        return dict(
            type=Labelled,
            ann_file=str(path),
            metainfo=METAINFO,
            pipeline=list(pipeline),
        )

    return make


def concat(*datasets):
    return dict(type='ConcatDataset', datasets=list(datasets))


def repeat(dataset, times=2):
    return dict(type='RepeatDataset', dataset=dataset, times=times)


def balanced(dataset):
    return dict(
        type='ClassBalancedDataset', dataset=dataset, oversample_thr=1.0
    )


def combined(*datasets, **options):
    return dict(
        type='CombinedDataset',
        metainfo=METAINFO,
        datasets=list(datasets),
        **options,
    )


WRAPPED = {
    'none': lambda leaf: leaf(1, 3),
    'concat': lambda leaf: concat(leaf(1, 3), leaf(2, 2)),
    'repeat': lambda leaf: repeat(leaf(1, 3)),
    'class balanced': lambda leaf: balanced(leaf(1, 5)),
    'combined': lambda leaf: combined(leaf(1, 3), leaf(2, 2)),
    'read later': lambda leaf: balanced(leaf(1, 5)) | dict(lazy_init=True),
    'subset': lambda leaf: leaf(1, 5) | dict(indices=[4, 0, 2]),
    'balanced in concat': lambda leaf: concat(
        leaf(1, 2), balanced(leaf(2, 5))
    ),
    'concat in combined': lambda leaf: combined(
        leaf(1, 3), concat(leaf(2, 2), repeat(leaf(3, 2)))
    ),
    'all': lambda leaf: repeat(
        combined(balanced(leaf(1, 5)), concat(leaf(2, 1), leaf(3, 2)))
    ),
}


@pytest.fixture(params=WRAPPED)
def dataset(request, leaf):
    return DATASETS.build(WRAPPED[request.param](leaf))


def test_each_index_is_the_sample_that_training_gets(dataset):
    samples = [sample.read()['id'] for sample in samples_of(dataset)]
    drawn = [run_pipeline(dataset, i)['id'] for i in range(len(dataset))]
    trained = [dataset[index]['id'] for index in range(len(dataset))]
    assert samples == drawn == trained


def test_indices_that_repeat_a_sample_give_the_same(dataset):
    ids = [dataset[index]['id'] for index in range(len(dataset))]
    samples = samples_of(dataset)
    assert len(set(samples)) == len(set(ids))
    assert not draws_at_random(dataset)


def test_balancing_repeats_the_rare(leaf):
    dataset = DATASETS.build(balanced(leaf(1, 5)))
    ids = [100, 100, 101, 101, 102, 102, 103, 103, 104, 104]
    # sqrt(5 / 3) and sqrt(5 / 2) round up to 2, as MMEngine has it.
    assert [run_pipeline(dataset, i)['id'] for i in range(10)] == ids


def test_a_random_choice_among_the_members_is_told(leaf):
    config = combined(leaf(1, 3), leaf(2, 4), sample_ratio_factor=[1.0, 0.5])
    dataset = DATASETS.build(repeat(concat(config)))
    assert draws_at_random(dataset)
    np.random.seed(0)
    drawn = [run_pipeline(dataset, i)['id'] for i in range(5)]
    assert drawn[:3] == [100, 101, 102]  # and then of the other member
    assert all(200 <= face < 204 for face in drawn[3:])


AFFINE = dict(type='TopdownAffine', input_size=(64, 32))
BOX = dict(type='GetBBoxCenterScale', padding=1.5)
FLIP = dict(type='RandomFlip', prob=1.0)


def names_of(transforms):
    return [type(transform).__name__ for transform in transforms]


def test_transforms_of_members_come_before_those_of_the_whole(leaf):
    config = combined(
        repeat(leaf(1, 2, [BOX])), leaf(2, 2, [BOX, FLIP]), pipeline=[AFFINE]
    )
    first, second = pipelines_of(DATASETS.build(concat(config)))
    assert names_of(first) == ['GetBBoxCenterScale', 'TopdownAffine']
    assert names_of(second)[1] == 'RandomFlip'


@pytest.mark.parametrize(
    'wrap', [concat, repeat, balanced, combined], ids=lambda f: f.__name__
)
def test_the_crop_is_that_of_the_innermost_pipeline(leaf, wrap):
    dataset = DATASETS.build(wrap(leaf(1, 2, [BOX, AFFINE])))
    assert crop_of(dataset) == (1.5, 2.0)


def test_a_crop_parted_between_a_member_and_the_whole(leaf):
    dataset = DATASETS.build(combined(leaf(1, 2, [BOX]), pipeline=[AFFINE]))
    assert crop_of(dataset) == (1.5, 2.0)


def test_without_a_crop_the_defaults_of_mmpose(leaf):
    assert crop_of(DATASETS.build(leaf(1, 2))) == (1.25, 1.0)


def test_flip_partners_are_those_of_the_whole(leaf):
    member = leaf(1, 1)
    alone = {
        i: dict(info, swap='') for i, info in METAINFO['keypoint_info'].items()
    }
    member['metainfo'] = dict(METAINFO, keypoint_info=alone)
    results = run_pipeline(DATASETS.build(combined(member)), 0)
    np.testing.assert_array_equal(results['flip_indices'], [1, 0])


def test_an_annotation_is_read_without_what_all_share(leaf):
    dataset = DATASETS.build(leaf(1, 3))
    whole = dataset.get_data_info(2)
    quick = read_annotation(dataset, 2)
    assert set(whole) - set(quick) >= {'flip_pairs', 'skeleton_links'}
    assert quick['id'] == whole['id'] == 102
    np.testing.assert_array_equal(quick['keypoints'], whole['keypoints'])


class Mirrored(CocoDataset):
    """A data set that changes what it has read."""

    def get_data_info(self, idx):
        info = super().get_data_info(idx)
        return dict(info, keypoints=-info['keypoints'])


def test_a_data_set_that_changes_annotations_does_so(leaf):
    dataset = DATASETS.build(leaf(1, 3) | dict(type=Mirrored))
    assert (read_annotation(dataset, 0)['keypoints'] < 0).all()
