"""A data sample of MMPose as a typed face."""

from mmpose_scgcn.evaluation.face_samples import read_face

import numpy as np
import pytest

GT = np.array([[0.0, 0.0], [100.0, 0.0], [50.0, 60.0]])


@pytest.fixture
def sample(make_sample):
    return make_sample(7, GT, GT + 1, visible=[1, 0, 2], dataset_name='two')


def test_all_of_a_face_is_read(sample):
    sample['pred_instances']['keypoint_scores'] = np.array([[0.5, 0.25, 1]])
    face = read_face(sample)
    assert (face.id, face.dataset, face.img_path) == (7, 'two', 'a.jpg')
    np.testing.assert_array_equal(face.gt, GT)
    np.testing.assert_array_equal(face.pred, GT + 1)
    assert face.visible.tolist() == [True, False, True]
    assert face.box.tolist() == [0, 0, 30, 40]
    assert face.scores.tolist() == [0.5, 0.25, 1]


def test_what_a_sample_may_leave_out(sample):
    for name in ('dataset_name', 'img_path'):
        del sample[name]
    del sample['gt_instances']['bboxes']
    del sample['pred_instances']['keypoint_scores']
    face = read_face(sample)
    assert (face.dataset, face.img_path, face.scores) == ('', '', None)
    np.testing.assert_array_equal(face.box, [np.nan] * 4)
    assert face.box.dtype == np.float64


def test_visibility_with_a_weight_beside_it(sample):
    """As data sets with extended visibility have it, (N, K, 2)."""
    both = np.array([[[1, 0], [0, 1], [1, 1]]])
    sample['gt_instances']['keypoints_visible'] = both
    assert read_face(sample).visible.tolist() == [True, False, True]


def test_other_keypoints_of_the_prediction(sample):
    sample['pred_instances']['coarse'] = GT[None] + 5
    np.testing.assert_array_equal(read_face(sample, 'coarse').pred, GT + 5)


def test_keypoints_that_are_not_there_are_named(sample):
    with pytest.raises(KeyError) as error:
        read_face(sample, 'coarse')
    assert error.value.args == (
        "predictions have no 'coarse'; they have "
        "['keypoint_scores', 'keypoints']",
    )


def test_a_sample_without_an_id_is_told_what_to_do(sample):
    del sample['id']
    with pytest.raises(KeyError) as error:
        read_face(sample)
    assert error.value.args == (
        "data samples have no 'id'; keep it in meta_keys of PackPoseInputs",
    )


def test_a_sample_of_two_faces_is_told(sample):
    sample['id'] = [7, 8]
    with pytest.raises(ValueError) as error:
        read_face(sample)
    assert str(error.value) == (
        'expected one id, face and prediction per data sample (data_mode '
        'topdown), got [2, 1, 1] for id [7, 8]'
    )
