from mmpose_scgcn.evaluation import FaceAlignmentMetric
from mmpose_scgcn.evaluation.functional import read_face_results

import numpy as np
import pytest
from mmengine.evaluator import Evaluator
from mmengine.registry import DefaultScope

# Eye corners 100 px apart, and a nose.
GT = np.array([[0.0, 0.0], [100.0, 0.0], [50.0, 60.0]])
NORM = ((0,), (1,))


@pytest.fixture
def shifted(make_sample):
    """A face whose every keypoint is predicted some px too far right."""

    def shift(face_id, pixels, **kwargs):
        return make_sample(face_id, GT, GT + np.array([pixels, 0.0]), **kwargs)

    return shift


def evaluate(samples, **kwargs):
    metric = FaceAlignmentMetric(**{'norm': NORM, **kwargs})
    metric.process(None, samples)
    return metric.evaluate(len(samples))


def test_keys_and_values_of_three_faces(shifted):
    metrics = evaluate([shifted(7, 2), shifted(3, 9), shifted(5, 12)])
    assert metrics == pytest.approx(
        {
            'NME': 0.23 / 3,
            'FR@0.08': 2 / 3,
            'FR@0.10': 1 / 3,
            'AUC@0.10': 0.9 / 3,
            'NME_pooled': 0.23 / 3,
            'bias_x': 0.23 / 3,
            'bias_y': 0.0,
            # 2, 9 and 12 px of 100
            'bias_x_stderr': np.std([0.02, 0.09, 0.12], ddof=1) / 3**0.5,
        },
        rel=1e-6,
    )
    assert {type(value) for value in metrics.values()} == {float}


def test_nme_is_per_face_and_nme_pooled_per_keypoint(make_sample):
    far = GT + np.array([[0, 0], [0, 0], [50, 0]])
    samples = [
        make_sample(1, GT, GT + np.array([10, 0])),
        make_sample(2, GT, far, visible=[1, 1, 0]),
    ]
    metrics = evaluate(samples)
    assert metrics['NME'] == pytest.approx(0.05)
    assert metrics['NME_pooled'] == pytest.approx(0.3 / 5)


def test_builds_by_its_scoped_name(shifted):
    with DefaultScope.overwrite_default_scope('mmpose'):
        cfg = dict(type='mmpose_scgcn.FaceAlignmentMetric', norm='box_size')
        evaluator = Evaluator(cfg)
    evaluator.dataset_meta = dict(dataset_name='anything')
    evaluator.process([shifted(1, 4)])
    assert evaluator.evaluate(1)['NME'] == pytest.approx(0.1)


def test_repeated_faces_count_once(shifted):
    metrics = evaluate([shifted(1, 0), shifted(2, 10), shifted(1, 0)])
    assert metrics['NME'] == pytest.approx(0.05)


def test_several_faces_of_one_image_all_count(shifted):
    samples = [shifted(n, n, img_id=1) for n in range(4)]
    assert evaluate(samples)['NME'] == pytest.approx(0.015)


def test_the_order_of_faces_does_not_change_one_bit(make_sample):
    rng = np.random.default_rng(0)
    samples = [
        make_sample(n, GT, GT + rng.normal(size=GT.shape)) for n in range(99)
    ]
    shuffled = [samples[n] for n in rng.permutation(99)]
    assert evaluate(samples) == evaluate(shuffled)


def test_attribute_subsets_join_the_annotation_file_by_id(
    shifted, write_annotations
):
    # Two faces in image 1, whose ids differ from their place and image.
    faces = {11: (1, 2.0, 1), 12: (1, 6.0, 0), 4: (2, 10.0, 1)}
    ann_file = write_annotations(
        [
            dict(id=n, image_id=image, attributes=dict(pose=pose))
            for n, (image, _, pose) in faces.items()
        ]
    )
    samples = [
        shifted(n, pixels, img_id=image)
        for n, (image, pixels, _) in faces.items()
    ]
    subsets = dict(pose=dict(attribute='pose'))
    metrics = evaluate(samples, subsets=subsets, ann_file=ann_file)
    assert metrics['NME'] == pytest.approx(0.06)
    assert metrics['pose/NME'] == pytest.approx(0.06)
    assert metrics['pose/FR@0.08'] == 0.5
    assert metrics['pose/AUC@0.10'] == pytest.approx(0.4)
    assert metrics['pose/NME_pooled'] == pytest.approx(0.06)


def test_subsets_read_raw_ann_info_where_it_is_passed_on(shifted):
    samples = [
        shifted(1, 2, raw_ann_info=dict(subset='helen')),
        shifted(2, 8, raw_ann_info=dict(subset='ibug')),
    ]
    metrics = evaluate(samples, subsets='300w')
    assert metrics['common/NME'] == pytest.approx(0.02)
    assert metrics['challenge/NME'] == pytest.approx(0.08)
    assert metrics['full/NME'] == pytest.approx(0.05)


def test_an_empty_subset_is_nan_and_warned_of(shifted, log):
    samples = [shifted(1, 2, raw_ann_info=dict(subset='helen'))]
    metrics = evaluate(samples, subsets='300w')
    assert np.isnan(metrics['challenge/NME'])
    assert np.isnan(metrics['challenge/FR@0.10'])
    told = [(r.levelname, r.getMessage()) for r in log.records]
    message = "FaceAlignmentMetric: no face belongs to subset 'challenge'"
    assert ('WARNING', message) in told


