"""MMPose imports without mmcv's operators, mmdet and torchvision."""

import json

import pytest

PROBE = """
import importlib.util, json, sys
import mmpose_scgcn
from mmpose_scgcn.compat import stand_ins

def fails(statement):
    try:
        exec(statement, {})
    except Exception as error:
        return f'{type(error).__name__}: {error}'

light = sorted(m for m in sys.modules if m.split('.')[0] == 'mmpose')
import mmpose.models, mmpose.visualization, mmpose.apis
from mmengine.utils.dl_utils import mmcv_full_available
from mmpose.apis.inferencers import base_mmpose_inferencer as inferencer
from mmpose.models.heads.hybrid_heads import dekr_head, rtmo_head
from mmpose.models.heads.transformer_heads import edpose_head
from mmpose.models.necks import posewarper_neck
from mmpose.visualization import simcc_vis
print(json.dumps(dict(
    light=light,
    active=stand_ins.active,
    flags=[inferencer.has_mmdet, dekr_head.has_mmcv_full,
           posewarper_neck.has_mmcv_full, mmcv_full_available()],
    absent=[importlib.util.find_spec(m) is None
            for m in ('mmdet', 'torchvision', 'mmcv._ext')],
    imports=[fails(s) for s in (
        'import mmdet', 'import mmdet.utils', 'import torchvision',
        'from mmcv.ops import DeformConv2d', 'import mmcv._ext')],
    modules=[m for m in sys.modules
             if m.startswith(('mmdet', 'torchvision', 'mmcv.ops'))],
    calls={
        'MultiScaleDeformableAttention': fails(
            'from mmpose.models.heads.transformer_heads.edpose_head import '
            'MultiScaleDeformableAttention as f; f(embed_dims=256)'),
        'reduce_mean': fails(
            'from mmpose.models.heads.hybrid_heads.rtmo_head import '
            'reduce_mean as f; f(0)'),
        'ToPILImage': fails(
            'from mmpose.visualization.simcc_vis import ToPILImage; '
            'ToPILImage()'),
    },
    origin=[edpose_head.MultiScaleDeformableAttention.__module__,
            rtmo_head.reduce_mean.__module__,
            simcc_vis.ToPILImage.__module__],
)))
"""


@pytest.fixture(scope='module')
def probe(run_python):
    done = run_python('-c', PROBE, hidden='mmdet torchvision mmcv._ext')
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_importing_the_plugin_imports_nothing_of_mmpose(probe):
    assert probe['light'] == []


class TestSlimHost:
    """No compiled mmcv, no mmdet, no torchvision."""

    def test_each_stand_in_knows_why_it_is_there(self, probe):
        assert probe['active'] == {
            'mmcv.ops': "ModuleNotFoundError: No module named 'mmcv._ext'",
            'mmdet.utils': "ModuleNotFoundError: No module named 'mmdet'",
            'torchvision.transforms': 'ModuleNotFoundError: '
            "No module named 'torchvision'",
        }

    def test_mmpose_and_mmengine_are_told_the_truth(self, probe):
        assert probe['flags'] == [False] * 4

    def test_find_spec_tells_the_truth(self, probe):
        assert probe['absent'] == [True] * 3

    def test_imports_elsewhere_still_fail(self, probe):
        assert len(probe['imports']) == 5
        for failure in probe['imports']:
            assert failure.startswith('ModuleNotFoundError')

    def test_no_module_is_faked(self, probe):
        assert probe['modules'] == []

    @pytest.mark.parametrize(
        ('name', 'advice'),
        [
            ('MultiScaleDeformableAttention', 'mmcv==2.1.0'),
            ('reduce_mean', 'pip install mmdet'),
            ('ToPILImage', 'pip install torchvision'),
        ],
    )
    def test_calling_one_says_what_to_install(self, probe, name, advice):
        assert probe['calls'][name].startswith('ImportError')
        assert name in probe['calls'][name]
        assert advice in probe['calls'][name]


def test_the_real_names_are_used_where_they_import(run_python, full_host):
    done = run_python('-c', PROBE, path=full_host)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found['active'] == {}
    assert found['origin'] == [
        'mmcv.ops.multi_scale_deform_attn',
        'mmdet.utils',
        'torchvision.transforms',
    ]


def test_a_broken_package_is_stood_in_for(run_python, full_host):
    (full_host / 'torchvision' / '__init__.py').write_text(
        'raise RuntimeError("operator torchvision::nms does not exist")'
    )
    done = run_python('-c', PROBE, path=full_host)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)['active'] == {
        'torchvision.transforms': 'RuntimeError: '
        'operator torchvision::nms does not exist'
    }
