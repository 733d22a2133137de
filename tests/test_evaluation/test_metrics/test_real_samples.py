"""MMPose's own data set classes on MMPose's miniature test sets."""

import json
from pathlib import Path

from mmpose_scgcn.evaluation import FaceAlignmentMetric

import numpy as np
import pytest
from mmengine.structures import InstanceData
from mmpose.datasets import datasets
from mmpose.datasets.transforms import PackPoseInputs
from mmpose.evaluation.metrics import NME

CLASSES = {
    '300w': 'Face300WDataset',
    '300wlp': 'Face300WLPDataset',
    'aflw': 'AFLWDataset',
    'cofw': 'COFWDataset',
    'lapa': 'LapaDataset',
    'wflw': 'WFLWDataset',
}


def add_image(results):
    """Stand in for the image, which no metric looks at."""
    return {**results, 'img': np.zeros((2, 2, 3), np.uint8)}


@pytest.fixture
def run(scgcn_data):
    """Evaluate shifted ground truth on a miniature set; also MMPose's NME."""

    def evaluate(name, shift=lambda annotation: 3.0, **kwargs):
        ann_file = str(scgcn_data / f'mmpose_samples/{name}/test_{name}.json')
        dataset = getattr(datasets, CLASSES[name])(
            ann_file=ann_file,
            data_prefix=dict(img=''),
            test_mode=True,
            pipeline=[add_image, PackPoseInputs()],
        )
        annotations = json.loads(Path(ann_file).read_text())['annotations']
        by_id = {a['id']: a for a in annotations}
        samples = [dataset[n]['data_samples'] for n in range(len(dataset))]
        for sample in samples:
            pred = sample.gt_instances.keypoints.copy()
            pred[..., 0] += shift(by_id[sample.metainfo['id']])
            sample.pred_instances = InstanceData(keypoints=pred)
        if kwargs.pop('join', False):
            kwargs['ann_file'] = ann_file
        metric = kwargs.pop('metric', FaceAlignmentMetric)(**kwargs)
        metric.dataset_meta = dataset.metainfo
        metric.process(None, [sample.to_dict() for sample in samples])
        return metric.evaluate(len(dataset)), annotations

    return evaluate


@pytest.mark.parametrize('name', ['300w', 'cofw', 'lapa', 'wflw'])
def test_pooled_value_is_mmposes_keypoint_distance(run, name):
    ours, _ = run(name, norm='inter_ocular')
    theirs, _ = run(name, metric=NME, norm_mode='keypoint_distance')
    assert ours['NME_pooled'] == pytest.approx(theirs['NME'], rel=1e-5)


@pytest.mark.parametrize('name', CLASSES)
def test_pooled_value_is_mmposes_box_size(run, name):
    ours, _ = run(name, norm='box_size')
    theirs, _ = run(
        name, metric=NME, norm_mode='use_norm_item', norm_item='bbox_size'
    )
    assert ours['NME_pooled'] == pytest.approx(theirs['NME'], rel=1e-5)


@pytest.mark.parametrize('name', CLASSES)
def test_eyes_are_a_plausible_part_of_the_face(run, name):
    by = {
        norm: run(name, norm=norm)[0]['NME']
        for norm in ('inter_ocular', 'inter_pupil', 'box_size')
    }
    assert by['box_size'] < by['inter_ocular'] < by['inter_pupil']
    assert by['inter_pupil'] < 2 * by['inter_ocular']


def test_box_of_aflw_is_the_annotated_box_size(run):
    metrics, annotations = run('aflw', norm='box_size')
    expected = np.mean([3.0 / a['box_size'] for a in annotations])
    assert metrics['NME'] == pytest.approx(expected, rel=1e-5)


def test_occlusion_flags_of_cofw(run):
    def more_where_occluded(face):
        return np.where(np.array(face['keypoints'][2::3]) == 1, 6.0, 2.0)

    kwargs = dict(norm='inter_ocular', split_occluded=True)
    evenly, annotations = run('cofw', **kwargs)
    assert {1, 2} == {
        flag for a in annotations for flag in a['keypoints'][2::3]
    }
    metrics, _ = run('cofw', shift=more_where_occluded, **kwargs)
    assert metrics['NME_occluded'] == pytest.approx(2 * evenly['NME'])
    assert metrics['NME_visible'] == pytest.approx(2 / 3 * evenly['NME'])


def test_faces_of_one_wflw_image_join_their_own_annotations(run):
    area = dict(large=dict(predicate=lambda face: face['area'] > 10_000))
    metrics, annotations = run(
        'wflw', norm='inter_ocular', subsets=area, join=True
    )
    assert len({a['image_id'] for a in annotations}) < len(annotations)

    def naive(face):
        x, y = face['keypoints'][0::3], face['keypoints'][1::3]
        return 3.0 / ((x[60] - x[72]) ** 2 + (y[60] - y[72]) ** 2) ** 0.5

    large = [naive(a) for a in annotations if a['area'] > 10_000]
    assert 0 < len(large) < len(annotations)
    assert metrics['large/NME'] == pytest.approx(np.mean(large), rel=1e-5)
