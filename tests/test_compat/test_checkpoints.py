"""Checkpoints load and resume; one that carries code is refused."""

import os
import pickle
import tarfile
import zipfile

from mmpose_scgcn import compat
from mmpose_scgcn.compat import checkpoints, plain_data

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.model import BaseModel
from mmengine.runner import Runner, load_checkpoint
from mmengine.runner.checkpoint import CheckpointLoader
from torch import nn


class ToyModel(BaseModel):
    """Fits a line."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, inputs, mode='tensor'):
        output = self.linear(inputs)
        return dict(loss=output.square().mean()) if mode == 'loss' else output


class RunsCode:
    """Pickles into a call of anything."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


@pytest.fixture(params=['restricted by PyTorch', 'before PyTorch 2.6'])
def either_reader(request, monkeypatch):
    """Both ways in which files are read, whatever PyTorch is here."""
    if request.param == 'before PyTorch 2.6':
        monkeypatch.setattr(checkpoints, 'SAFE_BY_DEFAULT', False)
    elif not checkpoints.SAFE_BY_DEFAULT:
        pytest.skip('this PyTorch does not restrict what files load')


def save_checkpoint(path, extra) -> str:
    content = {'state_dict': ToyModel().state_dict(), 'extra': extra}
    torch.save(content, path)
    return str(path)


def history() -> HistoryBuffer:
    buffer = HistoryBuffer()
    buffer.update(2.0)
    buffer.update(4.0, 3)
    return buffer


@pytest.mark.parametrize(
    'extra',
    [
        history(),
        np.arange(6.0).reshape(2, 3),
        np.array([], dtype=np.uint8),
        np.array([True, False]),
        np.float32(0.5),
        np.int64(-3),
        b'',
        {'keypoints': (1, 'eye', None)},
    ],
    ids=lambda extra: type(extra).__name__,
)
@pytest.mark.usefixtures('either_reader')
def test_data_loads(tmp_path, extra):
    file = save_checkpoint(tmp_path / 'data.pth', extra)
    loaded = load_checkpoint(ToyModel(), file)['extra']
    assert type(loaded) is type(extra)
    if isinstance(extra, HistoryBuffer):
        assert loaded.mean() == extra.mean() == 1.5
        assert loaded.statistics('max') == 4.0
    else:
        np.testing.assert_array_equal(loaded, extra)


@pytest.mark.parametrize(
    'attack',
    [
        lambda marker: RunsCode(os.mkdir, marker),
        lambda marker: RunsCode(os.system, f'mkdir {marker}'),
        lambda marker: RunsCode(eval, f'__import__("os").mkdir({marker!r})'),
        lambda marker: RunsCode(exec, f'import os; os.mkdir({marker!r})'),
    ],
    ids=['mkdir', 'system', 'eval', 'exec'],
)
@pytest.mark.usefixtures('either_reader')
def test_a_checkpoint_with_code_is_refused(tmp_path, attack):
    marker = tmp_path / 'marker'
    file = save_checkpoint(tmp_path / 'bad.pth', attack(str(marker)))
    with pytest.raises(pickle.UnpicklingError, match=r'bad\.pth was not'):
        load_checkpoint(ToyModel(), file)
    assert not marker.exists()


@pytest.mark.parametrize(
    ('owner', 'name'),
    [
        (HistoryBuffer, '__init__'),
        (HistoryBuffer, '__subclasses__'),
        (HistoryBuffer, 'register_statistics'),
        (history(), 'mean'),
        (np.ndarray, 'tofile'),
        (dict, 'mean'),
        (nn.Parameter, '__init__'),
    ],
)
@pytest.mark.usefixtures('either_reader')
def test_getattr_serves_nothing_else(tmp_path, owner, name):
    file = save_checkpoint(
        tmp_path / 'bad.pth', RunsCode(getattr, owner, name)
    )
    with pytest.raises(pickle.UnpicklingError, match=r'bad\.pth was not'):
        load_checkpoint(ToyModel(), file)


