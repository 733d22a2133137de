"""Models by name, by file and by config; what does not fit is told."""

import json
from pathlib import Path
from pickle import UnpicklingError

from mmpose_scgcn.apis import build_model, load_model
from mmpose_scgcn.apis.publishing import model_settings

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmpose.apis import init_model

CONFIG = 'td-reg_cnn6-graph-refinement_1xb32-6e_synthetic-128x128'


@pytest.fixture(scope='module')
def content(untrained):
    return torch.load(untrained.checkpoint)


def save(path, content):
    torch.save(content, path)
    return path


def test_weights_are_those_of_mmposes_loader(untrained):
    ours = load_model(untrained.config, untrained.checkpoint, 'cpu').model
    theirs = init_model(untrained.config, untrained.checkpoint, device='cpu')
    assert not ours.training
    assert ours.cfg.filename == theirs.cfg.filename
    found, wanted = ours.state_dict(), theirs.state_dict()
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        torch.testing.assert_close(found[name], value, rtol=0, atol=0)
    assert ours.dataset_meta.keys() >= {'flip_indices', 'num_keypoints'}
    for name in ('flip_indices', 'num_keypoints', 'skeleton_links'):
        np.testing.assert_array_equal(
            ours.dataset_meta[name], theirs.dataset_meta[name]
        )


def test_config_and_checkpoint_in_other_forms(untrained):
    for config in (Path(untrained.config), Config.fromfile(untrained.config)):
        model = load_model(config, Path(untrained.checkpoint), 'cpu')
        assert model.name == 'small'


@pytest.mark.parametrize(
    ('name', 'text', 'told'),
    [
        ('photo.jpg', 'no config', 'photo.jpg cannot be read: '),
        ('wrong.py', 'a = b', 'wrong.py cannot be read: line 1: NameError'),
        ('open.py', 'model = (', 'open.py cannot be read: line 1: Sy'),
        ('other.py', 'x = 1', 'other.py is no config of a model'),
    ],
)
def test_a_file_that_is_no_config(untrained, tmp_path, name, text, told):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=told):
        load_model(tmp_path / name, untrained.checkpoint, 'cpu')


def test_what_the_checkpoint_says_of_the_keypoints_counts(
    untrained, model, content, tmp_path
):
    meta = dict(model.model.dataset_meta)
    meta['skeleton_links'] = [[3, 4]]
    path = save(
        tmp_path / 'm.pth', dict(content, meta=dict(dataset_meta=meta))
    )
    ours = load_model(untrained.config, path, 'cpu')
    assert ours.model.dataset_meta['skeleton_links'] == [[3, 4]]
    assert init_model(untrained.config, str(path), device='cpu').dataset_meta[
        'skeleton_links'
    ] == [[3, 4]]


def test_a_published_file_brings_its_config(
    untrained, content, model, images, boxes, tmp_path
):
    settings = dict(
        config=Config.fromfile(untrained.config).to_dict(), licence='MIT'
    )
    meta = dict(
        mmpose_scgcn=json.dumps(settings),
        dataset_meta=model.model.dataset_meta,
    )
    path = save(tmp_path / 'published.pth', dict(content, meta=meta))
    published = load_model(path, device='cpu')
    assert (published.name, published.licence) == ('published', 'MIT')
    np.testing.assert_array_equal(
        published(images[0], boxes).keypoints,
        model(images[0], boxes).keypoints,
    )
    with pytest.raises(ValueError, match='give the config first'):
        load_model(path, untrained.checkpoint)


def test_pretrained_weights_are_not_fetched(untrained):
    cfg = Config.fromfile(untrained.config)
    cfg.model.backbone.init_cfg = dict(
        type='Pretrained', checkpoint='nowhere/at/all.pth'
    )
    build_model(cfg, untrained.checkpoint, device='cpu')
    assert cfg.model.backbone.init_cfg.type == 'Pretrained'


def test_a_config_without_weights(untrained):
    with pytest.raises(ValueError, match='small is a config; load_model'):
        load_model(untrained.config)
    with pytest.raises(ValueError, match=f'{CONFIG} is a config'):
        load_model(CONFIG)


def test_no_such_model(untrained):
    near = CONFIG.replace('refinement', 'refinment')
    with pytest.raises(FileNotFoundError, match=rf'Did you mean: .*{CONFIG}'):
        load_model(near, untrained.checkpoint)
    with pytest.raises(FileNotFoundError, match='face686 is neither a file'):
        load_model('face686')


