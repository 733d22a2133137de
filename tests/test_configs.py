"""Every shipped config reads data, learns a step and predicts."""

from collections import Counter
from pathlib import Path

from mmpose_scgcn.checks.models import check_model
from mmpose_scgcn.datasets import collect_shapes
from mmpose_scgcn.models.layers import KeypointGraph
from mmpose_scgcn.synthetic import make_face

import mmpose
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmpose.apis import inference_topdown, init_model
from mmpose.registry import DATASETS, MODELS

ROOT = Path(__file__).resolve().parent.parent / 'configs'
CONFIGS = sorted((ROOT / 'face_2d_keypoint').rglob('*.py'))

BENCHMARKS = sorted((ROOT.parent / 'benchmarks/configs').glob('*.py'))

#: MMPose's miniature test sets.
SAMPLES = dict(
    WFLWDataset='wflw',
    Face300WDataset='300w',
    COFWDataset='cofw',
    AFLWDataset='aflw',
)

pytestmark = pytest.mark.filterwarnings(
    # MMPose's face sets state centre and scale, and say so at every sample
    'ignore:Use the existing "bbox_center"',
)


@pytest.fixture(params=CONFIGS, ids=lambda path: path.stem)
def config(request, synthetic_faces):
    """A config, offline, that reads miniature data with its pipelines."""
    cfg = Config.fromfile(request.param)
    init_default_scope(cfg.default_scope)
    if 'backbone' in cfg.model:
        cfg.model.backbone.init_cfg = None
    dataset_type = cfg.train_dataloader.dataset.type
    if dataset_type == 'CocoDataset' or 'synthetic' in request.param.stem:
        source = dict(
            data_root=str(synthetic_faces),
            ann_file='face_landmarks_wflw_train.json',
            data_prefix=dict(img='images'),
        )
    else:
        name = SAMPLES[dataset_type]
        folder = request.getfixturevalue('scgcn_data') / 'mmpose_samples'
        source = dict(
            data_root=str(folder / name),
            ann_file=f'test_{name}.json',
            data_prefix=dict(img=''),
        )
    if dataset_type == 'CocoDataset':
        source['metainfo'] = dict(from_file='configs/_base_/datasets/wflw.py')
        cfg.model.head.num_keypoints = 98
    for part in ('train', 'val', 'test'):
        if cfg[f'{part}_dataloader'] is not None:
            cfg[f'{part}_dataloader'].dataset.update(source)
    return cfg


def model_with_graph(cfg, dataset):
    """Build the model as GraphHook leaves it."""
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    for module in model.modules():
        if isinstance(module, KeypointGraph) and not module.ready:
            module.fill(collect_shapes(dataset).graph(module.top_k or 3))
    return model


def test_one_step_of_training_lowers_the_loss(config):
    dataset = DATASETS.build(config.train_dataloader.dataset)
    np.random.seed(0)
    batch = pseudo_collate([dataset[0], dataset[1]])
    model = model_with_graph(config, dataset).train()
    config.optim_wrapper.optimizer.lr = 1e-5  # as the warm-up starts
    wrapper = build_optim_wrapper(model, config.optim_wrapper)
    torch.manual_seed(1)  # of dropout, the same before and after
    first = model.train_step(batch, wrapper)['loss']
    torch.manual_seed(1)
    with torch.no_grad():
        losses = model(**model.data_preprocessor(batch, True), mode='loss')
    last, _ = model.parse_losses(losses)
    assert torch.isfinite(first)
    assert last < first


def test_predictions_are_faces_in_the_image(config):
    dataset = DATASETS.build(config.test_dataloader.dataset)
    batch = pseudo_collate([dataset[0], dataset[1]])
    model = model_with_graph(config, dataset).eval()
    for sample in model.test_step(batch):
        predicted = sample.pred_instances.keypoints
        truth = sample.gt_instances.keypoints
        assert predicted.shape == truth.shape
        if 'GraphRelationalHead' in config.model.get('head', {}).get(
            'type', ''
        ):
            # An untrained head gives the mean shape: within the face.
            size = np.ptp(truth, axis=1).max()
            assert np.abs(predicted - truth).max() < 0.8 * size


def fill_graphs(model):
    """Give every graph of a model a ring of neighbours and any shape."""
    rng = np.random.default_rng(0)
    for module in model.modules():
        if isinstance(module, KeypointGraph) and not module.ready:
            count, top_k = module.num_keypoints, module.top_k or 3
            ring = np.add.outer(np.arange(count), np.arange(top_k + 1))
            module.fill(
                dict(
                    num_keypoints=count,
                    top_k=top_k,
                    neighbors=(ring % count).tolist(),
                    mean_shape=rng.uniform(0.2, 0.8, (count, 2)).tolist(),
                )
            )


@pytest.fixture(scope='module')
def face():
    """A drawn face and its box."""
    made = make_face(3, 0, size=96)
    low, high = made.keypoints.min(0), made.keypoints.max(0)
    return made.image, np.array([[*low, *high]], np.float32)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_mmposes_functions_load_it_and_predict(path, face):
    cfg = Config.fromfile(path)
    if cfg.dataset_type == 'CocoDataset':
        cfg.train_dataloader.dataset.metainfo = dict(
            from_file='configs/_base_/datasets/wflw.py'
        )
        cfg.model.head.num_keypoints = 98
    torch.manual_seed(0)
    model = init_model(cfg, device='cpu')
    fill_graphs(model)
    (sample,) = inference_topdown(model, *face)
    points = sample.pred_instances.keypoints
    assert points.shape == (1, model.dataset_meta['num_keypoints'], 2)
    assert np.isfinite(points).all()


@pytest.mark.parametrize(
    'path', [*CONFIGS, *BENCHMARKS], ids=lambda path: path.stem
)
def test_mmposes_inferencers_are_told_what_they_ask(path):
    cfg = Config.fromfile(path)
    assert cfg.data_mode == 'topdown'
    assert cfg.dataset_type == cfg.test_dataloader.dataset.type


def test_its_model_and_pipelines_fit_together(config):
    datasets = dict(
        training=DATASETS.build(config.train_dataloader.dataset),
        test=DATASETS.build(config.test_dataloader.dataset),
    )
    check_model(MODELS.build(config.model), datasets, config.codec)


def test_base_names_are_unique_for_mim():
    counts = Counter(path.name for path in CONFIGS)
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_base_config_hides_a_description_of_keypoints():
    """MMPose looks for those in the current folder first."""
    theirs = Path(mmpose.__file__).parent / '.mim/configs/_base_/datasets'
    descriptions = {path.name for path in theirs.glob('*.py')}
    assert '300w.py' in descriptions
    ours = {path.name for path in (ROOT / '_base_/datasets').glob('*.py')}
    assert not ours & descriptions


def test_every_config_says_how_to_run_it():
    for path in CONFIGS:
        assert f'# python tools/train.py {path.stem}\n' in path.read_text()
