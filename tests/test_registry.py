"""Our types resolve from anywhere, and shadow nothing of MMPose."""

import pytest
from mmengine.registry import DefaultScope
from mmpose.registry import HOOKS as MMPOSE_HOOKS
from mmpose.registry import MODELS as MMPOSE_MODELS

from mmpose_scgcn import registry

BUILD_HEAD = """
import sys
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope
cfg = Config.fromfile(sys.argv[1])
init_default_scope(cfg.default_scope)
print(type(MODELS.build(cfg.head).loss_module).__module__)
"""

STOCK_CONFIG = """
default_scope = 'mmpose'
head = dict(type='RegressionHead', in_channels=8, num_joints=5,
            loss=dict(type='mmpose_scgcn.SoftWingLoss'))
"""

CUSTOM_IMPORTS = """
custom_imports = dict(imports=['mmpose_scgcn'], allow_failed_imports=False)
"""

PAIRS = pytest.mark.parametrize(
    ('ours', 'parent'),
    [
        (registry.MODELS, MMPOSE_MODELS),
        (registry.HOOKS, MMPOSE_HOOKS),
    ],
    ids=['models', 'hooks'],
)


@pytest.fixture
def mmpose_scope():
    with DefaultScope.overwrite_default_scope('mmpose'):
        yield


@PAIRS
def test_each_is_a_child_of_mmposes(ours, parent):
    assert ours.parent is parent
    assert ours.scope == registry.__name__.split('.')[0] == registry.SCOPE
    assert parent.children[registry.SCOPE] is ours


@PAIRS
def test_every_type_is_found_by_its_scoped_name(ours, parent):
    ours.import_from_location()
    assert len(ours.module_dict) > 0
    for name, kind in ours.module_dict.items():
        assert parent.get(f'{registry.SCOPE}.{name}') is kind
        assert kind.__module__.startswith('mmpose_scgcn.')


@pytest.mark.parametrize('name', ['WingLoss', 'SoftWingLoss'])
def test_a_bare_name_still_means_mmposes(mmpose_scope, name):
    loss = MMPOSE_MODELS.build(dict(type=name))
    assert type(loss).__module__.startswith('mmpose.')
    ours = MMPOSE_MODELS.build(dict(type=f'mmpose_scgcn.{name}'))
    assert type(ours).__module__.startswith('mmpose_scgcn.')


def test_a_type_resolves_with_nothing_imported(
    run_python, full_host, tmp_path
):
    (tmp_path / 'stock.py').write_text(STOCK_CONFIG)
    done = run_python('-c', BUILD_HEAD, tmp_path / 'stock.py', path=full_host)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1].startswith('mmpose_scgcn.models.losses')


def test_a_type_resolves_by_custom_imports(run_python, tmp_path):
    (tmp_path / 'stock.py').write_text(STOCK_CONFIG + CUSTOM_IMPORTS)
    done = run_python('-c', BUILD_HEAD, tmp_path / 'stock.py')
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1].startswith('mmpose_scgcn.models.losses')
