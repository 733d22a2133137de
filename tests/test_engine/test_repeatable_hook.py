"""Trainings that are the same again, resumed or not: real runs."""

import copy

from tests.test_engine.tiny_runs import CODEC, SIZE, dataset, loader

import numpy as np
import pytest
from mmengine.hooks import Hook
from mmengine.registry import LOOPS
from mmengine.runner import IterBasedTrainLoop
from torch.nn.functional import dropout

HOOK = dict(type='mmpose_scgcn.RepeatableHook')
GRAPH = dict(type='mmpose_scgcn.GraphHook')
#: All that is drawn at random comes from one of three generators.
RANDOM = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(type='RandomBBoxTransform', shift_prob=1.0, rotate_prob=1.0),
    dict(type='TopdownAffine', input_size=SIZE),
    dict(type='PhotometricDistortion'),
    dict(type='mmpose_scgcn.RandomOcclusion'),
    dict(type='GenerateTarget', encoder=CODEC),
    dict(type='PackPoseInputs'),
]
CHECKPOINT = dict(type='CheckpointHook', interval=1)
BY_ITER = dict(default_hooks=dict(checkpoint=dict(CHECKPOINT, by_epoch=False)))


@pytest.fixture
def make(annotate, make_runner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = annotate(seed=0)

    def make(epochs=3, workers=0, hooks=(HOOK,), sampler=None, **settings):
        data = dataset(file, copy.deepcopy(RANDOM))
        data['metainfo'] = dict(data['metainfo'])
        train = loader(data)
        train['batch_size'] = 3
        train['num_workers'] = workers
        train['persistent_workers'] = workers > 0
        if sampler:
            train['sampler'] = dict(sampler)
        more = dict(custom_hooks=[GRAPH, *hooks], train_dataloader=train)
        runner = make_runner(data, epochs=epochs, **{**more, **settings})

        def drop(module, args, output):
            """Draw as a model itself does, in training alone."""
            return tuple(dropout(o, 0.3, module.training) for o in output)

        runner.model.backbone.register_forward_hook(drop)
        return runner

    return make


def weights(runner):
    runner.train()
    state = runner.model.state_dict()
    return {name: value.numpy().tobytes() for name, value in state.items()}


def test_the_number_of_workers_changes_nothing(make):
    alone = weights(make(work_dir='0'))
    assert weights(make(workers=1, work_dir='1')) == alone
    assert weights(make(workers=2, work_dir='2')) == alone
    randomness = dict(seed=1)
    assert weights(make(work_dir='3', randomness=randomness)) != alone


def test_without_the_hook_it_does(make):
    """Else the test above could not fail."""
    alone = weights(make(hooks=(), work_dir='0'))
    assert weights(make(hooks=(), workers=2, work_dir='2')) != alone


def test_each_epoch_changes_images_in_another_way(make):
    runner = make(sampler=dict(type='DefaultSampler', shuffle=False))
    seen = []
    hook = runner.model.data_preprocessor.register_forward_pre_hook
    hook(lambda module, args: seen.append(args[0]['inputs'][0].numpy()))
    runner.train()
    first, *_ = seen
    assert not np.array_equal(first, seen[3])


SGD = dict(optimizer=dict(type='SGD', lr=0.01, momentum=0.9))
SCHEDULE = [
    dict(type='LinearLR', begin=0, end=5, start_factor=0.1, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=3,
        T_max=3,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
BALANCED = dict(type='mmpose_scgcn.PoseBalancedSampler', num_bins=3)
EMA = (dict(type='EMAHook', momentum=0.1), HOOK)


@pytest.mark.parametrize(
    'settings',
    [
        dict(param_scheduler=SCHEDULE),
        dict(optim_wrapper=SGD, workers=2),
        dict(hooks=EMA),
        dict(sampler=BALANCED, workers=1),
        BY_ITER,
    ],
    ids=['schedule', 'momentum', 'averaged', 'balanced', 'within an epoch'],
)
def test_resumed_from_any_checkpoint(make, settings):
    whole = weights(make(work_dir='whole', **settings))
    by_iter = settings is BY_ITER
    steps = (1, 5) if by_iter else (1,)
    for step in steps:
        name = f'{"iter" if by_iter else "epoch"}_{step}.pth'
        runner = make(
            work_dir=f'resumed{step}',
            resume=True,
            load_from=f'whole/{name}',
            **settings,
        )
        assert weights(runner) == whole, name


@LOOPS.register_module()
class SkippingLoop(IterBasedTrainLoop):
    """Asks its iterator to leave batches out, as onedl-mmengine's does.

    ``skips=False`` is ``fast_forward_on_resume=True`` there.
    """

    def __init__(self, *args, skips=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.skips = skips

        class Iterator(type(self.dataloader_iterator)):
            def skip_iter(self, num_iters):
                for _ in range(num_iters):
                    next(self)

        self.dataloader_iterator = Iterator(self.dataloader)

    def run(self):
        self.runner.call_hook('before_train')
        self.runner.call_hook('before_train_epoch')
        if self._iter and self.skips:
            self.dataloader_iterator.skip_iter(self._iter)
        while self._iter < self._max_iters:
            self.runner.model.train()
            self.run_iter(next(self.dataloader_iterator))
        self.runner.call_hook('after_train_epoch')
        self.runner.call_hook('after_train')
        return self.runner.model


@pytest.mark.parametrize(
    ('kind', 'loop'),
    [
        ('InfiniteSampler', dict(by_epoch=False)),
        ('DefaultSampler', dict(by_epoch=False)),
        ('InfiniteSampler', dict(type='SkippingLoop')),
        ('DefaultSampler', dict(type='SkippingLoop', skips=False)),
    ],
)
def test_iterations_go_on_without_reading_those_before(
    make, kind, loop, monkeypatch
):
    monkeypatch.setattr('time.sleep', lambda seconds: None)  # at a pass's end
    settings = dict(
        sampler=dict(type=kind, shuffle=True),
        train_cfg=dict(loop, max_iters=8),
        **BY_ITER,
    )
    whole = weights(make(work_dir='whole', **settings))
    for step in (2, 3):  # within a pass, and between two
        runner = make(
            work_dir=f'resumed{step}',
            resume=True,
            load_from=f'whole/iter_{step}.pth',
            **settings,
        )
        data = runner.train_dataloader.dataset
        read = []
        prepare = data.prepare_data
        data.prepare_data = lambda i, prepare=prepare, read=read: (
            read.append(i) or prepare(i)
        )
        assert weights(runner) == whole
        assert len(read) <= 3 * (8 - step)


def test_iterations_begin_anew_after_reading_ahead(make):
    """Workers have read ahead when the hook comes in."""
    settings = dict(
        sampler=dict(type='InfiniteSampler', shuffle=True),
        train_cfg=dict(by_epoch=False, max_iters=4),
        **BY_ITER,
    )
    whole = weights(make(work_dir='whole', **settings))
    settings['workers'] = 1
    assert weights(make(work_dir='read ahead', **settings)) == whole
    resumed = make(
        work_dir='resumed',
        resume=True,
        load_from='whole/iter_2.pth',
        **settings,
    )
    assert weights(resumed) == whole


def test_a_training_without_a_seed_goes_on_with_its_order(make):
    settings = dict(randomness=dict(seed=None))
    whole = weights(make(work_dir='whole', **settings))
    resumed = make(
        work_dir='resumed',
        resume=True,
        load_from='whole/epoch_1.pth',
        **settings,
    )
    assert weights(resumed) == whole


def test_a_seed_of_the_sampler_stays(make):
    sampler = dict(type='DefaultSampler', shuffle=True, seed=5)
    runner = make(sampler=sampler)
    runner.train()
    assert runner.train_dataloader.sampler.seed == 5


@pytest.fixture
def evaluated(make, annotate):
    """Trainings with a validation after each epoch."""
    valid = loader(dataset(annotate(seed=0)), False)
    metric = dict(type='mmpose_scgcn.FaceAlignmentMetric', norm='box_size')
    best = dict(CHECKPOINT, save_best='NME', rule='less', max_keep_ckpts=1)

    def make_evaluated(**more):
        return make(
            val_dataloader=copy.deepcopy(valid),
            val_cfg=dict(),
            val_evaluator=metric,
            default_hooks=dict(checkpoint=best),
            **more,
        )

    return make_evaluated


def test_a_validation_that_was_due_is_made_up_for(evaluated, tmp_path):
    """As after a kill between the checkpoint and its validation."""
    whole = evaluated(work_dir='whole')
    whole.train()
    name, score = (
        whole.message_hub.get_info(key) for key in ('best_ckpt', 'best_score')
    )

    cut = evaluated(work_dir='cut')
    run = cut.build_val_loop(cut._val_loop)
    run.run, validate = None, run.run

    def stop_at_the_last():
        if cut.epoch == 3:
            raise KeyboardInterrupt
        validate()

    run.run = stop_at_the_last
    cut._val_loop = run
    with pytest.raises(KeyboardInterrupt):
        cut.train()
    counts = []
    resumed = evaluated(work_dir='cut', resume=True)
    hook = Hook()
    hook.after_val = lambda runner: counts.append(runner.iter)
    resumed.register_hook(hook)
    resumed.train()
    assert counts == [9]
    assert resumed.message_hub.get_info('best_score') == score
    again = resumed.message_hub.get_info('best_ckpt')
    assert again == name.replace('whole', 'cut')
    files = {p.name for p in (tmp_path / 'whole').glob('*.pth')}
    assert {p.name for p in (tmp_path / 'cut').glob('*.pth')} == files
