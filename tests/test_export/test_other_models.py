"""Whole predictions of exported models of every kind, beside PyTorch's.

The flip test, the crops and the mapping back are computed in NumPy there; the
weights are random.
"""

import runpy

from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.apis.loading import keypoint_meta
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.export import Options, export_model
from mmpose_scgcn.export.settings import describe

import pytest
import torch

CONFIGS = {
    'RegressionHead, CNN-6': 'td-reg_cnn6_1xb32-60e_300w-64x64',
    'RTMCCHead, CNN-6': 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64',
    'FullyConnectedHead, CNN-6': 'td-reg_cnn6-wing_1xb32-60e_300w-64x64',
    'GraphRelationalHead, certainty': 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64',
    'GraphRelationalHead, batch norm, ResNet-34': (
        'td-reg_res34-scgcn-authors_1xb64-500e_wflw-256x256'
    ),
    'TwoStageEstimator, CNN-6 and CNN-7': (
        'td-reg_cnn6-cnn7-wing_1xb32-60e_300w-160x160'
    ),
    'AdaptedEstimator, GraphRefinementHead': (
        'td-reg_cnn6-graph-refinement_1xb32-90e_300w-64x64'
    ),
}


@pytest.fixture(scope='module')
def heads(root):
    return runpy.run_path(str(root / 'benchmarks/export_heads.py'))


@pytest.fixture(scope='module')
def make(heads):
    def make(name, **pipeline):
        cfg = read_config(CONFIGS[name], {})
        model = heads['build'](heads['CASES'][name]())
        meta = keypoint_meta(cfg)
        if name.startswith('Adapted'):
            model.flip_indices = list(meta['flip_indices'])
            meta = dict(
                dataset_name='five',
                num_keypoints=5,
                keypoint_id2name={i: f'point {i}' for i in range(5)},
                flip_indices=[1, 0, 2, 4, 3],
            )
        model.dataset_meta, model.test_cfg['flip_test'] = meta, True
        for step in cfg.test_dataloader.dataset.pipeline:
            step.update(pipeline.get(step.type, {}))
        return FaceModel(model, cfg, 'random', settings={})

    return make


@pytest.mark.parametrize('name', CONFIGS)
def test_predictions_are_those_of_pytorch(make, name, tmp_path):
    out = tmp_path / 'out'
    # It raises where a network is further off than 0.001 px.
    exported = export_model(make(name), out, Options(num_faces=5), str)
    measured = exported.settings['parity']['float32']
    assert measured['prediction_px'] < 0.01
    assert measured['scores'] < 1e-4


def test_the_flip_test_matters_to_them(make, tmp_path):
    model = make('RegressionHead, CNN-6')
    export_model(model, tmp_path / 'with', Options(num_faces=5), str)
    model.model.test_cfg['flip_test'] = False
    plain = export_model(model, tmp_path / 'out', Options(num_faces=5), str)
    assert plain.settings['flip_test']['enabled'] is False
    assert plain.settings['parity']['float32']['prediction_px'] < 0.01


def test_udp_and_other_paddings(make, tmp_path):
    steps = dict(
        TopdownAffine=dict(use_udp=True), GetBBoxCenterScale=dict(padding=1.6)
    )
    model = make('FullyConnectedHead, CNN-6', **steps)
    exported = export_model(model, tmp_path / 'o', Options(num_faces=5), str)
    assert exported.settings['box']['udp'] is True
    assert exported.settings['box']['padding'] == 1.6
    assert exported.settings['parity']['float32']['prediction_px'] < 0.01


def test_an_adapted_model_crops_again_about_its_own_keypoints(make, tmp_path):
    import numpy as np

    model = make('AdaptedEstimator, GraphRefinementHead')
    exported = export_model(model, tmp_path / 'o', Options(num_faces=5), str)
    image = np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)
    boxes = [[20, 20, 70, 70]]
    one, other = (m(image, boxes=boxes) for m in (model, exported))
    np.testing.assert_allclose(one.source_boxes, other.source_boxes, atol=0.01)
    assert exported.graph is None and exported.num_keypoints == 5


def test_a_step_that_cannot_be_repeated_is_named(make, heads):
    model = make('RegressionHead, CNN-6')
    steps = model.cfg.test_dataloader.dataset.pipeline
    model.cfg.test_dataloader.dataset.pipeline = [
        *steps,
        dict(type='Albumentation'),
    ]
    graph = heads['graph_of'](model.model)
    with pytest.raises(ValueError, match='a step Albumentation'):
        describe(model, graph)


@pytest.mark.parametrize('setting', ['use_dark', 'decode_visibility'])
def test_a_decoder_that_cannot_be_repeated_is_named(make, heads, setting):
    model = make('RTMCCHead, CNN-6').model
    setattr(model.head.decoder, setting, True)
    with pytest.raises(ValueError, match=f'{setting}=True'):
        heads['graph_of'](model)


def test_a_choice_of_keypoints_is_refused(make, heads):
    model = make('RegressionHead, CNN-6').model
    model.test_cfg['output_keypoint_indices'] = [0, 1]
    with pytest.raises(ValueError, match='choose the keypoints'):
        heads['graph_of'](model)


def test_torch_export_takes_any_batch(make, heads):
    model = make('GraphRelationalHead, certainty').model
    graph = heads['graph_of'](model)
    shapes = ({0: torch.export.Dim.DYNAMIC},)
    program = torch.export.export(
        graph, (torch.randn(2, 3, 64, 64),), dynamic_shapes=shapes
    )
    image = torch.randn(5, 3, 64, 64)
    with torch.no_grad():
        wanted, found = graph(image), program.module()(image)
    torch.testing.assert_close(found, wanted)


def test_torch_compile_takes_all_of_it(make):
    model = make('GraphRelationalHead, certainty').model
    compiled = torch.compile(
        lambda x: model(x, None, mode='tensor'),
        fullgraph=True,
        backend='eager',
    )
    image = torch.randn(3, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(
            compiled(image), model(image, None, mode='tensor')
        )
