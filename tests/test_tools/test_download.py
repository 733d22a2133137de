"""Published weights are put where they are wanted, as mim would."""

import hashlib
import runpy

from mmpose_scgcn.apis import zoo
from mmpose_scgcn.compat.hub import SCHEME
from mmpose_scgcn.config_files import find_config

import pytest
from mmengine.config import Config

NAME = 'td-reg_cnn6-wing_1xb32-60e_300w-64x64'


@pytest.fixture
def download(root, tmp_path, monkeypatch):
    """The tool's function, with one model that has weights, ``face0``."""
    content = b'weights'
    file = f'face0-{hashlib.sha256(content).hexdigest()[:8]}.pth'
    (tmp_path / 'weights').mkdir()
    (tmp_path / 'weights' / file).write_bytes(content)
    monkeypatch.setattr(zoo, 'WEIGHTS', tmp_path / 'weights')
    scope = runpy.run_path(str(root / 'tools/download.py'))
    find_model = scope['find_model']

    def find(model):
        if model == 'face0':
            return Config.fromfile(find_config(NAME)), SCHEME + file
        return find_model(model)

    scope['download'].__globals__['find_model'] = find
    return scope['download']


def test_weights_and_config_are_there(download, tmp_path):
    weights, config = download('face0', tmp_path / 'new' / 'place')
    assert weights.parent == config.parent == tmp_path / 'new' / 'place'
    assert weights.read_bytes() == b'weights'
    dumped = Config.fromfile(config)
    assert dumped.to_dict() == Config.fromfile(find_config(NAME)).to_dict()


def test_a_model_without_weights_is_told(download, tmp_path):
    with pytest.raises(FileNotFoundError, match=f'no weights {NAME}'):
        download(NAME, tmp_path)


def test_an_unknown_model_is_told(download, tmp_path):
    with pytest.raises(ValueError, match='no model nobody'):
        download('nobody', tmp_path)


@pytest.mark.parametrize('name', ['hub', 'checkpoints', 'inferencers'])
def test_what_copes_with_the_host_can_be_imported_first(run_python, name):
    """As this tool does: MMEngine, which needs them, comes later."""
    code = f'import mmpose_scgcn.compat.{name}, mmengine.config as c; '
    code += "print('mmpose_scgcn' in c.utils.MODULE2PACKAGE)"
    done = run_python('-c', code)
    assert done.stdout == 'True\n', done.stderr
