"""Every config of docs/your_config.md and the README, run as written."""

import math
import re

from mmpose_scgcn.checks import check_codec, check_heatmaps
from mmpose_scgcn.datasets import collect_shapes

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmpose.registry import DATASETS, MODELS

PAGE = 'docs/your_config.md'
#: Config and what its training reports.
TRAINED = {
    'my_loss': {'loss_kpt'},
    'my_structure_loss': {'loss_kpt'},
    'my_loss_heatmap': {'loss_kpt'},
    'my_images': {'loss_kpt'},
    'my_head': {'loss_kpt', 'loss_relative'},
    'my_head_heatmap': {'loss_kpt', 'loss_relative'},
    'my_refinement': {'loss_kpt', 'loss_relative', 'loss_heatmap'},
    'my_refinement_heatmap': {'loss_kpt', 'loss_relative', 'loss_heatmap'},
}
MEASURED = ('my_metric', 'my_metric_heatmap')
BUILT = ('my_head_with_graph', 'my_loss_on_our_data')

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
    'ignore:The prefix is not set in metric class',
    'ignore:Dataset WFLWDataset has no metainfo',
)


@pytest.fixture(scope='module')
def folder(tmp_path_factory, save_configs, synthetic_faces):
    """All configs of the page, and the graph that its tool would write."""
    folder = tmp_path_factory.mktemp('configs')
    save_configs(PAGE, folder)
    cfg = load(folder, 'my_loss', synthetic_faces)
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    graph = collect_shapes(dataset).graph()
    (folder / 'my_graph.py').write_text(f'graph = {graph!r}\n')
    return folder


def load(folder, name, faces):
    """Read a config; offline, on few faces."""
    cfg = Config.fromfile(folder / f'{name}.py')
    init_default_scope(cfg.default_scope)
    cfg.model.backbone.init_cfg = None
    for split in ('train', 'val', 'test'):
        loader = cfg[f'{split}_dataloader']
        loader.update(batch_size=2, num_workers=0, persistent_workers=False)
        loader.dataset.data_root = str(faces)
        if not name.endswith('our_data'):
            loader.dataset.ann_file = f'face_landmarks_wflw_{split}.json'
    cfg.work_dir = str(folder / 'work_dirs' / name)
    cfg.visualizer.name = str(cfg.work_dir)  # MMEngine keeps one of a name
    return cfg


def test_the_page_has_these_and_no_others(tmp_path, save_configs):
    names = [path.stem for path in save_configs(PAGE, tmp_path)]
    assert sorted(names) == sorted([*TRAINED, *MEASURED, *BUILT])


@pytest.mark.parametrize('name', [*TRAINED, *MEASURED, *BUILT])
def test_its_codec_is_as_it_says(name, folder, synthetic_faces):
    cfg = load(folder, name, synthetic_faces)
    assert not check_codec(cfg).warnings
    assert not check_heatmaps(cfg).warnings


@pytest.mark.parametrize('name', TRAINED)
def test_it_trains(name, folder, synthetic_faces):
    cfg = load(folder, name, synthetic_faces)
    cfg.train_cfg = dict(type='IterBasedTrainLoop', max_iters=1)
    cfg.param_scheduler = None
    for part in ('cfg', 'dataloader', 'evaluator'):
        cfg[f'val_{part}'] = cfg[f'test_{part}'] = None
    cfg.default_hooks.checkpoint = None
    runner = Runner.from_cfg(cfg)
    before = [p.detach().clone() for p in runner.model.head.parameters()]
    missed = {n for n, p in runner.model.named_parameters() if p.requires_grad}
    for key, parameter in runner.model.named_parameters():
        if parameter.requires_grad:
            parameter.register_hook(lambda _, key=key: missed.discard(key))
    runner.train()
    after = list(runner.model.head.parameters())
    assert any(
        not torch.equal(*pair) for pair in zip(before, after, strict=True)
    )
    # What distributes a model asks for a gradient of each parameter.
    assert not missed or cfg.get('find_unused_parameters')
    logged = runner.message_hub.log_scalars
    assert TRAINED[name] <= {key.removeprefix('train/') for key in logged}
    assert math.isfinite(logged['train/loss'].current())


@pytest.mark.parametrize('name', MEASURED)
def test_it_measures(name, folder, synthetic_faces):
    cfg = load(folder, name, synthetic_faces)
    for part in ('val', 'test'):
        assert cfg[f'{part}_evaluator'].type.endswith('FaceAlignmentMetric')
    metrics = Runner.from_cfg(cfg).test()
    assert metrics['NME'] > 0
    assert {'FR@0.10', 'AUC@0.10'} <= set(metrics)


def test_the_graph_of_a_file_is_used(folder, synthetic_faces):
    cfg = load(folder, 'my_head_with_graph', synthetic_faces)
    graph = MODELS.build(cfg.model).head.graph
    written = Config.fromfile(folder / 'my_graph.py').graph
    assert graph.neighbors.tolist() == written['neighbors']


def test_our_data_are_read(folder, synthetic_faces):
    cfg = load(folder, 'my_loss_on_our_data', synthetic_faces)
    loaders = (
        cfg[f'{split}_dataloader'] for split in ('train', 'val', 'test')
    )
    sizes = [len(DATASETS.build(loader.dataset)) for loader in loaders]
    assert sizes == [16, 4, 4]


def test_the_readme_shows_the_page_s_config(blocks_of):
    (shown,) = (t for _, t in blocks_of('README.md') if '_base_' in t)
    pages = [t for _, t in blocks_of(PAGE) if t.startswith('# my_loss.py')]
    assert pages == [f'# my_loss.py\n{shown}']
    assert re.search(r"type='mmpose_scgcn\.\w+Loss'", shown)
