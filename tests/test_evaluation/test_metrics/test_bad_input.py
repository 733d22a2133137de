import json

from mmpose_scgcn.evaluation import FaceAlignmentMetric

import numpy as np
import pytest

GT = np.array([[0.0, 0.0], [100.0, 0.0], [50.0, 60.0]])
FLAT = np.array([[5.0, 5.0], [5.0, 5.0], [50.0, 60.0]])
UNKNOWN = np.array([[0.0, 0.0], [100.0, 0.0], [np.nan, 60.0]])
NORM = ((0,), (1,))


def right(pixels):
    """The face moved to the right."""
    return GT + np.array([pixels, 0.0])


def evaluate(samples, **kwargs):
    metric = FaceAlignmentMetric(**{'norm': NORM, **kwargs})
    metric.process(None, samples)
    return metric.evaluate(len(samples))


@pytest.fixture
def bad_face(make_sample):
    """A face that no prediction can score, its prediction perfect."""
    faces = dict(
        zero_normalizer=dict(gt=FLAT, pred=FLAT),
        invisible_eye=dict(gt=GT, pred=GT, visible=[0, 1, 1]),
        nothing_visible=dict(gt=GT, pred=GT, visible=[0, 0, 0]),
        unknown_truth=dict(gt=UNKNOWN, pred=GT),
    )
    return lambda kind: make_sample(41, **faces[kind])


KINDS = {
    'zero_normalizer': 'normaliser',
    'invisible_eye': 'normaliser',
    'nothing_visible': 'no visible keypoint',
    'unknown_truth': 'ground truth not finite',
}


@pytest.mark.parametrize('kind', KINDS)
def test_faces_that_cannot_be_scored_raise_with_their_ids(
    make_sample, bad_face, kind
):
    samples = [make_sample(7, GT, GT + 1), bad_face(kind)]
    with pytest.raises(ValueError, match=rf'1 of 2 .*{KINDS[kind]}.*ids 41'):
        evaluate(samples)


def test_all_reasons_are_told(make_sample):
    samples = [
        make_sample(7, GT, GT),
        make_sample(8, FLAT, FLAT),
        make_sample(9, GT, GT, visible=[0, 0, 0]),
        make_sample(10, FLAT, FLAT),
    ]
    with pytest.raises(ValueError) as error:
        evaluate(samples)
    assert str(error.value) == (
        '3 of 4 faces cannot be scored (no visible keypoint: ids 9; '
        'normaliser zero, not finite or not annotated: ids 8, 10); correct '
        "them or set bad_faces='count'"
    )


@pytest.mark.parametrize('kind', KINDS)
def test_faces_that_cannot_be_scored_are_counted_when_told_to(
    make_sample, bad_face, kind, log
):
    samples = [make_sample(7, GT, right(8)), bad_face(kind)]
    metrics = evaluate(samples, bad_faces='count')
    assert metrics['NME'] == pytest.approx(0.08)
    assert metrics['num_unscored_faces'] == 1
    assert 'ids 41' in log.text


@pytest.mark.parametrize('bad_faces', ['raise', 'count'])
def test_nothing_to_score_is_never_perfect(bad_face, bad_faces):
    samples = [bad_face('nothing_visible')]
    with pytest.raises(ValueError, match='1 of 1'):
        evaluate(samples, bad_faces=bad_faces)


@pytest.mark.parametrize(
    'box', [(0, 0, 0, 10), (9, 9, 0, 0), (0, 0, np.inf, 10)]
)
def test_boxes_without_a_size_raise(make_sample, box):
    with pytest.raises(ValueError, match='normaliser'):
        evaluate([make_sample(1, GT, GT, box=box)], norm='box_size')


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_a_prediction_that_is_no_number_is_a_counted_failure(
    make_sample, value, log
):
    bad = GT.copy()
    bad[2, 1] = value
    samples = [make_sample(1, GT, GT), make_sample(41, GT, bad)]
    metrics = evaluate(samples)
    assert metrics['NME'] == np.inf
    assert metrics['FR@0.10'] == 0.5
    assert metrics['AUC@0.10'] == 0.5
    assert metrics['num_nonfinite_predictions'] == 1
    assert 'ids 41' in log.text


def test_members_that_number_their_faces_alike(make_sample):
    """Two files of a combined set, each with a face 1."""
    first, second = make_sample(1, GT, GT), make_sample(1, GT + 1, GT)
    second['img_path'] = 'another.png'
    whole = evaluate([first, second, first])  # one is repeated
    apart = [evaluate([sample])['NME'] for sample in (first, second)]
    assert whole['NME'] == pytest.approx(np.mean(apart))


@pytest.mark.parametrize('gt', [GT, UNKNOWN], ids=['known', 'unknown'])
def test_one_annotation_on_two_images_raises(make_sample, gt):
    first, second = make_sample(1, gt, GT), make_sample(1, gt, GT)
    second['img_path'] = 'another.png'
    with pytest.raises(ValueError, match='shared by different faces'):
        evaluate([first, second])


def test_one_id_on_two_faces_raises(make_sample):
    samples = [make_sample(1, GT, GT), make_sample(1, GT + 1, GT)]
    with pytest.raises(ValueError, match='shared by different faces'):
        evaluate(samples)


def test_the_same_id_in_two_data_sets_is_two_faces(make_sample):
    samples = [
        make_sample(1, GT, right(4), dataset_name='a'),
        make_sample(1, GT, right(8), dataset_name='b'),
    ]
    assert evaluate(samples)['NME'] == pytest.approx(0.06)


def test_no_faces_raise():
    with pytest.raises(ValueError, match=r'^no faces to evaluate$'):
        evaluate([])