@pytest.mark.parametrize('name', plain_data.HISTORY_METHODS)
def test_getattr_serves_the_history(name):
    served = plain_data.make_getattr(HistoryBuffer)(HistoryBuffer, name)
    assert served is getattr(HistoryBuffer, name)


@pytest.mark.usefixtures('either_reader')
def test_a_refusal_names_the_reason_and_the_way_on(tmp_path):
    file = save_checkpoint(tmp_path / 'bad.pth', RunsCode(os.getcwd))
    with pytest.raises(pickle.UnpicklingError) as refusal:
        load_checkpoint(ToyModel(), file)
    assert f'{os.getcwd.__module__}.getcwd' in str(refusal.value)
    assert 'TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1' in str(refusal.value)
    assert '\n' not in str(refusal.value)


@pytest.mark.filterwarnings('ignore:.*TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD')
@pytest.mark.filterwarnings('ignore:You are using .torch.load:FutureWarning')
@pytest.mark.usefixtures('either_reader')
def test_the_way_on_works(tmp_path, monkeypatch):
    file = save_checkpoint(tmp_path / 'mine.pth', RunsCode(os.getcwd))
    monkeypatch.setenv('TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD', '1')
    assert load_checkpoint(ToyModel(), file)['extra'] == os.getcwd()


@pytest.mark.usefixtures('either_reader')
def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / 'torn.pth').write_bytes(b'not a pickle')
    with pytest.raises(pickle.UnpicklingError, match=r'torn\.pth was not'):
        load_checkpoint(ToyModel(), str(tmp_path / 'torn.pth'))


@pytest.mark.usefixtures('either_reader')
@pytest.mark.parametrize('new_format', [True, False])
def test_weights_in_both_formats(tmp_path, new_format):
    model = ToyModel().half()
    content = dict(
        state_dict=model.state_dict(),
        parameter=nn.Parameter(torch.ones(3, dtype=torch.bfloat16)),
        size=torch.Size([2, 3]),
        device=torch.device('cpu'),
        shared=[model.linear.weight, model.linear.weight.T],
    )
    path = tmp_path / 'weights.pth'
    torch.save(content, path, _use_new_zipfile_serialization=new_format)
    loaded = CheckpointLoader.load_checkpoint(str(path), 'cpu')
    assert loaded['size'] == (2, 3)
    assert loaded['device'].type == 'cpu'
    assert type(loaded['parameter']) is nn.Parameter
    assert loaded['parameter'].dtype is torch.bfloat16
    first, second = loaded['shared']
    assert first.data_ptr() == second.data_ptr()
    for name, weight in model.state_dict().items():
        torch.testing.assert_close(loaded['state_dict'][name], weight)


@pytest.mark.usefixtures('either_reader')
@pytest.mark.parametrize('new_format', [True, False])
def test_code_in_both_formats(tmp_path, new_format):
    attack = dict(a=[RunsCode(os.mkdir, str(tmp_path / 'marker'))])
    path = tmp_path / 'bad.pth'
    torch.save(attack, path, _use_new_zipfile_serialization=new_format)
    with pytest.raises(pickle.UnpicklingError, match=r'bad\.pth was not'):
        CheckpointLoader.load_checkpoint(str(path), 'cpu')
    path.write_bytes(pickle.dumps(attack, protocol=2))
    with pytest.raises((pickle.UnpicklingError, ValueError), match='bad'):
        CheckpointLoader.load_checkpoint(str(path), 'cpu')
    assert not (tmp_path / 'marker').exists()


