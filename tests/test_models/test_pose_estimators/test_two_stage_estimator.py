from mmpose_scgcn.evaluation import FaceAlignmentMetric
from mmpose_scgcn.models import TwoStageEstimator
from mmpose_scgcn.models.pose_estimators.rectification import rectify

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmpose.registry import DATASETS, MODELS
from torch import nn

K = 98
PIPELINE = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.6),
    dict(type='mmpose_scgcn.UniformBBoxTransform', rotate_factor=0),
    dict(type='TopdownAffine', input_size=(96, 96)),
    dict(
        type='GenerateTarget',
        encoder=dict(type='RegressionLabel', input_size=(96, 96)),
    ),
    dict(type='PackPoseInputs'),
]

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
)


def stage(size, widths):
    loss = dict(
        type='mmpose_scgcn.L1Loss', input_size=size, use_target_weight=True
    )
    cells = size[0] >> len(widths)
    return dict(
        input_size=size,
        backbone=dict(type='mmpose_scgcn.CNN6', widths=widths),
        head=dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=widths[-1],
            in_featuremap_size=(cells, cells),
            num_keypoints=K,
            hidden_channels=32,
            loss=loss,
        ),
    )


@pytest.fixture
def dataset(synthetic_faces):
    init_default_scope('mmpose')
    return DATASETS.build(
        dict(
            type='WFLWDataset',
            data_root=str(synthetic_faces),
            ann_file='face_landmarks_wflw_train.json',
            data_prefix=dict(img='images'),
            pipeline=PIPELINE,
        )
    )


@pytest.fixture
def graph(dataset):
    from mmpose_scgcn.datasets import collect_shapes

    return collect_shapes(dataset).graph(padding=1.6)


@pytest.fixture
def settings(graph):
    """The estimator's config."""
    return dict(
        type='mmpose_scgcn.TwoStageEstimator',
        coarse=stage((32, 32), (8, 8, 16)),
        fine=stage((64, 64), (8, 8, 16, 16)),
        num_keypoints=K,
        input_size=(96, 96),
        graph=graph,
        data_preprocessor=dict(
            type='PoseDataPreprocessor', mean=[127] * 3, std=[60] * 3
        ),
    )


@pytest.fixture
def make_model(settings):
    def make(**arguments):
        torch.manual_seed(0)
        return MODELS.build({**settings, **arguments})

    return make


@pytest.fixture
def batch(dataset):
    np.random.seed(0)
    return pseudo_collate([dataset[i] for i in range(4)])


class Oracle(nn.Module):
    """A stage that knows the answer, or a shifted one."""

    def __init__(self, answer, input_size):
        super().__init__()
        self.answer = answer
        self.input_size = input_size

    def forward(self, view):
        self.view = view
        return self.answer() if callable(self.answer) else self.answer

    def locate(self, view):
        return self(view), None


def labels_of(batch):
    return torch.cat(
        [s.gt_instance_labels.keypoint_labels for s in batch['data_samples']]
    )


def test_the_way_to_the_image_is_exact(make_model, batch):
    """A perfect stage two gives the annotation, whatever stage one says."""
    model = make_model().eval()
    truth = labels_of(batch)
    turned = truth.flip(-1)  # a coarse shape that is wrong altogether
    model.coarse = Oracle(turned, (32, 32))
    crop = rectify(turned * 96, model.reference.mean_shape, (96, 96), 1.25)
    model.fine = Oracle(crop.from_input(truth * 96), (64, 64))
    for sample in model.test_step(batch):
        error = sample.pred_instances.keypoints - sample.gt_instances.keypoints
        assert np.abs(error).max() < 0.01  # image px


def test_both_stages_are_evaluated(make_model, batch):
    model = make_model().eval()
    truth = labels_of(batch)
    model.coarse = Oracle(truth + 0.05, (32, 32))
    crop = rectify(
        (truth + 0.05) * 96, model.reference.mean_shape, (96, 96), 1.25
    )
    model.fine = Oracle(crop.from_input(truth * 96), (64, 64))
    samples = [s.to_dict() for s in model.test_step(batch)]
    errors = []
    for field in ('keypoints', 'coarse_keypoints'):
        metric = FaceAlignmentMetric(norm='inter_ocular', field=field)
        metric.dataset_meta = dict(dataset_name='wflw')
        metric.process({}, samples)
        errors.append(metric.evaluate(4)['NME'])
    assert errors[0] < 1e-4 < 0.05 < errors[1]
    metric = FaceAlignmentMetric(norm='inter_ocular', field='other')
    metric.dataset_meta = dict(dataset_name='wflw')
    with pytest.raises(KeyError, match=r"no 'other'; they have .*coarse"):
        metric.process({}, samples)


