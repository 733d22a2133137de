"""A loss that is no number names its images: tiny real trainings."""

from mmpose_scgcn.checks import CheckError
from tests.test_engine.tiny_runs import (
    COUNT,
    HEAD,
    STOCK_HEAD,
    dataset,
    loader,
    pipeline,
)

import numpy as np
import pytest
import torch
from mmpose.registry import TRANSFORMS

HOOKS = [
    dict(type='mmpose_scgcn.CheckHook'),
    dict(type='mmpose_scgcn.GraphHook'),
]
# MMPose's loss multiplies by a weight of 0, and NaN times 0 is NaN.
MMPOSE_HEAD = dict(
    STOCK_HEAD, loss=dict(type='SmoothL1Loss', use_target_weight=True)
)


@TRANSFORMS.register_module()
class SpoilKeypoints:
    """Make the keypoints of one image NaN; their labels get weight 0."""

    def __init__(self, image):
        self.image = image

    def __call__(self, results):
        if results['img_path'].endswith(f'/{self.image}'):
            points = results['transformed_keypoints']
            results['transformed_keypoints'] = points * np.nan
        return results


@pytest.fixture
def train(annotate, make_runner, tmp_path):
    """Train on the images in their order; gives the checkpoints' names."""

    def run(head=HEAD, spoilt=None, batch_size=4, **settings):
        steps = pipeline()
        if spoilt:
            steps.insert(-2, dict(type='SpoilKeypoints', image=spoilt))
        data = dataset(annotate(0), steps)
        settings = {
            'custom_hooks': HOOKS,
            'train_dataloader': {
                **loader(data, train=False),
                'batch_size': batch_size,
            },
            **settings,
        }
        try:
            make_runner(data, head, **settings).train()
        finally:
            saved = sorted(p.name for p in (tmp_path / 'work').glob('*.pth'))
            run.saved = saved
        return saved

    return run


def images(first, last):
    """Images with their annotations, as a message lists them."""
    return [f'/{i}.png, annotation {i}' for i in range(first, last)]


def sgd(lr, **settings):
    return dict(
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr), **settings)
    )


def test_labels_that_are_no_numbers_are_named(train):
    with pytest.raises(CheckError) as told:
        train(MMPOSE_HEAD, spoilt='5.png')
    lines = str(told.value).splitlines()
    assert lines[0].startswith(
        'losses that are not finite in iteration 2 (epoch 1): '
    )
    assert 'loss_kpt=nan' in lines[0]
    assert lines[1].startswith('images of the batch: ')
    named = lines[1].split(': ')[1].split('; ')
    expected = images(4, 8)
    expected[1] += ', labels not finite'
    assert all(n.endswith(e) for n, e in zip(named, expected, strict=True))
    named = lines[2].split('images of the batch before: ')[1].split('; ')
    assert all(n.endswith(e) for n, e in zip(named, images(0, 4), strict=True))
    assert 'training stops in iteration 2' in lines[3]
    assert 'Last checkpoint: there is none.' in lines[3]
    assert train.saved == []


def test_our_losses_leave_such_a_keypoint_out(train):
    assert train(spoilt='5.png') == ['epoch_1.pth']


def test_steps_that_are_too_long(train):
    """All labels are as they should be, and a checkpoint is there."""
    jump = dict(type='MultiStepLR', milestones=[1], gamma=1e36)
    with pytest.raises(CheckError) as told:
        train(epochs=2, param_scheduler=jump, **sgd(1e-3))
    message = str(told.value)
    assert 'in iteration 4 (epoch 2): loss=nan' in message
    assert 'not finite;' not in message and 'labels' not in message
    assert 'hold NaN or infinity, such as backbone.' in message
    assert 'work/epoch_1.pth. If the images' in message
    assert 'clip_grad=dict(max_norm=1.0)' in message
    assert train.saved == ['epoch_1.pth']


def test_a_step_that_does_no_harm_is_told_and_training_goes_on(train, capfd):
    """Gradients are gathered over four steps; the second is not finite."""
    with pytest.raises(CheckError, match='in iteration 4 ') as told:
        train(
            MMPOSE_HEAD,
            spoilt='5.png',
            epochs=2,
            **sgd(1e-3, accumulative_counts=4),
        )
    logged = ''.join(capfd.readouterr())
    assert 'losses that are not finite in iteration 2 (epoch 1)' in logged
    assert '5.png, annotation 5, labels not finite' in logged
    assert 'The weights were not updated yet: go on.' in logged
    earlier = str(told.value).split('earlier in the same update: ')[1]
    assert '5.png, annotation 5, labels not finite' in earlier.split('\n')[0]
    assert 'iteration 3' not in logged
    assert train.saved == ['epoch_1.pth']


def test_a_model_that_the_last_step_spoilt_is_not_saved(train):
    """The loss was finite, and no step follows that would show it."""
    with pytest.raises(CheckError) as told:
        train(batch_size=COUNT, **sgd(1e38))
    message = str(told.value)
    assert message.startswith('a model that is not finite is not saved\n')
    assert all(name in message for name in images(0, COUNT))
    assert train.saved == []


def test_without_mmengine_s_hook_losses_are_looked_at_all_the_same(train):
    hooks = dict(runtime_info=None)
    with pytest.raises(CheckError, match=r'iteration 2 .*loss_kpt=nan'):
        train(MMPOSE_HEAD, spoilt='5.png', default_hooks=hooks)


def test_values_are_brought_to_the_host_once(train, monkeypatch):
    """Each ``item`` waits for a GPU; MMEngine's log needs one a loss."""
    counts = []
    item = torch.Tensor.item

    def count(tensor):
        counts[-1] += 1
        return item(tensor)

    monkeypatch.setattr(torch.Tensor, 'item', count)
    steps = dict(type='CheckpointHook', interval=100, save_last=False)
    for hooks in (HOOKS, HOOKS[1:]):
        counts.append(0)
        train(custom_hooks=hooks, default_hooks=dict(checkpoint=steps))
    assert counts[0] == counts[1] > 0
