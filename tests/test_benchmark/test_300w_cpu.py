"""Every row of the benchmark learns, and all of them on one protocol."""

import json
from pathlib import Path

from mmpose_scgcn.benchmark import load_suite
from mmpose_scgcn.benchmark.training import method_config
from mmpose_scgcn.datasets import collect_shapes
from mmpose_scgcn.launch import build_runner
from mmpose_scgcn.models.layers import KeypointGraph

import numpy as np
import pytest
import torch
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmpose.registry import DATASETS, MODELS

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
    'ignore:.*PoseLocalVisualizer.* has been created',
    'ignore:RegressionLabel normalises the labels',  # stock losses: as meant
)

SUITE = 'benchmarks/300w_cpu.py'
METHODS = [
    method.name
    for method in load_suite(Path(__file__).parents[2] / SUITE).methods
]
SYNTHETIC = 'refinement head: synthetic faces only'
TINY = {
    'train_cfg.max_iters': 1,
    'train_cfg.val_interval': 2,
    'train_dataloader.batch_size': 4,
    # What a checkpoint holds is not a matter of the row.
    'default_hooks.checkpoint.interval': 2,
    'default_hooks.checkpoint.save_last': False,
}


@pytest.fixture(scope='module')
def suite():
    return load_suite(SUITE)


@pytest.fixture(autouse=True)
def at_root(root, monkeypatch):
    monkeypatch.chdir(root)


#: What other data a row has is what it is named after.
CHANGED = (
    ': no occlusion augmentation',
    ': mild box jitter',
    ': tight crops',
    ': synthetic faces only',
)


def shared(loader):
    """Leave out of a loader what belongs to the head."""
    loader = loader.to_dict()
    steps = [dict(step) for step in loader['dataset']['pipeline']]
    for step in steps:
        step.pop('encoder', None)
        step.pop('use_udp', None)
    loader['dataset']['pipeline'] = steps
    return loader


def test_what_is_the_same_is_the_same(suite, tmp_path):
    """Faces, boxes, augmentation, backbone, length, batch, selection."""
    settings = []
    methods = [m for m in suite.methods if not m.name.endswith(CHANGED)]
    for method in methods:
        cfg = method_config(method, tmp_path)
        # Which of its maps are used belongs to the head.
        backbone = {**cfg.model.backbone, 'out_indices': None}
        settings.append(
            dict(
                backbone=backbone,
                preprocessor=cfg.model.data_preprocessor,
                optimizer=cfg.optim_wrapper,
                train=cfg.train_cfg,
                schedule=cfg.param_scheduler,
                hooks=cfg.default_hooks,
                data=dict(shared(cfg.train_dataloader), sampler=None),
                val=shared(cfg.val_dataloader),
                test=shared(cfg.test_dataloader),
                flip_test=cfg.model.test_cfg.flip_test,
            )
        )
    first = settings[0]
    kinds = [s['type'] for s in first['data']['dataset']['pipeline']]
    assert 'mmpose_scgcn.RandomOcclusion' in kinds
    assert 'mmpose_scgcn.ShiftKeypointOrigin' in kinds
    assert first['val']['dataset']['ann_file'].endswith('_val.json')
    assert first['test']['dataset']['ann_file'].endswith('_test_common.json')
    for method, setting in zip(methods, settings, strict=True):
        for name, value in setting.items():
            assert value == first[name], (method.name, name)


def test_crops_of_udp_heatmaps_agree_with_their_flips(suite, tmp_path):
    for method in suite.methods:
        cfg = method_config(method, tmp_path)
        udp = cfg.model.head.decoder.type == 'UDPHeatmap'
        for part in ('train', 'val', 'test'):
            steps = cfg[f'{part}_dataloader'].dataset.pipeline
            (crop,) = [s for s in steps if s.type == 'TopdownAffine']
            assert crop.get('use_udp', False) is udp, method.name


def test_synthetic_faces_are_trained_on_and_not_tested_on(suite, tmp_path):
    method = suite.method(SYNTHETIC)
    cfg = method_config(method, tmp_path)
    (path,) = suite.makes
    train_set = cfg.train_dataloader.dataset
    assert train_set.data_root + train_set.ann_file == path
    real = method_config(suite.method('refinement head'), tmp_path)
    assert cfg.model == real.model
    assert cfg.test_dataloader == real.test_dataloader
    assert suite.method('refinement head, pre-trained').start == SYNTHETIC


