"""From the official layouts, through the tools, to an epoch of training."""

import json

import pytest

RES50 = 'td-reg_res50-scgcn_8xb64-210e_{}-256x256'
CONFIGS = {kind: RES50.format(kind) for kind in ('wflw', 'cofw', 'aflw')}
CONFIGS['300w'] = 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64'
CONFIGS['pts'] = 'td-reg_cnn6-scgcn_1xb32-60e_custom-64x64'

#: Of what is not named by its kind: fixture, data set of the config, options.
OWN = {'pts': ('folder_300w', 'faces', ('--flip-pairs', 'none'))}


@pytest.fixture
def tool(run_python, root, tmp_path):
    """Run a tool in a folder of its own; it has to succeed."""

    def run(name, *arguments, cwd=tmp_path):
        done = run_python(root / f'tools/{name}.py', *arguments, cwd=cwd)
        assert done.returncode == 0, done.stderr
        return done

    return run


def settings(*splits, resnet):
    """Options of a short training: small batches, no processes, no weights.

    A ResNet has 18 narrow layers instead of 50 and starts from scratch.
    """
    options = ['--cfg-options']
    for part in splits:
        options += [f'{part}_dataloader.num_workers=0']
        options += [f'{part}_dataloader.persistent_workers=False']
    if resnet:
        options += ['model.backbone.init_cfg=None', 'model.backbone.depth=18']
        options += ['model.backbone.stem_channels=8']
        options += ['model.backbone.base_channels=8']
        options += ['model.head.in_channels=64']
    return options


TRAINING = ('train_cfg.max_epochs=1', 'train_cfg.val_interval=1')


@pytest.mark.parametrize('kind', CONFIGS)
def test_an_epoch_on_what_was_prepared(kind, request, tool, tmp_path):
    fixture, name, options = OWN.get(kind, (f'folder_{kind}', kind, ()))
    source = request.getfixturevalue(fixture)
    # Configs read data/<name> below the current folder.
    tool(
        *('prepare_dataset', kind, source, f'data/{name}'),
        *('--val-share', '0.5', *options),
    )
    tool(
        *('train', CONFIGS[kind], '--seed', '0', '--work-dir', 'out'),
        *settings('train', 'val', resnet='res50' in CONFIGS[kind]),
        *('train_dataloader.batch_size=2', *TRAINING),
    )
    assert len(list((tmp_path / 'out').glob('best_NME_epoch_1.pth'))) == 1


#: Kinds of labels, and their points.
LABELS = {'dlc': 6, 'celeba': 5, 'merlrav': 68, '300vw': 68}


@pytest.mark.parametrize('kind', LABELS)
def test_an_epoch_on_labels_of_other_tools(kind, request, tool, tmp_path):
    """Whole videos, people or photographs are held out."""
    source = request.getfixturevalue(f'folder_{kind}')
    tool(
        *('prepare_dataset', kind, source, 'data', '--val-share', '0.34'),
        *('--config', 'my_config.py'),
    )
    parts = {
        split: json.loads(
            (tmp_path / f'data/face_landmarks_{kind}_{split}.json').read_text()
        )
        for split in ('train', 'val')
    }
    seen = [
        {
            face.get('identity', face['image_id'])
            for face in part['annotations']
        }
        for part in parts.values()
    ]
    assert all(seen)
    assert not seen[0] & seen[1]
    keypoints = parts['train']['categories'][0]['keypoints']
    assert len(keypoints) == LABELS[kind]
    tool(
        *('train', 'my_config.py', '--seed', '0', '--work-dir', 'out'),
        *settings('train', 'val', resnet=False),
        *('train_dataloader.batch_size=4', *TRAINING),
    )
    assert len(list((tmp_path / 'out').glob('best_NME_epoch_1.pth'))) == 1


@pytest.mark.parametrize('base', [None, RES50.format('wflw')])
def test_own_data_with_the_config_that_is_written(
    folder_csv, tool, tmp_path, base
):
    """Of any name, place and number of keypoints, on either backbone."""
    options = ['--base', base] if base else []
    tool(
        *('prepare_dataset', 'csv', folder_csv / 'train.csv', 'some/where'),
        *(
            '--images',
            folder_csv / 'frames',
            '--test',
            folder_csv / 'test.csv',
        ),
        *('--name', 'mine', '--flip-pairs', '0-1,2-3', '--norm', '0-1'),
        *('--config', 'my_config.py', *options),
    )
    elsewhere = tmp_path / 'elsewhere'
    elsewhere.mkdir()
    config = ('../my_config.py', '--work-dir', 'out')
    tool(
        *('train', *config, '--seed', '0'),
        *settings('train', 'val', resnet=base),
        *('train_dataloader.batch_size=4', *TRAINING),
        'train_dataloader.dataset.indices=4',  # are enough here
        cwd=elsewhere,
    )
    (best,) = (elsewhere / 'out').glob('best_NME_epoch_1.pth')
    tool(
        *('test', config[0], best, *config[1:]),
        *settings('test', resnet=base),
        'test_evaluator.out_file=faces.csv',
        cwd=elsewhere,
    )
    rows = (elsewhere / 'faces.csv').read_text().splitlines()[1:]
    wanted = json.loads(
        (tmp_path / 'some/where/face_landmarks_mine_test.json').read_text()
    )
    ids = [int(row.partition(',')[0]) for row in rows]
    assert ids == [face['id'] for face in wanted['annotations']]
