from mmpose_scgcn.datasets.pipeline import crop_transform, run_pipeline

import numpy as np
import pytest
from mmengine.dataset import ConcatDataset, RepeatDataset
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS
from mmpose.structures.bbox import get_warp_matrix

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
)

TRANSFORMS = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', prob=1.0),
    dict(type='mmpose_scgcn.UniformBBoxTransform'),
    dict(type='TopdownAffine', input_size=(64, 48)),
    dict(type='PackPoseInputs'),
]


@pytest.fixture
def dataset(synthetic_faces):
    init_default_scope('mmpose')
    return DATASETS.build(
        dict(
            type='WFLWDataset',
            data_root=str(synthetic_faces),
            ann_file='face_landmarks_wflw_train.json',
            data_prefix=dict(img='images'),
            pipeline=TRANSFORMS,
        )
    )


def test_everything_but_the_packing_has_run(dataset):
    results = run_pipeline(dataset, 3)
    assert results['img'].shape == (48, 64, 3)
    assert results['flip']
    assert results['id'] == dataset.get_data_info(3)['id']


def test_the_affine_transform_is_mmposes(dataset):
    results = run_pipeline(dataset, 0)
    expected = get_warp_matrix(
        results['input_center'],
        results['input_scale'],
        results['bbox_rotation'][0],
        output_size=(64, 48),
    )
    np.testing.assert_allclose(crop_transform(results), expected, atol=1e-3)


def test_keypoints_on_a_line_tell_no_transform():
    points = np.array([[[0.0, 0], [1, 1], [2, 2]]])
    results = dict(keypoints=points, transformed_keypoints=points)
    assert np.isnan(crop_transform(results)).all()


def test_wrappers_are_looked_into(dataset):
    ids = [dataset.get_data_info(i)['id'] for i in range(len(dataset))]
    both = ConcatDataset([dataset, dataset])
    assert run_pipeline(both, len(dataset) + 2)['id'] == ids[2]
    repeated = RepeatDataset(dataset, 3)
    assert run_pipeline(repeated, 2 * len(dataset) + 1)['id'] == ids[1]


def test_a_sample_that_is_dropped_is_named(dataset):
    class Drop:
        def __call__(self, results):
            return None

    dataset.pipeline.transforms.insert(1, Drop())
    with pytest.raises(ValueError, match=r'Drop dropped sample 2 \(.*jpg'):
        run_pipeline(dataset, 2)