def test_synthetic_points_are_those_of_300w(
    synthetic_faces, scgcn_data, tmp_path, suite
):
    """Their mean shape is closer to that of 300W than faces are."""
    shapes = []
    for name, folder in (
        (SYNTHETIC, f'{synthetic_faces}/'),
        ('refinement head', f'{scgcn_data}/300w/'),
    ):
        root = {'train_dataloader.dataset.data_root': folder}
        cfg = method_config(suite.method(name), tmp_path, root)
        init_default_scope(cfg.default_scope)
        dataset = DATASETS.build(cfg.train_dataloader.dataset)
        shapes.append(collect_shapes(dataset).graph(3, 1.25, 1)['mean_shape'])
    ours, theirs = map(np.asarray, shapes)
    assert ours.shape == theirs.shape == (68, 2)
    # Scaled by the distance of the outer corners of the eyes.
    size = np.linalg.norm(theirs[45] - theirs[36])
    shift = (theirs - ours).mean(axis=0)
    distance = np.linalg.norm(ours + shift - theirs, axis=1) / size
    assert distance.max() < 0.25
    # The order of the points: no other one is as near.
    nearest = np.linalg.norm(
        (ours + shift)[:, None] - theirs[None], axis=2
    ).argmin(axis=1)
    assert (np.abs(nearest - np.arange(68)) <= 1).mean() > 0.9


def test_each_row_has_a_learning_rate_of_its_group(suite):
    for method in suite.methods:
        assert method.group in suite.search.groups
    for group, name in suite.search.groups.items():
        assert suite.method(name).group == group


@pytest.fixture(scope='module')
def few_faces(scgcn_data, tmp_path_factory):
    """The first faces of 300W, so that a row need not read them all."""
    folder = tmp_path_factory.mktemp('few')
    for part, count in (('train', 16), ('val', 4), ('test_common', 4)):
        name = f'face_landmarks_300w_{part}.json'
        content = json.loads((scgcn_data / f'300w/{name}').read_text())
        content['annotations'] = content['annotations'][:count]
        wanted = {face['image_id'] for face in content['annotations']}
        images = [i for i in content['images'] if i['id'] in wanted]
        (folder / name).write_text(json.dumps(dict(content, images=images)))
    return folder


@pytest.fixture
def row_config(suite, few_faces, scgcn_data, synthetic_faces, tmp_path):
    """Read the config of a row, with few faces and one iteration."""

    def read(name):
        images = str(scgcn_data / '300w/images')
        options = dict(TINY)
        for part in ('train', 'val', 'test'):
            dataset = f'{part}_dataloader.dataset'
            options[f'{dataset}.data_root'] = str(few_faces)
            options[f'{dataset}.data_prefix.img'] = images
            options[f'{dataset}.serialize_data'] = False  # it takes time
        if name.endswith(': synthetic faces only'):
            dataset = 'train_dataloader.dataset'
            options[f'{dataset}.data_root'] = f'{synthetic_faces}/'
            options[f'{dataset}.data_prefix.img'] = 'images/'
        torch.manual_seed(0)
        cfg = method_config(suite.method(name), tmp_path, options)
        for step in cfg.train_dataloader.dataset.pipeline:
            step.pop('cache', None)
        init_default_scope(cfg.default_scope)
        return cfg

    return read


def check_predictions(model, cfg):
    batch = next(iter(Runner.build_dataloader(cfg.val_dataloader)))
    with torch.no_grad():
        for sample in model.eval().test_step(batch):
            assert sample.pred_instances.keypoints.shape == (1, 68, 2)


@pytest.mark.parametrize('name', METHODS)
def test_each_row_learns_and_predicts(name, row_config):
    cfg = row_config(name)
    loader = Runner.build_dataloader(cfg.train_dataloader, seed=0)
    model = MODELS.build(cfg.model).train()
    for module in model.modules():
        if isinstance(module, KeypointGraph) and not module.ready:
            shapes = collect_shapes(loader.dataset)
            module.fill(shapes.graph(module.top_k or 3))
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    before = [p.detach().clone() for p in model.parameters()]
    losses = model.train_step(next(iter(loader)), wrapper)
    assert torch.isfinite(losses['loss'])
    after = model.parameters()
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    check_predictions(model, cfg)


#: What the runner adds is that of the config, the head with its graph, and
#: the sampler.
RUN = (
    'pooled, smooth L1',
    'graph: pose balancing',
    'refinement head',
    'heatmap, UDP',
    SYNTHETIC,
)


def test_configs_that_are_run_are_all(suite):
    configs = {suite.method(name).config for name in RUN}
    assert configs == {method.config for method in suite.methods}


@pytest.mark.parametrize('name', RUN)
def test_a_row_of_each_config_runs(name, row_config):
    cfg = row_config(name)
    runner = build_runner(cfg)
    runner.train()
    assert runner.iter == 1
    check_predictions(runner.model, cfg)
