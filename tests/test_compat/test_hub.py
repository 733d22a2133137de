"""MMEngine's names and addresses lead to our configs and weights."""

import hashlib
from pathlib import Path

from mmpose_scgcn.apis import zoo
from mmpose_scgcn.compat import hub

import mmengine.config.config
import mmengine.utils
import pkg_resources
import pytest
import torch
from mmengine.config import Config
from mmengine.hub import get_config
from mmengine.infer import BaseInferencer
from mmengine.runner import load_checkpoint
from mmengine.runner.checkpoint import CheckpointLoader
from torch import nn

NAME = 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64'
CONFIG = f'mmpose_scgcn::face_2d_keypoint/structure_coherent/300w/{NAME}.py'
STOCK = 'td-reg_cnn6_1xb32-60e_300w-64x64'


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """The name of a small file among the package's weights."""
    folder = tmp_path / 'weights'
    folder.mkdir()
    file = folder / 'new.pth'
    torch.save(dict(state_dict=nn.Linear(2, 1).state_dict(), meta={}), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setattr(zoo, 'WEIGHTS', folder)
    return file.rename(folder / f'face0-{digest[:8]}.pth').name


def write(folder: Path, *bases: str) -> Path:
    path = folder / 'child.py'
    path.write_text(f'_base_ = {list(bases)}\n')
    return path


def test_a_base_may_be_named(tmp_path, root):
    read = Config.fromfile(write(tmp_path, CONFIG))
    (path,) = (root / 'configs').rglob(f'{NAME}.py')
    assert read.to_dict() == Config.fromfile(path).to_dict()


def test_bases_may_be_fragments(tmp_path):
    read = Config.fromfile(
        write(
            tmp_path,
            'mmpose_scgcn::_base_/default_runtime.py',
            'mmpose_scgcn::_base_/models/cnn6_64x64.py',
        )
    )
    assert read.default_scope == 'mmpose'
    assert read.model.backbone.type == 'mmpose_scgcn.CNN6'


def test_bare_names_of_a_named_base_stay_mmposes(tmp_path):
    base = f'mmpose_scgcn::face_2d_keypoint/topdown_regression/300w/{STOCK}.py'
    read = Config.fromfile(write(tmp_path, base))
    assert read.model.head.loss.type == 'SoftWingLoss'
    assert '_scope_' not in read.pretty_text


def test_mmposes_own_bases_keep_their_scope(tmp_path):
    base = 'mmpose::_base_/default_runtime.py'
    read = Config.fromfile(write(tmp_path, base))
    assert read.vis_backends[0]._scope_ == 'mmpose'


def test_the_hub_reads_it():
    assert get_config(CONFIG).model.head.num_keypoints == 68


def test_our_models_are_listed():
    assert NAME in BaseInferencer.list_models(scope='mmpose_scgcn')


@pytest.mark.parametrize(
    'module',
    [mmengine.utils, mmengine.config.config],
    ids=lambda m: m.__name__,
)
def test_the_package_is_found_where_it_is(module, root, monkeypatch):
    # As an editable install has it: metadata in one place, sources elsewhere.
    monkeypatch.setattr(
        pkg_resources, 'get_distribution', lambda name: pytest.fail(name)
    )
    found = module.get_installed_path('mmpose_scgcn')
    assert Path(found) == root / 'mmpose_scgcn'


def test_other_packages_are_found_as_before():
    import mmpose

    found = mmengine.utils.get_installed_path('mmpose')
    assert Path(found) == Path(mmpose.__file__).parent


def test_weights_of_the_package_load_by_their_address(weights):
    model = nn.Linear(2, 1)
    content = load_checkpoint(model, f'mmpose_scgcn://{weights}')
    torch.testing.assert_close(model.state_dict(), content['state_dict'])


def test_unknown_weights_are_told(weights):
    with pytest.raises(FileNotFoundError, match=f'it has {weights}'):
        CheckpointLoader.load_checkpoint('mmpose_scgcn://other.pth')


def test_damaged_weights_are_told(weights):
    with open(zoo.WEIGHTS / weights, 'ab') as file:
        file.write(b'0')
    with pytest.raises(ValueError, match='damaged'):
        CheckpointLoader.load_checkpoint(f'mmpose_scgcn://{weights}')


def test_enabling_twice_is_enabling_once():
    before = Config._get_cfg_path, mmengine.utils.get_installed_path
    hub.enable()
    assert before == (Config._get_cfg_path, mmengine.utils.get_installed_path)