def test_a_failed_evaluation_leaves_nothing_for_the_next(make_sample):
    metric = FaceAlignmentMetric(norm=NORM)
    metric.process(None, [make_sample(1, FLAT, FLAT)])
    with pytest.raises(ValueError, match='1 of 1'):
        metric.evaluate(1)
    metric.process(None, [make_sample(2, GT, right(5))])
    assert metric.evaluate(1)['NME'] == pytest.approx(0.05)


def test_samples_must_have_an_id_and_one_face(make_sample):
    sample = make_sample(1, GT, GT)
    metric = FaceAlignmentMetric(norm=NORM)
    with pytest.raises(KeyError, match='meta_keys'):
        metric.process(None, [{k: v for k, v in sample.items() if k != 'id'}])
    with pytest.raises(ValueError, match='one id'):
        metric.process(None, [{**sample, 'id': [1, 2]}])


def test_faces_must_have_the_same_keypoints(make_sample):
    samples = [make_sample(1, GT, GT), make_sample(2, GT[:2], GT[:2])]
    with pytest.raises(ValueError, match="differ in the shape of 'pred'"):
        evaluate(samples)


def test_subsets_without_annotations_raise(make_sample):
    with pytest.raises(KeyError, match='give ann_file'):
        evaluate([make_sample(1, GT, GT)], subsets='wflw')


def test_a_face_missing_from_the_annotation_file_raises(
    make_sample, write_annotations
):
    ann_file = write_annotations([dict(id=1, subset='ibug')])
    with pytest.raises(KeyError, match='id 2 is not in'):
        evaluate([make_sample(2, GT, GT)], subsets='300w', ann_file=ann_file)


def test_an_annotation_file_with_repeated_ids_raises(write_annotations):
    ann_file = write_annotations([dict(id=1, subset='ibug')] * 2)
    metric = FaceAlignmentMetric(NORM, subsets='300w', ann_file=ann_file)
    with pytest.raises(ValueError, match='2 annotations'):
        metric.dataset_meta = dict(dataset_name='300w')


def test_what_does_not_suit_the_data_set_fails_before_training(
    write_annotations,
):
    with pytest.raises(ValueError, match='hands'):
        FaceAlignmentMetric('inter_ocular').dataset_meta = dict(
            dataset_name='hands'
        )
    ann_file = write_annotations([dict(id=1)])
    metric = FaceAlignmentMetric(NORM, subsets='wflw', ann_file=ann_file)
    with pytest.raises(ValueError, match='attributes'):
        metric.dataset_meta = dict(dataset_name='wflw')


@pytest.mark.parametrize(
    'kwargs',
    [
        dict(norm='interocular'),
        dict(norm=NORM, bad_faces='drop'),
        dict(norm=NORM, fr_thresholds=(0.1, 0.1)),
        dict(norm=NORM, auc_threshold=0),
        dict(norm=NORM, subsets='helen'),
    ],
)
def test_wrong_arguments_fail_at_once(kwargs):
    with pytest.raises(ValueError, match='must'):
        FaceAlignmentMetric(**kwargs)


def test_the_annotation_file_of_another_set_raises(make_sample, tmp_path):
    """Ids start at 1 everywhere; the image tells."""
    path = tmp_path / 'other.json'
    path.write_text(
        json.dumps(
            dict(
                images=[dict(id=5, file_name='sub/b.jpg')],
                annotations=[dict(id=1, image_id=5, subset='ibug')],
            )
        )
    )
    with pytest.raises(ValueError) as error:
        evaluate([make_sample(1, GT, GT)], subsets='300w', ann_file=str(path))
    assert str(error.value) == (
        f'annotation id 1 is of sub/b.jpg in {path}, but of a.jpg in the '
        'data set that is tested: give ann_file that of the tested data set'
    )


def test_an_annotation_file_that_is_not_needed_is_not_read(make_sample):
    metric = FaceAlignmentMetric(NORM, ann_file='nowhere.json')
    metric.dataset_meta = dict(dataset_name='300w')
    metric.process(None, [make_sample(1, GT, GT)])
    assert metric.evaluate(1)['NME'] == 0


def test_flags_of_another_number_of_keypoints_raise(make_sample):
    raw = dict(keypoints=[0, 0, 2] * 5)
    sample = make_sample(1, GT, GT, raw_ann_info=raw)
    with pytest.raises(ValueError, match=r'have 3 keypoints, .* flags of 5'):
        evaluate([sample], split_occluded=True)


def test_flags_of_several_numbers_of_keypoints_raise(make_sample):
    samples = [
        make_sample(n, GT, GT, raw_ann_info=dict(keypoints=[0, 0, 2] * count))
        for n, count in ((1, 3), (2, 4))
    ]
    with pytest.raises(ValueError, match="differ in the shape of 'flags'"):
        evaluate(samples, split_occluded=True)


def test_twins_on_two_images_are_two_faces(make_sample):
    """Alike in all but their ids, such as drawn ones."""
    first, second = make_sample(1, GT, GT), make_sample(2, GT, right(8))
    second['img_path'] = 'b.jpg'
    assert evaluate([first, second])['NME'] == pytest.approx(0.04)


def test_a_face_that_cannot_be_scored_may_come_twice(make_sample):
    samples = [make_sample(1, UNKNOWN, GT)] * 2 + [make_sample(2, GT, GT)]
    assert evaluate(samples, bad_faces='count')['num_unscored_faces'] == 1


@pytest.mark.parametrize(
    ('count', 'end'), [(20, '18, 19'), (21, '19 and 1 more')]
)
def test_the_first_twenty_faces_are_named(make_sample, count, end):
    samples = [make_sample(n, FLAT, FLAT) for n in range(count)]
    with pytest.raises(ValueError, match=rf'ids 0, 1, .*, {end}\);'):
        evaluate(samples)
