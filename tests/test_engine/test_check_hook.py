"""A run whose model and pipelines do not fit together stops before it."""

from types import SimpleNamespace

from mmpose_scgcn.checks.models import check_later, check_model
from mmpose_scgcn.engine.hooks import CheckHook
from mmpose_scgcn.launch import build_runner

import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.hub import get_config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmengine.structures import InstanceData, PixelData
from mmpose.registry import MODELS, TRANSFORMS
from mmpose.structures import PoseDataSample

SIZE = (64, 64)
CODEC = dict(type='RegressionLabel', input_size=SIZE)
HEATMAP = dict(
    type='MSRAHeatmap', input_size=SIZE, heatmap_size=(16, 16), sigma=2
)


class Dataset(list):
    """As much of a data set as the check looks at."""

    def __init__(self, crop=SIZE, encoder=CODEC):
        super().__init__([0])
        steps = [dict(type='TopdownAffine', input_size=crop)]
        if encoder:
            steps.append(dict(type='GenerateTarget', encoder=encoder))
        self.pipeline = Compose([TRANSFORMS.build(step) for step in steps])


@pytest.fixture(autouse=True)
def scope():
    init_default_scope('mmpose')


def model(decoder=CODEC, kind='mmpose_scgcn.FullyConnectedHead'):
    if kind == 'HeatmapHead':
        loss = dict(type='KeypointMSELoss')
        head = dict(in_channels=8, out_channels=5, loss=loss)
        head.update(deconv_out_channels=None)
    else:
        head = dict(in_channels=8, in_featuremap_size=(2, 2), num_keypoints=5)
        head.update(loss=dict(type='mmpose_scgcn.L1Loss'))
    return MODELS.build(
        dict(
            type='TopdownPoseEstimator',
            backbone=dict(type='mmpose_scgcn.CNN6', widths=(8,)),
            head=dict(type=kind, decoder=decoder, **head),
        )
    )


@pytest.fixture
def ours():
    # The default loss of an L1 without input_size is not what is tested.
    with pytest.warns(UserWarning, match='has no input_size'):
        return model()


def test_what_fits_passes(ours):
    check_model(ours, dict(training=Dataset(), test=Dataset()), CODEC)


def test_heatmaps_are_not_what_our_heads_learn(ours):
    with pytest.raises(ValueError, match='FullyConnectedHead expects') as told:
        check_model(ours, dict(training=Dataset(encoder=HEATMAP)))
    message = str(told.value)
    assert 'labels of RegressionLabel' in message
    assert 'got those of MSRAHeatmap' in message
    encoder = message.split('encoder=')[1].split('\n    ')
    assert "type='RegressionLabel', input_size=(64, 64)" in encoder[1]


def test_the_mending_lines_mend(ours):
    with pytest.raises(ValueError) as told:
        check_model(ours, dict(training=Dataset(encoder=HEATMAP)))
    lines = str(told.value).split('put\n')[1].split('in the place')[0]
    step = eval(lines.strip())
    check_model(ours, dict(training=Dataset(encoder=step['encoder'])))


def test_heatmaps_are_fine_in_testing_and_for_other_heads(ours):
    check_model(ours, dict(test=Dataset(encoder=None)))
    check_model(
        model(HEATMAP, 'HeatmapHead'), dict(training=Dataset(encoder=HEATMAP))
    )


@pytest.mark.parametrize('where', ['training', 'validation', 'test'])
def test_crops_of_another_size_than_the_decoders(ours, where):
    encoder = dict(CODEC, input_size=(128, 128))
    datasets = {where: Dataset(crop=(128, 128), encoder=encoder)}
    with pytest.raises(ValueError, match='decoder expects crops') as told:
        check_model(ours, datasets)
    message = str(told.value)
    assert f'the {where} pipeline makes (128, 128)' in message
    line = 'model = dict(head=dict(decoder=dict(input_size=(128, 128))))'
    assert f'    {line}\n' in message


def test_crops_of_another_size_under_another_head():
    with pytest.raises(ValueError, match='decoder expects crops'):
        check_model(
            model(HEATMAP, 'HeatmapHead'),
            dict(test=Dataset(crop=(128, 128), encoder=None)),
        )


def test_labels_divided_by_another_size(ours):
    encoder = dict(CODEC, input_size=(128, 128))
    with pytest.raises(ValueError, match='set input_size=\\(64, 64\\) in the'):
        check_model(ours, dict(training=Dataset(encoder=encoder)))


def test_a_codec_without_effect(ours):
    codec = dict(CODEC, input_size=(128, 128))
    with pytest.raises(ValueError, match='nothing uses it') as told:
        check_model(ours, dict(training=Dataset()), codec)
    assert 'codec has input_size=(128, 128)' in str(told.value)
    assert 'pipelines and model have (64, 64)' in str(told.value)


def test_data_sets_in_data_sets_are_looked_into(ours):
    wrong = Dataset(encoder=HEATMAP)
    for dataset in (
        SimpleNamespace(datasets=[Dataset(), wrong]),
        SimpleNamespace(dataset=SimpleNamespace(dataset=wrong)),
        SimpleNamespace(datasets=[SimpleNamespace(dataset=wrong)]),
    ):
        with pytest.raises(ValueError, match='MSRAHeatmap'):
            check_model(ours, dict(training=dataset))