def test_flipping_the_input_mirrors_the_predictions(make_model, batch):
    """The flip test of a symmetric model changes nothing it should not."""
    model = make_model(test_cfg=dict(flip_test=True)).eval()
    truth = labels_of(batch)
    meta = batch['data_samples'][0].metainfo
    partner = truth[:, list(meta['flip_indices'])]
    mirrored = torch.stack([1 - 1 / 96 - partner[..., 0], partner[..., 1]], -1)
    answers = [truth, mirrored]
    model.coarse = Oracle(lambda: answers[0], (32, 32))
    crops = [
        rectify(a * 96, model.reference.mean_shape, (96, 96), 1.25)
        for a in answers
    ]

    def fine():
        crop, answer = crops.pop(0), answers.pop(0)
        return crop.from_input(answer * 96)

    model.fine = Oracle(fine, (64, 64))
    for sample in model.test_step(batch):
        error = sample.pred_instances.keypoints - sample.gt_instances.keypoints
        assert np.abs(error).max() < 0.01


@pytest.mark.parametrize('stages', ['joint', 'coarse', 'fine'])
def test_what_is_trained(make_model, batch, stages):
    model = make_model(train_stages=stages).train()
    model.coarse_trained.fill_(stages == 'fine')  # as load_from leaves it
    data = model.data_preprocessor(batch, training=True)
    losses = model(**data, mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    trained = {
        name.split('.')[0]
        for name, parameter in model.named_parameters()
        if parameter.grad is not None and parameter.grad.abs().sum() > 0
    }
    wanted = {'coarse', 'fine'} if stages == 'joint' else {stages}
    assert trained == wanted
    assert model.fine.training
    assert model.coarse.training == (stages != 'fine')
    # All that could have a gradient got one: distributed training waits.
    assert all(
        parameter.grad is not None
        for parameter in model.parameters()
        if parameter.requires_grad
    )


def test_stage_two_gets_no_gradient_into_stage_one(make_model, batch):
    model = make_model().train()
    data = model.data_preprocessor(batch, training=True)
    losses = model(**data, mode='loss')
    losses['fine.loss_kpt'].backward()
    assert all(p.grad is None for p in model.coarse.parameters())


def test_training_lowers_the_loss(make_model, batch):
    from mmengine.optim import build_optim_wrapper

    model = make_model().train()
    wrapper = build_optim_wrapper(
        model, dict(optimizer=dict(type='Adam', lr=1e-3))
    )
    torch.manual_seed(0)
    losses = [model.train_step(batch, wrapper)['loss'] for _ in range(12)]
    assert losses[-1] < 0.8 * losses[0]


def test_its_crop_is_where_it_says(make_model, batch):
    """The view of stage two is the input at the rectified place."""
    model = make_model(
        jitter=dict(rotate_factor=0, scale_factor=0, shift_factor=0)
    ).eval()
    inputs = torch.randn(4, 3, 96, 96)
    truth = labels_of(batch)
    model.coarse = Oracle(truth, (32, 32))
    model.fine = Oracle(truth, (64, 64))
    model._forward(inputs)
    crop = model.find_crops(truth)
    torch.testing.assert_close(model.fine.view, crop.sample(inputs, (64, 64)))


def test_bad_input(make_model):
    with pytest.raises(ValueError, match='train_stages: expected one of'):
        make_model(train_stages='both')
    with pytest.raises(
        ValueError, match=r"jitter: expected .* got \['turn'\]"
    ):
        make_model(jitter=dict(turn=3))
    with pytest.raises(ValueError, match=r'expected \(B, C, 96, 96\)'):
        make_model()._forward(torch.zeros(1, 3, 64, 64))
    with pytest.raises(RuntimeError, match='no keypoint graph'):
        make_model(graph=None)._forward(torch.zeros(1, 3, 96, 96))


def test_the_reference_is_in_the_checkpoint(make_model):
    state = make_model().state_dict()
    other = make_model(graph=None)
    other.load_state_dict(state)
    assert other.reference.ready
    assert isinstance(other, TwoStageEstimator)


def test_stage_one_is_the_prediction_while_stage_two_waits(make_model, batch):
    model = make_model(train_stages='coarse').eval()
    for sample in model.test_step(batch):
        instances = sample.pred_instances
        np.testing.assert_allclose(
            instances.keypoints, instances.coarse_keypoints, rtol=1e-5
        )


def test_the_unit_of_a_stage_s_loss_is_checked(make_model):
    fine = stage((64, 64), (8, 8, 16, 16))
    fine['head']['loss']['input_size'] = (96, 96)
    with pytest.warns(UserWarning, match=r'L1Loss has input_size=\(96, 96\)'):
        make_model(fine=fine)


def test_graph_relational_heads_in_both_stages(make_model, batch, graph):
    def relational(size, widths):
        settings = stage(size, widths)
        settings['head'].pop('hidden_channels')
        settings['head'].update(
            type='mmpose_scgcn.GraphRelationalHead', graph=graph, num_layers=1
        )
        return settings

    model = make_model(
        coarse=relational((32, 32), (8, 8, 16)),
        fine=relational((64, 64), (8, 8, 16, 16)),
    )
    data = model.data_preprocessor(batch, training=True)
    losses = model.train()(**data, mode='loss')
    assert {'coarse.loss_kpt', 'fine.loss_kpt'} <= set(losses)
    assert model.parse_losses(losses)[0].isfinite()
    for sample in model.eval().test_step(batch):
        assert np.isfinite(sample.pred_instances.keypoints).all()


def test_autocast_changes_little(make_model, batch):
    """The features are in half precision, the way to the image is not."""
    model = make_model().eval()
    truth = labels_of(batch)
    model.coarse = Oracle(truth, (32, 32))
    crop = rectify(truth * 96, model.reference.mean_shape, (96, 96), 1.25)
    model.fine = Oracle(crop.from_input(truth * 96), (64, 64))
    with torch.autocast('cpu', dtype=torch.bfloat16):
        samples = model.test_step(batch)
    for sample in samples:
        error = sample.pred_instances.keypoints - sample.gt_instances.keypoints
        assert np.abs(error).max() < 0.01  # image px


def test_a_frozen_stage_one_has_to_be_trained(make_model, batch):
    first = make_model(train_stages='coarse')
    second = make_model(train_stages='fine')
    data = second.data_preprocessor(batch, training=True)
    with pytest.raises(RuntimeError, match='never trained; give load_from'):
        second(**data, mode='loss')
    second.load_state_dict(first.state_dict())
    with pytest.raises(RuntimeError, match='never trained'):
        second(**data, mode='loss')
    first(**data, mode='loss')
    second.load_state_dict(first.state_dict())
    assert second(**data, mode='loss')['fine.loss_kpt'].isfinite()


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_a_model_in_half_precision(make_model, batch, dtype):
    model = make_model().eval()
    inputs = model.data_preprocessor(batch)['inputs']
    expected, _ = model._forward(inputs)
    found, _ = model.to(dtype)._forward(inputs.to(dtype))
    torch.testing.assert_close(found.float(), expected, atol=0.02, rtol=0)


def test_which_coarse_keypoints_are_usable_is_an_argument(make_model, batch):
    model, picky = make_model(), make_model(usable_size=(0.9, 2.0))
    truth = labels_of(batch)
    assert (model.find_crops(truth).size < 90).all()
    assert (picky.find_crops(truth).size == 96).all()


def run_stage(settings, stages, folder, **more):
    """An epoch of training by MMEngine's runner."""
    dataset = dict(
        type='WFLWDataset',
        data_root=str(folder / 'faces'),
        ann_file='face_landmarks_wflw_train.json',
        data_prefix=dict(img='images'),
        pipeline=PIPELINE,
    )
    runner = Runner(
        model=dict(settings, train_stages=stages),
        work_dir=str(folder / stages),
        train_dataloader=dict(
            batch_size=8,
            sampler=dict(type='DefaultSampler', shuffle=True),
            dataset=dataset,
        ),
        train_cfg=dict(by_epoch=True, max_epochs=1),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=1e-3)),
        default_scope='mmpose',
        experiment_name=str(folder / stages),
        log_level='ERROR',
        **more,
    )
    runner.train()
    return runner.model.state_dict()


