"""Weights with more hidden units than the model was built with."""

from mmpose_scgcn.models.layers import DynamicAdjacency

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

UNITS = 520  # of a checkpoint from before they had a limit


@pytest.fixture
def config(root, odd_faces, tmp_path):
    """One step of the graph's head, a face of each process at a time."""
    name = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
    (base,) = (root / 'configs').rglob(name)
    data = f'data_root={str(odd_faces)!r}'
    loader = f'num_workers=0, persistent_workers=False, dataset=dict({data}'
    file = tmp_path / 'graph.py'
    file.write_text(
        f'_base_ = [{str(base)!r}]\n'
        'train_cfg = dict(max_epochs=1, val_interval=2)\n'
        f'train_dataloader = dict(batch_size=4, {loader}, indices=16))\n'
        f'val_dataloader = dict({loader}))\n'
    )
    return file


@pytest.fixture
def wide(config, tmp_path):
    """A checkpoint with more units."""
    cfg = Config.fromfile(config)
    init_default_scope('mmpose')
    model = MODELS.build(cfg.model)
    (layer,) = (m for m in model.modules() if isinstance(m, DynamicAdjacency))
    name = next(n for n, m in model.named_modules() if m is layer)
    state = model.state_dict()
    narrow = layer.squeeze.out_features
    assert narrow < UNITS
    for weight in ('squeeze.weight', 'squeeze.bias', 'weigh.weight'):
        key = f'{name}.{weight}'
        size = [UNITS if n == narrow else n for n in state[key].shape]
        state[key] = 0.01 * torch.randn(size)
    file = tmp_path / 'wide.pth'
    torch.save(dict(state_dict=state), file)
    return file, f'{name}.squeeze.weight'


def test_two_processes_go_on_from_more_hidden_units(
    run_as_two, config, wide, tmp_path
):
    file, name = wide
    done = run_as_two(
        'train',
        *(config, '--work-dir', tmp_path / 'run'),
        *('--cfg-options', f'load_from={file}'),
    )
    assert done.codes == [0, 0], done.logs
    assert 'start anew' not in ''.join(done.logs)
    saved = torch.load(tmp_path / 'run/epoch_1.pth', weights_only=False)
    before = torch.load(file)['state_dict'][name]
    after = saved['state_dict'][name]
    assert after.shape == before.shape
    assert (after != before).any()  # it has learnt
    assert (after - before).abs().max() < 0.1  # from where it was


def test_an_average_with_buffers_knows_the_new_shapes(
    run_python, root, config, wide, tmp_path
):
    file, name = wide
    config.write_text(
        config.read_text()
        + "custom_hooks = [*_base_.custom_hooks, dict(type='EMAHook', "
        'update_buffers=True)]\n'
    )
    done = run_python(
        root / 'tools/train.py',
        *(config, '--work-dir', tmp_path / 'run'),
        *('--cfg-options', f'load_from={file}'),
    )
    assert done.returncode == 0, done.stderr
    saved = torch.load(tmp_path / 'run/epoch_1.pth', weights_only=False)
    for key in ('state_dict', 'ema_state_dict'):
        shapes = {
            value.shape
            for found, value in saved[key].items()
            if found.removeprefix('module.') == name
        }
        assert shapes == {torch.load(file)['state_dict'][name].shape}