def test_no_such_checkpoint(untrained, tmp_path):
    absent = str(tmp_path / 'absent.pth')
    for arguments in ((untrained.config, absent), (absent,)):
        with pytest.raises(FileNotFoundError, match=r'no checkpoint .*absent'):
            load_model(*arguments)
    with pytest.raises(FileNotFoundError, match=r'no weights absent\.pth in'):
        load_model(untrained.config, 'mmpose_scgcn://absent.pth')


def test_a_checkpoint_that_was_not_published(untrained):
    with pytest.raises(ValueError, match=r'small\.pth was not published by'):
        load_model(untrained.checkpoint)


def test_a_checkpoint_that_does_not_fit(untrained, content, tmp_path):
    state = dict(content['state_dict'])
    state['head.heatmap.weight'] = torch.zeros(98, 5, 1, 1)
    del state['head.log_width']
    path = save(tmp_path / 'other.pth', dict(state_dict=state))
    with pytest.raises(ValueError, match=r'2 of .* weights differ') as error:
        load_model(untrained.config, path)
    assert 'other.pth' in str(error.value)
    assert 'head.heatmap.weight' in str(error.value)


@pytest.mark.parametrize(
    'content',
    [b'', b'<html>Not found</html>', b'PK\3\4 half of an archive'],
)
def test_a_file_that_is_no_checkpoint(untrained, tmp_path, content):
    path = tmp_path / 'page.pth'
    path.write_bytes(content)
    for arguments in ((untrained.config, path), (path,)):
        with pytest.raises(
            (ValueError, UnpicklingError), match=r'page\.pth (is|was) no'
        ):
            load_model(*arguments)


def test_a_file_that_holds_something_else(untrained, tmp_path):
    path = tmp_path / 'other.pth'
    for content in ([1, 2], dict(state_dict={}, meta=None)):
        save(path, content)
        for arguments in ((untrained.config, path), (path,)):
            with pytest.raises(ValueError, match=r'other\.pth'):
                load_model(*arguments)


def test_without_data_set_nothing_is_known_of_the_keypoints(untrained):
    settings = Config.fromfile(untrained.config).to_dict()
    for name in ('train', 'val', 'test'):
        del settings[f'{name}_dataloader']
    with pytest.raises(ValueError, match='says what the keypoints are'):
        build_model(Config(settings), untrained.checkpoint)


def test_importing_the_package_imports_no_model(run_python):
    program = (
        'import sys\n'
        'import mmpose_scgcn, mmpose_scgcn.apis\n'
        'assert mmpose_scgcn.list_models\n'
        'from mmpose_scgcn.apis import read_image, list_models\n'
        'print([m for m in ("mmpose.models", "mmpose.datasets", '
        '"mmpose_scgcn.models", "matplotlib") if m in sys.modules])'
    )
    result = run_python('-c', program)
    assert result.stdout.strip() == '[]', result.stderr


def test_the_package_offers_what_it_lists():
    import mmpose_scgcn
    import mmpose_scgcn.apis

    for module in (mmpose_scgcn, mmpose_scgcn.apis):
        for name in module.__all__:
            assert getattr(module, name) is not None
        assert set(module.__all__) <= set(dir(module))
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            module.nothing  # noqa: B018


@pytest.mark.parametrize('left', ['val', 'train'])
def test_a_config_without_a_test_set(untrained, tmp_path, images, left):
    """As ``prepare_dataset.py`` writes it where there is none."""
    usual = load_model(untrained.config, untrained.checkpoint, 'cpu')
    cfg = Config.fromfile(untrained.config)
    if left == 'val':
        cfg.val_dataloader.dataset.pipeline = (
            cfg.test_dataloader.dataset.pipeline
        )
    else:
        cfg.val_pipeline = cfg.test_dataloader.dataset.pipeline
        cfg.val_dataloader = None
    cfg.test_dataloader = None
    cfg.dump(tmp_path / 'own.py')
    own = load_model(tmp_path / 'own.py', untrained.checkpoint, 'cpu')
    boxes = [[20, 20, 80, 80]]
    np.testing.assert_array_equal(
        own(images[0], boxes=boxes).keypoints,
        usual(images[0], boxes=boxes).keypoints,
    )
    settings = model_settings(cfg)
    assert settings['test_dataloader']['dataset']['type']


def test_a_config_without_any_crop_is_told(untrained, tmp_path):
    cfg = Config.fromfile(untrained.config)
    cfg.test_dataloader = cfg.val_dataloader = None
    cfg.pop('val_pipeline', None)
    cfg.dump(tmp_path / 'own.py')
    with pytest.raises(
        ValueError, match=r'own.py: expected a config with a t'
    ):
        load_model(tmp_path / 'own.py', untrained.checkpoint, 'cpu')