def test_a_pipeline_that_comes_later_is_looked_into(ours):
    """PipelineSwitchHook gives the training another one."""
    init_default_scope('mmpose')
    for crop, encoder, told in (
        ((64, 64), CODEC, None),
        ((64, 64), HEATMAP, 'got those of MSRAHeatmap'),
        ((64, 64), dict(CODEC, input_size=(128, 128)), 'set input_size='),
        ((128, 128), CODEC, 'the switched training pipeline makes'),
    ):
        steps = [
            dict(type='TopdownAffine', input_size=crop),
            dict(type='GenerateTarget', encoder=encoder),
        ]
        if told is None:
            check_later(ours, steps)
            check_later(ours, [TRANSFORMS.build(step) for step in steps])
            continue
        with pytest.raises(ValueError, match=told):
            check_later(ours, steps)


def batch(crop=SIZE, labels=True):
    sample = PoseDataSample(metainfo=dict(input_size=crop))
    sample.gt_instance_labels = InstanceData(keypoint_weights=torch.ones(1, 5))
    if labels:
        sample.gt_instance_labels.keypoint_labels = torch.rand(1, 5, 2)
    else:
        sample.gt_fields = PixelData(heatmaps=torch.rand(5, 16, 16))
    return [sample]


def test_without_the_hook_the_head_tells_of_other_labels(ours):
    with pytest.raises(ValueError, match='expects the labels of Reg') as told:
        ours.loss(torch.rand(1, 3, 4, 4), batch(labels=False))
    assert 'got keypoint_weights and heatmaps' in str(told.value)


@pytest.mark.parametrize('mode', ['loss', 'predict'])
def test_without_the_hook_the_head_tells_of_other_crops(ours, mode):
    with pytest.raises(ValueError, match='decoder expects crops'):
        getattr(ours, mode)(torch.rand(1, 3, 4, 4), batch(crop=(128, 128)))


def test_two_stages_tell_of_other_crops(root):
    path = root / 'configs/face_2d_keypoint/wing_loss/300w'
    (path,) = path.glob('td-reg_cnn6-cnn7*.py')
    two = MODELS.build(Config.fromfile(path).model)
    line = 'model = dict(input_size=(64, 64))'
    with pytest.raises(ValueError, match='input_size expects crops') as told:
        check_model(two, dict(training=Dataset()))
    assert f'    {line}\n' in str(told.value)
    with pytest.raises(ValueError, match='input_size expects crops'):
        two.loss(torch.rand(1, 3, 160, 160), batch(crop=(64, 64)))


def test_the_hook_is_in_every_config_of_ours(root):
    cfg = Config.fromfile(root / 'configs/_base_/default_runtime.py')
    kinds = [hook.type for hook in cfg.custom_hooks]
    assert kinds.index('mmpose_scgcn.CheckHook') < kinds.index(
        'mmpose_scgcn.GraphHook'
    )


def stock_model(loss):
    """A head of MMPose's, which does not look at units itself."""
    return MODELS.build(
        dict(
            type='TopdownPoseEstimator',
            backbone=dict(type='mmpose_scgcn.CNN6', widths=(8,)),
            head=dict(
                type='RegressionHead',
                in_channels=8,
                num_joints=5,
                loss=loss,
                decoder=CODEC,
            ),
        )
    )


def runner_of(model):
    """As much of a runner as the hook looks at, and no loop."""
    loops = dict(_train_loop=None, _val_loop=None, _test_loop=None)
    return SimpleNamespace(model=model, cfg={}, **loops)


@pytest.mark.parametrize(
    'loss', ['mmpose.WingLoss', 'mmpose.SoftWingLoss', 'mmpose_scgcn.WingLoss']
)
def test_constants_in_px_are_warned_of_under_heads_of_mmpose(loss):
    model = stock_model(dict(type=loss))
    with pytest.warns(UserWarning, match='RegressionLabel normalises'):
        CheckHook().before_run(runner_of(model))


def test_other_losses_under_heads_of_mmpose_pass(recwarn):
    for loss in (
        dict(type='mmpose.SmoothL1Loss'),
        dict(type='mmpose_scgcn.WingLoss', input_size=SIZE),
    ):
        CheckHook().before_run(runner_of(stock_model(loss)))
    assert not recwarn


def test_our_heads_are_not_warned_of_twice(ours, recwarn):
    CheckHook().before_run(runner_of(ours))
    assert not recwarn


@pytest.mark.parametrize('run', ['train', 'test'])
@pytest.mark.parametrize('hooks', ["the config's", "our tools'"])
def test_a_run_stops_before_its_first_batch(
    tmp_path, synthetic_faces, run, hooks
):
    cfg = get_config(
        'mmpose_scgcn::face_2d_keypoint/structure_coherent/synthetic/'
        'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
    )
    for name in ('train', 'val', 'test'):
        loader = cfg[f'{name}_dataloader']
        loader.update(num_workers=0, persistent_workers=False, batch_size=2)
        loader.dataset.data_root = str(synthetic_faces)
    cfg.work_dir = str(tmp_path)
    cfg.experiment_name = tmp_path.name  # MMEngine's is the same for a second
    cfg.pop('visualizer')  # one a process
    if run == 'train':
        step = cfg.train_dataloader.dataset.pipeline[-2]
        step.encoder = HEATMAP
    else:
        cfg.test_dataloader.dataset.pipeline[-2].input_size = (128, 128)
    if hooks == "our tools'":  # they add it to a config without it
        cfg.custom_hooks = []
        runner = build_runner(cfg)
    else:
        runner = Runner.from_cfg(cfg)
    runner.model.loss = runner.model.predict = None  # nothing gets there
    message = 'got those of MSRAHeatmap' if run == 'train' else 'the test pipe'
    with pytest.raises(ValueError, match=message):
        getattr(runner, run)()
