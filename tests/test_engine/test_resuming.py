"""What a resumed training takes from its checkpoint: real runs."""

import shutil
from pathlib import Path

from mmpose_scgcn.checks import CheckError
from tests.test_engine.tiny_runs import dataset, loader

import pytest
import torch
from mmengine.config import Config

CHECK = dict(type='mmpose_scgcn.CheckHook')
HOOKS = [CHECK, dict(type='mmpose_scgcn.GraphHook')]
SCHEDULE = [
    dict(type='LinearLR', begin=0, end=3, start_factor=0.1, by_epoch=False),
    dict(type='MultiStepLR', milestones=[1, 3], gamma=0.5, end=100),
]


def adam(lr=1e-3, kind='Adam', **options):
    return dict(optimizer=dict(type=kind, lr=lr, **options))


@pytest.fixture
def make(annotate, make_runner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = annotate(seed=0)

    def make(epochs=2, **settings):
        return make_runner(
            dataset(file),
            epochs=epochs,
            **{
                'custom_hooks': HOOKS,
                'optim_wrapper': adam(),
                'param_scheduler': SCHEDULE,
                'log_level': 'WARNING',
                **settings,
            },
        )

    return make


def rates(runner):
    """The learning rate of each iteration."""
    seen = []
    call = type(runner).call_hook

    def call_hook(name, **kwargs):
        if name == 'before_train_iter':
            seen.append(runner.optim_wrapper.get_lr()['lr'][0])
        call(runner, name, **kwargs)

    runner.call_hook = call_hook
    runner.train()
    return seen


def test_nothing_is_told_where_nothing_has_changed(make, capfd):
    make().train()
    capfd.readouterr()
    runner = make(epochs=4, resume=True)
    assert len(rates(runner)) == 4  # two epochs of two iterations
    assert 'settings have changed' not in ''.join(capfd.readouterr())


@pytest.mark.parametrize(
    ('settings', 'told'),
    [
        (
            dict(optim_wrapper=adam(0.5)),
            'Adam, lr: 0.5 in the config, 0.001 in the checkpoint',
        ),
        (
            dict(optim_wrapper=adam(weight_decay=0.1)),
            'Adam, weight_decay: 0.1 in the config, 0 in the checkpoint',
        ),
        (
            dict(param_scheduler=[SCHEDULE[0]]),
            'param_scheduler: 1 in the config, 2 in the checkpoint',
        ),
        (
            dict(param_scheduler=[SCHEDULE[0], dict(SCHEDULE[1], gamma=0.1)]),
            'param_scheduler[1], MultiStepLR, gamma: 0.1 in the config, 0.5',
        ),
        (
            dict(
                param_scheduler=[
                    SCHEDULE[0],
                    dict(SCHEDULE[1], milestones=[2, 3]),
                ]
            ),
            'milestones: [2, 3] in the config, [1, 3] in the checkpoint',
        ),
        (
            dict(
                param_scheduler=[
                    SCHEDULE[0],
                    dict(type='ExponentialLR', gamma=0.5),
                ]
            ),
            'ExponentialLR: another kind of schedule',
        ),
    ],
)
def test_changed_settings_are_told(make, capfd, settings, told):
    make().train()
    capfd.readouterr()
    make(epochs=3, resume=True, **settings).train()
    output = ''.join(capfd.readouterr())
    assert told in output
    assert 'resume_with' in output


def test_a_schedule_that_ends_with_the_old_training_is_told(make, capfd):
    """MMEngine writes the number of epochs into schedules without end."""
    schedule = [dict(type='MultiStepLR', milestones=[1, 3], gamma=0.5)]
    make(param_scheduler=schedule).train()
    capfd.readouterr()
    make(epochs=4, resume=True, param_scheduler=schedule).train()
    told = ''.join(capfd.readouterr())
    assert 'MultiStepLR, end: 4 in the config, 2 in the checkpoint' in told


def test_the_settings_of_the_checkpoint_are_used(make):
    whole = rates(make(epochs=4, work_dir='whole'))
    make().train()
    later = rates(make(epochs=4, resume=True, optim_wrapper=adam(0.5)))
    assert later == pytest.approx(whole[4:])


def test_the_settings_of_the_config_can_be_chosen(make, capfd):
    """As if the training had been started with them."""
    new = dict(
        optim_wrapper=adam(0.5, weight_decay=0.1),
        param_scheduler=[SCHEDULE[0], dict(SCHEDULE[1], gamma=0.1)],
    )
    whole = rates(make(epochs=4, work_dir='whole', **new))
    make().train()
    moments = torch.load('work/epoch_2.pth', weights_only=False)['optimizer']
    capfd.readouterr()
    runner = make(
        epochs=4,
        resume=True,
        custom_hooks=[dict(CHECK, resume_with='config'), HOOKS[1]],
        **new,
    )
    assert rates(runner) == pytest.approx(whole[4:])
    (group,) = runner.optim_wrapper.param_groups
    assert group['weight_decay'] == 0.1
    assert len(runner.optim_wrapper.optimizer.state) == len(moments['state'])
    assert 'it goes by those of the config' in ''.join(capfd.readouterr())


@pytest.mark.parametrize('text', ['known', 'unknown'])
def test_another_optimizer_is_refused(make, monkeypatch, text):
    if text == 'known':
        saved = "optim_wrapper = dict(optimizer=dict(lr=1e-3, type='Adam'))"
        monkeypatch.setattr(Config, 'pretty_text', saved)
    make().train()
    runner = make(epochs=3, resume=True, optim_wrapper=adam(kind='SGD'))
    with pytest.raises(CheckError, match='another one') as told:
        runner.train()
    wanted = 'it is of Adam, and the config has SGD'
    if text == 'unknown':
        wanted = 'amsgrad, betas'
    assert wanted in str(told.value)
    assert 'load_from=FILE' in str(told.value)


def test_the_like_of_the_optimizer_is_another_one(make, monkeypatch):
    saved = "optim_wrapper = dict(optimizer=dict(lr=1e-3, type='Adam'))"
    monkeypatch.setattr(Config, 'pretty_text', saved)
    make().train()
    runner = make(epochs=3, resume=True, optim_wrapper=adam(kind='AdamW'))
    with pytest.raises(CheckError, match='it is of Adam, and the config has'):
        runner.train()


def test_a_training_that_is_over_is_told(make, capfd):
    make().train()
    make(resume=True).train()
    assert 'nothing is left to train' in ''.join(capfd.readouterr())


VALIDATION = dict(
    val_cfg=dict(),
    val_evaluator=dict(
        type='mmpose_scgcn.FaceAlignmentMetric', norm='box_size'
    ),
    default_hooks=dict(
        checkpoint=dict(
            type='CheckpointHook', interval=1, save_best='NME', rule='less'
        )
    ),
)


@pytest.fixture
def copied(annotate, make, tmp_path):
    """A training that was copied to another folder."""
    valid = dict(
        VALIDATION, val_dataloader=loader(dataset(annotate(seed=0)), False)
    )
    make(work_dir=str(tmp_path / 'original'), **valid).train()
    shutil.copytree(tmp_path / 'original', tmp_path / 'copy')
    kept = {p.name for p in (tmp_path / 'original').glob('*.pth')}

    def resume(**more):
        # Every epoch is better than those before.
        runner = make(
            epochs=4,
            resume=True,
            work_dir=str(tmp_path / 'copy'),
            **{**valid, **more},
        )
        call = type(runner).call_hook

        def call_hook(name, **kwargs):
            if name == 'before_train_epoch':
                runner.message_hub.update_info('best_score', 1e9)
            call(runner, name, **kwargs)

        runner.call_hook = call_hook
        runner.train()

    return resume, tmp_path / 'original', tmp_path / 'copy', kept


def test_a_copy_leaves_the_original_alone(copied, capfd):
    resume, original, copy, kept = copied
    resume()
    assert {p.name for p in original.glob('*.pth')} == kept
    assert len(list(copy.glob('best*.pth'))) == 1  # its own was replaced
    assert (copy / 'epoch_4.pth').is_file()
    assert 'in another folder than this training' in ''.join(
        capfd.readouterr()
    )


def test_a_copy_without_the_best_leaves_the_original_alone(copied):
    resume, original, copy, kept = copied
    for file in copy.glob('best*.pth'):
        file.unlink()
    resume()
    assert {p.name for p in original.glob('*.pth')} == kept


def test_a_copy_resumes_from_its_own_checkpoint(copied):
    resume, original, copy, _ = copied
    shutil.rmtree(original)
    resume()
    assert (copy / 'epoch_4.pth').is_file()
    assert not original.exists()


def test_a_folder_behind_a_link_is_its_own(copied, capfd):
    resume, original, copy, _ = copied
    shutil.rmtree(copy)
    copy.symlink_to(original, target_is_directory=True)
    resume()
    assert 'in another folder' not in ''.join(capfd.readouterr())
    assert len(list(Path(original).glob('best*.pth'))) == 1
