"""An estimator with an adapter predicts the keypoints of another data set."""

import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample

#: Width and height of the crop, not the same.
SIZE = (32, 48)
FLIPS = [1, 0, 2, 4, 3]
HEADS = dict(
    ours=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=8,
        in_featuremap_size=(8, 12),
        num_keypoints=5,
        hidden_channels=8,
        loss=dict(type='mmpose_scgcn.L1Loss', input_size=SIZE),
        decoder=dict(type='RegressionLabel', input_size=SIZE),
    ),
    mmposes=dict(
        type='HeatmapHead',
        in_channels=8,
        out_channels=5,
        deconv_out_channels=None,
        loss=dict(type='KeypointMSELoss'),
        decoder=dict(
            type='MSRAHeatmap', input_size=SIZE, heatmap_size=(8, 12), sigma=1
        ),
    ),
)


def estimator_settings(kind):
    init_default_scope('mmpose')
    return dict(
        backbone=dict(type='mmpose_scgcn.CNN6', widths=(4, 8)),
        head=HEADS[kind],
        test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=True),
    )


def build(kind):
    torch.manual_seed(0)
    adapted = MODELS.build(
        dict(
            type='mmpose_scgcn.AdaptedEstimator',
            adapter=dict(num_sources=5, num_keypoints=3, flip_indices=FLIPS),
            data_preprocessor=dict(type='PoseDataPreprocessor'),
            **estimator_settings(kind),
        )
    )
    for parameter in adapted.estimator.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    shares = torch.rand(3, 5).softmax(dim=1)
    state = dict(
        reference=torch.randn(5, 2),
        matrix=torch.randn(6, 10),
        constant=torch.randn(6),
        shares=shares,
    )
    adapted.adapter.fill(state)
    return adapted.eval()


@pytest.fixture(scope='module', params=HEADS)
def adapted(request):
    return build(request.param)


def samples(flip_indices, count=2):
    """Crops that lie somewhere in an image."""
    made = []
    for index in range(count):
        sample = PoseDataSample(
            metainfo=dict(
                input_size=SIZE,
                input_center=np.array([40.0 + index, 50.0]),
                input_scale=np.array([64.0, 96.0]),
                flip_indices=flip_indices,
            )
        )
        sample.gt_instances = InstanceData(
            bboxes=np.array([[10.0, 10, 60, 80]], np.float32),
            bbox_scores=np.ones(1, np.float32),
        )
        made.append(sample)
    return made


def inputs(count=2):
    torch.manual_seed(1)
    return torch.randn(count, 3, SIZE[1], SIZE[0])


def test_the_estimator_predicts_as_without_an_adapter(adapted):
    with torch.no_grad():
        plain = adapted.estimator(inputs(), samples(FLIPS), 'predict')
        found = adapted(inputs(), samples([1, 0, 2]), 'predict')
    for own, sample in zip(plain, found, strict=True):
        expected = own.pred_instances.keypoints
        instances = sample.pred_instances
        np.testing.assert_array_equal(instances.source_keypoints, expected)
        np.testing.assert_allclose(
            instances.keypoints,
            adapted.adapter(torch.from_numpy(expected).float()).numpy(),
            rtol=1e-5,
        )
        scores = torch.from_numpy(own.pred_instances.keypoint_scores)
        np.testing.assert_allclose(
            instances.keypoint_scores,
            adapted.adapter.adapt_scores(scores.float()).numpy(),
            rtol=1e-5,
        )
        assert instances.keypoints_visible.shape == (1, 3)


def test_samples_keep_the_mirror_partners_of_their_data_set(adapted):
    given = samples([1, 0, 2])
    with torch.no_grad():
        adapted(inputs(), given, 'predict')
    assert [s.metainfo['flip_indices'] for s in given] == [[1, 0, 2]] * 2


def test_partners_are_kept_if_predicting_fails(adapted):
    given = samples([1, 0, 2])
    with pytest.raises(RuntimeError):
        adapted(torch.zeros(2, 1, 4, 4), given, 'predict')
    assert given[0].metainfo['flip_indices'] == [1, 0, 2]


def test_it_is_not_trained(adapted):
    with pytest.raises(RuntimeError, match='an adapted model is not trained'):
        adapted(inputs(), samples([1, 0, 2]), 'loss')


def test_coordinates_alone_are_those_of_predictions():
    adapted = build('ours')
    adapted.test_cfg = dict(flip_test=False)
    with torch.no_grad():
        found = adapted(inputs())
        predicted = adapted(inputs(), samples([1, 0, 2]), 'predict')
    for points, sample in zip(found.numpy(), predicted, strict=True):
        center = sample.metainfo['input_center']
        expected = (points - 0.5) * sample.metainfo['input_scale'] + center
        np.testing.assert_allclose(
            sample.pred_instances.keypoints[0], expected, rtol=1e-5
        )


def test_heatmaps_are_no_coordinates():
    with pytest.raises(ValueError, match=r'expected .* \(B, K, 2\), got'):
        build('mmposes')(inputs())


def test_a_checkpoint_brings_the_adapter():
    adapted = build('ours')
    other = build('ours')
    for parameter in other.parameters():
        torch.nn.init.constant_(parameter, 1.0)
    other.load_state_dict(adapted.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(other(inputs()), adapted(inputs()))