def test_visible_and_occluded_keypoints_apart(make_sample):
    pred = GT + np.array([[2, 0], [4, 0], [30, 0]])

    def sample(face_id, flags):
        keypoints = np.column_stack([GT, flags]).ravel().tolist()
        raw = dict(id=face_id, keypoints=keypoints)
        return make_sample(
            face_id, GT, pred, visible=np.minimum(flags, 1), raw_ann_info=raw
        )

    samples = [sample(1, [2, 1, 0]), sample(2, [2, 2, 2])]
    metrics = evaluate(samples, split_occluded=True)
    assert metrics['NME_visible'] == pytest.approx((0.02 + 0.12) / 2)
    assert metrics['NME_occluded'] == pytest.approx(0.04)


def test_flags_that_say_nothing_are_not_taken_for_occlusion(shifted):
    raw = dict(keypoints=np.column_stack([GT, [1, 1, 1]]).ravel().tolist())
    with pytest.raises(ValueError) as error:
        evaluate([shifted(1, 2, raw_ann_info=raw)], split_occluded=True)
    assert str(error.value) == (
        'split_occluded needs keypoints flagged 2 (visible) and 1 '
        '(occluded); these annotations flag none as 2'
    )


def test_results_file_has_a_row_for_each_face(shifted, tmp_path):
    path = tmp_path / 'faces.csv'
    raws = [dict(subset='ibug'), dict(subset='lfpw')]
    samples = [
        shifted(2, 3, raw_ann_info=raws[0]),
        shifted(1, np.nan, raw_ann_info=raws[1]),
        shifted(3, 0, visible=[0, 0, 0], raw_ann_info=raws[1]),
    ]
    evaluate(samples, out_file=path, subsets='300w', bad_faces='count')
    results = read_face_results(path)
    assert results['id'].tolist() == ['1', '2', '3']
    np.testing.assert_allclose(results['nme'], [np.inf, 0.03, np.nan])
    assert results['normalizer'][:2].tolist() == [100.0, 100.0]
    assert results['num_visible'].tolist() == [3, 3, 0]
    assert results['fault'].tolist() == ['', '', 'no visible keypoint']
    assert results['subset:challenge'].tolist() == [False, True, False]


def test_the_results_file_has_both_kinds_of_keypoints(shifted, tmp_path):
    path = tmp_path / 'faces.csv'
    raw = dict(keypoints=np.column_stack([GT, [2, 2, 1]]).ravel().tolist())
    evaluate(
        [shifted(1, 3, raw_ann_info=raw)], out_file=path, split_occluded=True
    )
    results = read_face_results(path)
    np.testing.assert_allclose(results['nme_visible'], [0.03])
    np.testing.assert_allclose(results['nme_occluded'], [0.03])


def test_no_prefix_and_no_warning_about_it(shifted, log):
    metric = FaceAlignmentMetric(norm=NORM)
    assert 'prefix' not in log.text
    metric.process(None, [shifted(1, 2)])
    assert 'NME' in metric.evaluate(1)


def test_a_prefix_is_put_before_every_key(shifted):
    metrics = evaluate([shifted(1, 2)], prefix='wflw')
    assert all(key.startswith('wflw/') for key in metrics)


def test_thresholds_of_the_user(shifted):
    metrics = evaluate(
        [shifted(1, 2), shifted(2, 6)], fr_thresholds=(0.05,), auc_threshold=1
    )
    assert metrics['FR@0.05'] == 0.5
    assert metrics['AUC@1.00'] == pytest.approx(0.96)
    assert not {'FR@0.08', 'FR@0.10', 'AUC@0.10'} & set(metrics)


def test_other_keypoints_of_the_predictions(shifted):
    sample = shifted(1, 2)
    sample['pred_instances']['coarse'] = GT[None] + np.array([7.0, 0.0])
    assert evaluate([sample], field='coarse')['NME'] == pytest.approx(0.07)


def test_faces_that_were_left_out_are_counted(shifted):
    metric = FaceAlignmentMetric(norm=NORM)
    assert metric.num_dropped_faces == 0
    metric.num_dropped_faces = 3
    metric.process(None, [shifted(1, 2)])
    assert metric.evaluate(1)['num_dropped_faces'] == 3


def test_scores_of_keypoints_are_not_kept(shifted):
    metric = FaceAlignmentMetric(norm=NORM)
    metric.process(None, [shifted(1, 2)])
    assert metric.results[0].scores is None


def test_how_processes_hand_over_their_faces(tmp_path):
    assert FaceAlignmentMetric(NORM).collect_device == 'gpu'
    assert FaceAlignmentMetric(NORM, collect_device='cpu').collect_dir is None
    metric = FaceAlignmentMetric(NORM, collect_dir=str(tmp_path))
    assert metric.collect_device == 'cpu'


def test_faces_are_in_the_order_of_their_ids(shifted, tmp_path):
    path = tmp_path / 'faces.csv'
    samples = [shifted(n, 1) for n in ('b', 10, 'a', 3)]
    evaluate(samples, out_file=path)
    assert read_face_results(path)['id'].tolist() == ['3', '10', 'a', 'b']


def test_the_data_set_tells_the_keypoints_of_the_eyes(make_sample):
    gt = np.random.default_rng(0).uniform(0, 100, (68, 2))
    gt[36], gt[45] = (10, 50), (90, 50)
    metric = FaceAlignmentMetric('inter_ocular')
    metric.dataset_meta = dict(dataset_name='300w')
    metric.process(None, [make_sample(1, gt, gt + np.array([4.0, 0.0]))])
    assert metric.evaluate(1)['NME'] == pytest.approx(0.05, rel=1e-5)
