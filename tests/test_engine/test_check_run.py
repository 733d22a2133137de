"""What would fail hours later stops a run before it: tiny real runs."""

import json
from pathlib import Path

from mmpose_scgcn.checks import CheckError, check_batches
from mmpose_scgcn.evaluation import FaceAlignmentMetric
from tests.test_engine.tiny_runs import (
    COUNT,
    HEAD,
    METAINFO,
    STOCK_HEAD,
    dataset,
    loader,
    pipeline,
)

import pytest
import torch
from mmengine.dataset import DefaultSampler, InfiniteSampler
from mmpose.datasets.datasets import CocoDataset
from mmpose.evaluation.metrics import NME
from mmpose.registry import DATASETS, METRICS
from torch.utils.data import DataLoader, TensorDataset

CHECK = dict(type='mmpose_scgcn.CheckHook')
HOOKS = [CHECK, dict(type='mmpose_scgcn.GraphHook')]
OURS = dict(type='mmpose_scgcn.FaceAlignmentMetric', norm=((0,), (1,)))
BEST = dict(
    checkpoint=dict(type='CheckpointHook', save_best='NME', rule='less')
)


@pytest.fixture
def edit(annotate):
    """Write annotations and change them; gives the file."""

    def write(change, seed=0):
        path = Path(annotate(seed))
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))
        return str(path)

    return write


def annotation(index, **fields):
    """A change of one annotation."""

    def change(content):
        content['annotations'][index].update(fields)

    return change


def hide(index, *keypoints):
    """A change that takes the annotation of keypoints away."""

    def change(content):
        for keypoint in keypoints:
            content['annotations'][index]['keypoints'][3 * keypoint + 2] = 0

    return change


@pytest.fixture
def make(make_runner):
    def make(train, valid=None, evaluator=OURS, **settings):
        if valid:
            settings.update(
                val_dataloader=loader(dataset(valid), train=False),
                val_cfg=dict(),
                val_evaluator=evaluator,
            )
        return make_runner(
            train if isinstance(train, dict) else dataset(train),
            **{'custom_hooks': HOOKS, 'log_level': 'WARNING', **settings},
        )

    return make


@pytest.fixture
def stops(capfd):
    """Run into an error before the first step; gives its message."""

    def run(runner):
        runner.model.train_step = None  # nothing gets there
        with pytest.raises(CheckError) as told:
            runner.train()
        return str(told.value)

    return run


@pytest.fixture
def tells(capfd):
    """Train; gives what is logged."""

    def run(runner):
        capfd.readouterr()
        runner.train()
        return ''.join(capfd.readouterr())

    return run


def test_what_is_in_order_passes(annotate, make, tells):
    file = annotate(seed=0)
    told = tells(make(file, file, default_hooks=BEST))
    for own in ('training: ', 'validation: ', 'set ', 'load_from'):
        assert f'WARNING - {own}' not in told


def test_a_validation_face_without_the_norms_keypoint(
    annotate, edit, make, stops
):
    train = annotate(seed=0)
    told = stops(make(train, edit(hide(2, 1), seed=1)))
    assert '1 of 8 faces cannot be scored with norm=((0,), (1,))' in told
    assert 'id 2 (' in told
    assert '2.png' in told
    assert "val_evaluator.bad_faces='count'" in told


def test_such_faces_can_be_counted(annotate, edit, make, tells):
    train = annotate(seed=0)
    valid = edit(hide(2, 1), seed=1)
    runner = make(train, valid, dict(OURS, bad_faces='count'))
    assert '1 of 8 faces cannot be scored' in tells(runner)


def test_a_norm_that_suits_no_face(annotate, edit, make, stops):
    def hide_all(content):
        for index in range(COUNT):
            hide(index, 1)(content)

    train = annotate(seed=0)
    counting = dict(OURS, bad_faces='count')
    told = stops(make(train, edit(hide_all, seed=1), counting))
    assert '8 of 8 faces cannot be scored' in told


def test_a_face_that_the_file_of_subsets_has_not(annotate, edit, make, stops):
    metric = dict(
        OURS,
        subsets={'one': dict(field='image_id', values=[1])},
        ann_file=annotate(seed=0),
    )

    def renumber(content):
        content['annotations'][3]['id'] = 77

    told = stops(make(annotate(seed=0), edit(renumber, seed=1), metric))
    assert 'annotation id 77' in told and 'give ann_file that of' in told
    assert 'anew' not in told


def test_subsets_by_a_field_that_annotations_have_not(annotate, make, stops):
    file = annotate(seed=0)
    told = stops(make(file, file, dict(OURS, subsets='300w')))
    assert told.startswith('val_evaluator does not find what it needs in the')
    assert "subsets go by 'subset', which an annotation does not have" in told
    assert 'anew' not in told