@pytest.mark.usefixtures('either_reader')
@pytest.mark.filterwarnings('ignore:.*torch.jit:DeprecationWarning')
def test_other_archives_are_refused(tmp_path):
    program = tmp_path / 'program.pth'
    torch.jit.save(torch.jit.script(nn.Linear(2, 2)), str(program))
    with pytest.raises((pickle.UnpicklingError, ValueError), match='program'):
        CheckpointLoader.load_checkpoint(str(program), 'cpu')
    old = tmp_path / 'old.pth'
    with tarfile.open(old, 'w') as archive:
        for name in ('storages', 'tensors', 'pickle'):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, '/etc/hostname'
            archive.addfile(link)
    with pytest.raises((pickle.UnpicklingError, ValueError), match='old'):
        CheckpointLoader.load_checkpoint(str(old), 'cpu')
    with zipfile.ZipFile(old, 'a') as archive:  # it ends as a zip archive
        archive.writestr('data.pkl', b'')
    with pytest.raises((pickle.UnpicklingError, ValueError), match='old'):
        CheckpointLoader.load_checkpoint(str(old), 'cpu')
    if not checkpoints.SAFE_BY_DEFAULT:
        with pytest.raises(pickle.UnpicklingError, match='a tar archive'):
            CheckpointLoader.load_checkpoint(str(old), 'cpu')


def test_the_loader_of_torch_is_whole_again(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, 'SAFE_BY_DEFAULT', False)
    before = torch.load
    file = save_checkpoint(tmp_path / 'bad.pth', RunsCode(os.getcwd))
    with pytest.raises(pickle.UnpicklingError):
        load_checkpoint(ToyModel(), file)
    assert torch.load is before


def test_enabling_twice_is_enabling_once():
    before = CheckpointLoader.load_checkpoint
    compat.enable()
    assert CheckpointLoader.load_checkpoint is before
    assert not hasattr(before.__wrapped__, '__wrapped__')


def toy_runner(work_dir, epochs, **kwargs) -> Runner:
    """A real runner: Adam, a warm-up, a step, two batches an epoch."""
    return Runner(
        model=ToyModel(),
        work_dir=str(work_dir),
        train_dataloader=dict(
            dataset=[torch.ones(2), torch.zeros(2)],
            sampler=dict(type='DefaultSampler', shuffle=False),
            batch_size=1,
            collate_fn=lambda items: dict(inputs=torch.stack(items)),
        ),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=0.1)),
        param_scheduler=[
            dict(type='LinearLR', start_factor=0.5, end=2, by_epoch=False),
            dict(type='MultiStepLR', milestones=[2], gamma=0.1, end=3),
        ],
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        default_hooks=dict(logger=dict(type='LoggerHook', interval=1)),
        experiment_name=f'toy_{work_dir.name}_{epochs}_{len(kwargs)}',
        default_scope='mmengine',
        **kwargs,
    )


@pytest.fixture(scope='module')
def runs(tmp_path_factory):
    """Two epochs resumed for a third, and three epochs in one go."""
    parts, whole = (tmp_path_factory.mktemp(n) for n in ('part', 'whole'))
    torch.manual_seed(0)
    toy_runner(parts, 2).train()
    resumed = toy_runner(parts, 3, resume=True)
    resumed.train()
    torch.manual_seed(0)
    straight = toy_runner(whole, 3)
    straight.train()
    return resumed, straight


def test_resuming_keeps_the_weights(runs):
    resumed, straight = (run.model.state_dict() for run in runs)
    torch.testing.assert_close(resumed, straight)


def test_resuming_keeps_the_optimizer(runs):
    resumed, straight = (run.optim_wrapper.state_dict() for run in runs)
    torch.testing.assert_close(resumed['state'], straight['state'])


def test_resuming_keeps_the_schedule(runs):
    for run in runs:
        assert run.optim_wrapper.get_lr()['lr'] == pytest.approx([0.01])


def test_resuming_keeps_the_log_history(runs):
    resumed, straight = (
        run.message_hub.get_scalar('train/loss').data[0] for run in runs
    )
    assert len(resumed) == 6
    np.testing.assert_allclose(resumed, straight, rtol=1e-6)


def test_a_runner_does_not_resume_from_code(tmp_path):
    marker = tmp_path / 'marker'
    file = save_checkpoint(
        tmp_path / 'bad.pth', RunsCode(os.mkdir, str(marker))
    )
    runner = toy_runner(tmp_path, 1, load_from=file, resume=True)
    with pytest.raises(pickle.UnpicklingError, match=r'bad\.pth was not'):
        runner.load_or_resume()
    assert not marker.exists()