def test_one_stage_after_the_other(settings, synthetic_faces, tmp_path):
    (tmp_path / 'faces').symlink_to(synthetic_faces)
    first = run_stage(settings, 'coarse', tmp_path)
    second = run_stage(
        settings,
        'fine',
        tmp_path,
        load_from=str(tmp_path / 'coarse/epoch_1.pth'),
    )
    moved = {
        name.split('.')[0]
        for name, value in second.items()
        if not torch.equal(value, first[name])
    }
    assert moved == {'fine'}


@pytest.mark.parametrize('train_stages', ['joint', 'coarse', 'fine'])
def test_a_head_of_several_losses_has_them_all(
    make_model, settings, graph, batch, train_stages
):
    """Stage two may be a refinement head: with heatmaps and a proposal."""
    backbone = dict(
        type='mmpose_scgcn.CNN6', widths=(8, 8, 16, 16), out_indices=(1, 2, 3)
    )
    head = dict(
        type='mmpose_scgcn.GraphRefinementHead',
        in_channels=(8, 16, 16),
        in_featuremap_size=(16, 16),
        pyramid_channels=(8, 8, 8),
        num_keypoints=K,
        graph=graph,
    )
    fine = dict(input_size=(64, 64), backbone=backbone, head=head)
    torch.manual_seed(0)
    model = make_model(fine=fine, train_stages=train_stages)
    model.coarse_trained.fill_(True)
    data = model.data_preprocessor(batch, training=True)
    losses = model.loss(**data)
    own = {
        *('fine.loss_kpt', 'fine.loss_relative', 'fine.loss_heatmap'),
        *('fine.proposal.loss_kpt', 'fine.proposal.loss_relative'),
    }
    assert own <= set(losses) or train_stages == 'coarse'
    coarse = any(name.startswith('coarse.') for name in losses)
    assert coarse == (train_stages != 'fine')
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    if train_stages != 'coarse':
        assert model.fine.head.heatmap.weight.grad.abs().sum() > 0
    # And what is certain is told, as in a model of one stage.
    model.eval().test_cfg = dict(flip_test=True)
    scores = np.stack(
        [s.pred_instances.keypoint_scores[0] for s in model.test_step(batch)]
    )
    assert scores.shape == (4, K)
    if train_stages == 'coarse':
        assert (scores == 1).all()
    else:
        assert ((scores > 0) & (scores < 1)).all()
