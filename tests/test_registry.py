"""Our types resolve from anywhere, and shadow nothing of MMPose."""

from mmpose_scgcn import registry

import pytest
from mmengine.registry import DefaultScope
from mmpose import registry as mmpose_registry

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

EACH = pytest.mark.parametrize(
    'name', [name for name in registry.__all__ if name != 'SCOPE']
)


@pytest.fixture
def mmpose_scope():
    with DefaultScope.overwrite_default_scope('mmpose'):
        yield


@EACH
def test_each_is_a_child_of_mmposes(name):
    ours, parent = getattr(registry, name), getattr(mmpose_registry, name)
    assert ours.parent is parent
    assert ours.scope == registry.__name__.split('.')[0] == registry.SCOPE
    assert parent.children[registry.SCOPE] is ours


@EACH
def test_every_type_is_found_by_its_scoped_name(name):
    ours, parent = getattr(registry, name), getattr(mmpose_registry, name)
    ours.import_from_location()
    assert len(ours.module_dict) > 0
    for type_name, kind in ours.module_dict.items():
        assert parent.get(f'{registry.SCOPE}.{type_name}') is kind
        assert kind.__module__.startswith('mmpose_scgcn.')


@pytest.mark.parametrize('name', ['WingLoss', 'SoftWingLoss'])
def test_a_bare_name_still_means_mmposes(mmpose_scope, name):
    loss = mmpose_registry.MODELS.build(dict(type=name))
    assert type(loss).__module__.startswith('mmpose.')
    ours = mmpose_registry.MODELS.build(dict(type=f'mmpose_scgcn.{name}'))
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