def test_an_id_on_two_faces(annotate, edit, make, stops):
    """In two files under one name, which COCO's reader does not see."""
    first, second = annotate(seed=0), annotate(seed=1)
    valid = dict(
        type='CombinedDataset',
        metainfo=METAINFO,
        datasets=[dataset(first, []), dataset(second, [])],
        pipeline=pipeline(),
    )
    told = stops(
        make(
            first,
            val_dataloader=loader(valid, train=False),
            val_cfg=dict(),
            val_evaluator=OURS,
        )
    )
    assert 'val_evaluator cannot tell the faces of validation apart' in told
    assert 'number annotations anew: annotation id 0 is shared' in told


def test_the_best_by_a_name_that_no_metric_has(annotate, make, stops):
    file = annotate(seed=0)
    told = stops(make(file, file, dict(OURS, prefix='a'), default_hooks=BEST))
    assert 'save_best: expected one of' in told
    assert 'a/NME' in told
    assert told.split('got ')[1].startswith('NME;')


def test_the_best_by_the_first_figure(annotate, make, stops):
    """MMEngine does not know which NME is the better one."""
    file = annotate(seed=0)
    best = dict(checkpoint=dict(type='CheckpointHook', save_best='auto'))
    told = stops(make(file, file, default_hooks=best))
    assert "save_best='auto' takes NME, of which MMEngine does not" in told
    best['checkpoint']['rule'] = 'less'
    make(file, file, default_hooks=best).train()


def test_two_figures_of_one_name(annotate, make, stops):
    file = annotate(seed=0)
    stock = dict(type='NME', norm_mode='keypoint_distance')
    stock['keypoint_indices'] = [0, 1]
    told = stops(make(file, file, [stock, OURS]))
    assert 'val_evaluator: NME and FaceAlignmentMetric both report' in told
    assert "give one of them a prefix='...'" in told
    make(file, file, [stock, dict(OURS, prefix='ours')]).train()


