"""From the official layouts, through both tools, to an epoch of training."""

import pytest

CONFIGS = {
    'wflw': 'td-reg_res50-scgcn_8xb64-210e_wflw-256x256',
    '300w': 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64',
    'cofw': 'td-reg_res50-scgcn_8xb64-210e_cofw-256x256',
    'aflw': 'td-reg_res50-scgcn_8xb64-210e_aflw-256x256',
    'pts': 'td-reg_cnn6-scgcn_1xb32-60e_custom-64x64',
}


#: Of what is not named by its kind: fixture, data set of the config, options.
OWN = {'pts': ('folder_300w', 'faces', ('--flip-pairs', 'none'))}


@pytest.mark.parametrize('kind', CONFIGS)
def test_an_epoch_on_what_was_prepared(
    kind, request, run_python, root, tmp_path
):
    fixture, name, options = OWN.get(kind, (f'folder_{kind}', kind, ()))
    source = request.getfixturevalue(fixture)
    # Configs read data/<name> below the current folder.
    done = run_python(
        *(root / 'tools/prepare_dataset.py', kind, source, f'data/{name}'),
        *('--val-share', '0.5', *options),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    options = ['train_cfg.max_epochs=1', 'train_cfg.val_interval=1']
    options += ['train_dataloader.batch_size=2']
    for part in ('train', 'val'):
        options += [f'{part}_dataloader.num_workers=0']
        options += [f'{part}_dataloader.persistent_workers=False']
    if 'res50' in CONFIGS[kind]:
        options += ['model.backbone.init_cfg=None', 'model.backbone.depth=18']
        options += ['model.head.in_channels=512']
    done = run_python(
        *(root / 'tools/train.py', CONFIGS[kind], '--seed', '0'),
        *('--work-dir', 'out', '--cfg-options', *options),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / 'out').glob('best_NME_epoch_1.pth'))) == 1