class Pixels(FaceAlignmentMetric):
    """A user's metric, which keeps more than results."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.faces = []

    def process(self, data_batch, data_samples):
        super().process(data_batch, data_samples)
        self.faces += [
            s['pred_instances']['keypoint_scores'] for s in data_samples
        ]

    def compute_metrics(self, results):
        return dict(count=len(self.faces))


class Mine(NME):
    """Another one, with figures of its own."""

    def compute_metrics(self, results):
        return dict(mine=0.5)


def test_metrics_of_users_see_no_face_before_the_run(annotate, make):
    METRICS.register_module(module=Pixels, name='Pixels', force=True)
    METRICS.register_module(module=Mine, name='Mine', force=True)
    file = annotate(seed=0)
    pair = dict(norm_mode='keypoint_distance', keypoint_indices=[0, 1])
    metrics = [dict(OURS, type='Pixels'), dict(type='Mine', **pair)]
    best = dict(
        checkpoint=dict(type='CheckpointHook', save_best='mine', rule='less')
    )
    runner = make(file, file, metrics, default_hooks=best)
    runner.train()
    assert runner.message_hub.get_scalar('val/count').current() == COUNT


def test_two_metrics_do_not_write_one_file(annotate, make, stops, tmp_path):
    file, out = annotate(seed=0), str(tmp_path / 'e.csv')
    twice = [dict(OURS, out_file=out), dict(OURS, out_file=out, prefix='a')]
    told = stops(make(file, file, twice))
    assert f'out_file: {out} is that of two metrics' in told


def test_metrics_of_data_sets_of_their_own(annotate, edit, make, stops):
    """Each scores the faces of one of several data sets."""
    train, first = annotate(seed=0), edit(hide(2, 1), seed=1)
    second = annotate(seed=2, first=COUNT)
    sets = []
    for file, name in ((first, 'one'), (second, 'two')):
        kind = f'Of{name.title()}'
        meta = dict(METAINFO, dataset_name=name)
        DATASETS.register_module(
            module=type(kind, (CocoDataset,), dict(METAINFO=meta)),
            name=kind,
            force=True,
        )
        sets.append(dict(dataset(file), type=kind, metainfo=meta))
    both = dict(
        type='CombinedDataset', metainfo=METAINFO, datasets=sets, pipeline=[]
    )

    def run(norms):
        return make(
            train,
            val_dataloader=loader(both, train=False),
            val_cfg=dict(),
            val_evaluator=dict(
                type='MultiDatasetEvaluator',
                datasets=sets,
                metrics=[
                    dict(OURS, norm=norm, prefix=f'part{number}')
                    for number, norm in enumerate(norms)
                ],
            ),
        )

    runner = run([((0,), (2,)), ((0,), (1,))])
    runner.train()
    scalars = runner.message_hub.log_scalars
    assert {'val/part0/NME', 'val/part1/NME'} <= set(scalars)
    told = stops(run([((0,), (1,)), ((0,), (2,))]))
    assert '1 of 8 faces cannot be scored with norm=((0,), (1,))' in told


def test_a_head_of_more_keypoints_than_are_predicted(annotate, make, stops):
    file = annotate(seed=0)
    seven_points = dict(STOCK_HEAD, num_joints=8, loss=dict(type='L1Loss'))
    settings = dict(
        test_dataloader=loader(dataset(file), train=False),
        test_cfg=dict(),
        test_evaluator=OURS,
    )
    runner = make(file, head=seven_points, **settings)
    with pytest.raises(CheckError, match='num_joints is 8, but annotations'):
        runner.test()
    runner = make(file, head=seven_points, **settings)
    runner.model.test_cfg = dict(output_keypoint_indices=list(range(6)))
    assert runner.test()['NME'] > 0


@pytest.mark.parametrize(
    ('metric', 'wanted'),
    [
        (dict(norm_mode='keypoint_distance'), 'keypoint_indices=(36, 45)'),
        (
            dict(norm_mode='use_norm_item', norm_item='box_size'),
            "norm_item='box_size', which PackPoseInputs",
        ),
    ],
)
def test_mmposes_nme_that_would_fail(annotate, make, stops, metric, wanted):
    file = annotate(seed=0)
    assert wanted in stops(make(file, file, dict(type='NME', **metric)))


def test_mmposes_nme_that_leaves_out_faces(annotate, edit, make, tells):
    metric = dict(
        type='NME', norm_mode='keypoint_distance', keypoint_indices=(0, 1)
    )
    told = tells(make(annotate(seed=0), edit(hide(2, 1), seed=1), metric))
    assert 'not annotated or coincide in 1 of 8 faces: id 2' in told


@pytest.mark.parametrize(
    ('change', 'reason'),
    [
        (dict(num_keypoints=0), 'with num_keypoints 0'),
        (dict(iscrowd=1), 'marked iscrowd'),
        (dict(bbox=[5, 5, 0, 9]), 'with a bbox that has no area inside'),
        (dict(bbox=[70, 5, 9, 9]), 'with a bbox that has no area inside'),
        (dict(keypoints=[-1, -1, 2] * 6), 'without a coordinate above 0'),
    ],
)
def test_faces_that_mmpose_drops(annotate, edit, make, tells, change, reason):
    train = annotate(seed=0)
    valid = edit(annotation(3, **change), seed=1)
    runner = make(train, valid)
    told = tells(runner)
    assert f'validation: 1 of 8 faces of {valid} are dropped by' in told
    assert f'1 {reason}' in told
    assert '(ids 3)' in told
    reported = runner.message_hub.get_scalar('val/num_dropped_faces')
    assert reported.current() == 1


@pytest.mark.parametrize('part', ['annotations', 'images'])
def test_an_id_that_occurs_twice(edit, make, stops, part):
    def change(content):
        content[part][3]['id'] = 2

    told = stops(make(edit(change)))
    assert f'1 ids of {part} occur more than once' in told
    assert told.endswith(': 2; number them anew')


def test_a_box_is_missing(edit, make, tells):
    def change(content):
        del content['annotations'][0]['bbox']

    assert '1 without a bbox (ids 0)' in tells(make(edit(change)))


def test_images_that_are_not_there(annotate, make, stops, tmp_path):
    file = annotate(seed=0)
    (tmp_path / '5.png').unlink()
    told = stops(make(file))
    assert 'training: 1 of 8 images are not there' in told
    assert told.endswith('5.png')


def test_another_number_of_keypoints(annotate, make, stops):
    told = stops(make(annotate(seed=0), head=dict(HEAD, num_keypoints=5)))
    assert 'model.head.num_keypoints is 5' in told
    assert 'train_dataloader.dataset have 6 keypoints' in told


def test_under_a_head_of_mmpose_too(annotate, make, stops):
    told = stops(make(annotate(seed=0), head=dict(STOCK_HEAD, num_joints=5)))
    assert 'model.head.num_joints is 5' in told


def test_all_that_is_wrong_is_said_at_once(annotate, edit, make, stops):
    train = dataset(annotate(seed=0), pipeline(size=(32, 32)))
    told = stops(make(train, edit(hide(2, 1), seed=1)))
    assert told.startswith('2 things have to be mended before this run')
    assert '1. the crops do not fit the model' in told
    assert '2. validation: 1 of 8 faces' in told


@pytest.mark.parametrize(
    ('count', 'top_k', 'wanted'),
    [
        (1, 3, 'model.head: a graph needs at least 2 keypoints'),
        (2, 3, 'set model.head.top_k=1'),
        (3, 3, 'set model.head.top_k=2'),
        (3, 2, None),
        (2, 1, None),
    ],
)
def test_few_keypoints(edit, make, stops, count, top_k, wanted):
    def cut(content):
        for found in content['annotations']:
            found['keypoints'] = found['keypoints'][: 3 * count]

    meta = dict(METAINFO, joint_weights=[1.0] * count)
    meta['keypoint_info'] = {
        i: METAINFO['keypoint_info'][i] for i in range(count)
    }
    train = dict(dataset(edit(cut)), metainfo=meta)
    head = dict(HEAD, num_keypoints=count, top_k=top_k)
    runner = make(train, head=head)
    if wanted:
        assert wanted in stops(runner)
    else:
        runner.train()
        assert runner.epoch == 1


def test_a_graph_that_nothing_builds(annotate, make, stops):
    told = stops(make(annotate(seed=0), custom_hooks=[CHECK]))
    assert "add dict(type='mmpose_scgcn.GraphHook')" in told


def test_a_graph_of_a_loss_that_nothing_builds(annotate, make, stops):
    file = annotate(seed=0)
    told = stops(make(file, head=STOCK_HEAD, custom_hooks=[CHECK]))
    assert "add dict(type='mmpose_scgcn.GraphHook')" in told


def seven(content):
    content['annotations'] = content['annotations'][:7]


def test_a_last_batch_of_one_face_that_ends_the_epoch(edit, make, stops):
    """Batch normalisation of what a pooled map leaves: one value."""
    train = loader(dataset(edit(seven)))
    train.update(batch_size=3)
    head = dict(
        HEAD, type='mmpose_scgcn.FullyConnectedHead', hidden_channels=4
    )
    for name in ('top_k', 'embed_channels', 'num_layers'):
        del head[name]
    loss = dict(type='mmpose_scgcn.L1Loss', input_size=(16, 16))
    head.update(in_featuremap_size=(1, 1), loss=loss, in_channels=8)
    model = dict(
        type='TopdownPoseEstimator',
        data_preprocessor=dict(type='PoseDataPreprocessor'),
        backbone=dict(
            type='ResNet', depth=18, stem_channels=4, base_channels=1
        ),
        head=head,
    )
    runner = make(dataset(edit(seven)), train_dataloader=train, model=model)
    told = stops(runner)
    assert 'the last batch of each epoch (7 faces in batches of 3)' in told
    assert 'train_dataloader.drop_last=True' in told


def test_a_last_batch_of_one_face_with_larger_maps(edit, make, tells):
    train = loader(dataset(edit(seven)))
    train.update(batch_size=3)
    told = tells(make(dataset(edit(seven)), train_dataloader=train))
    assert 'would take its statistics from that one' in told
    train.update(drop_last=True)
    told = tells(make(dataset(edit(seven)), train_dataloader=train))
    assert 'would take its statistics' not in told


def test_a_sampler_derived_from_an_endless_one_fills_every_batch():
    class Derived(InfiniteSampler):
        pass

    faces = TensorDataset(torch.zeros(7, 1))
    for sampler, warned in ((DefaultSampler, 1), (Derived, 0)):
        batches = DataLoader(faces, 3, sampler=sampler(faces))
        found = check_batches(torch.nn.BatchNorm2d(1), batches)
        assert len(found.errors) + len(found.warnings) == warned


def test_a_training_set_that_makes_no_batch(annotate, make, stops):
    train = loader(dataset(annotate(seed=0)))
    train.update(batch_size=9, drop_last=True)
    told = stops(make(dataset(annotate(seed=0)), train_dataloader=train))
    assert '8 faces make no batch of 9' in told


def test_weights_that_do_not_fit_are_listed(annotate, make, tells, tmp_path):
    make(annotate(seed=0)).train()
    start = str(tmp_path / 'work/epoch_1.pth')
    wider = dict(HEAD, hidden_channels=8)
    told = tells(make(annotate(seed=0), head=wider, load_from=start))
    assert f'weights of the model are not in {start}' in told
    assert 'head.relation.' in told
    assert 'and start anew' in told


def test_weights_of_another_model_are_refused(annotate, make, stops, tmp_path):
    torch.save(dict(state_dict=dict(a=torch.ones(1))), tmp_path / 'a.pth')
    runner = make(annotate(seed=0), load_from=str(tmp_path / 'a.pth'))
    told = stops(runner)
    assert 'load_from: not one of the' in told
    assert 'a.pth; 1 weights of it are not used' in told


def test_flips_without_partners(annotate, make, tells):
    steps = pipeline()
    steps.insert(2, dict(type='RandomFlip', prob=0.5))
    told = tells(make(dataset(annotate(seed=0), steps)))
    assert 'no keypoint has a partner (swap)' in told
