from mmpose_scgcn.datasets import dataset_poses
from mmpose_scgcn.shapes import pose_axis, pose_bins

import numpy as np
import pytest

BASE = np.array([[-1.0, -1], [1, -1], [0, 0], [-0.8, 1], [0.8, 1]])


class Faces:
    """Faces whose nose (keypoint 2) wanders to the right; images: none."""

    def __init__(self, count=12):
        self.keypoints = np.stack([BASE * 10 + 50] * count)
        self.keypoints[:, 2, 0] += np.linspace(-4, 6, count)
        self.visible = np.ones(self.keypoints.shape[:2])

    def __len__(self):
        return len(self.keypoints)

    def get_data_info(self, index):
        return dict(
            keypoints=self.keypoints[index][None],
            keypoints_visible=self.visible[index][None],
        )


@pytest.mark.parametrize('use_abs', [False, True])
def test_axis_and_bins_are_those_of_the_shapes(use_abs):
    dataset = Faces()
    poses = dataset_poses(dataset, 4, component=1, use_abs=use_abs)
    axis = pose_axis(dataset.keypoints, component=1)
    bins, edges = pose_bins(axis.coefficients, 4, use_abs)
    np.testing.assert_allclose(poses.axis.coefficients, axis.coefficients)
    np.testing.assert_allclose(poses.edges, edges)
    assert poses.bins.tolist() == bins.tolist()


def test_samples_without_a_shape_have_no_bin():
    dataset, plain = Faces(), dataset_poses(Faces(), 3)
    dataset.keypoints = np.insert(dataset.keypoints, 5, 7.0, axis=0)
    dataset.visible = np.ones((13, 5))
    poses = dataset_poses(dataset, 3)
    assert poses.bins.tolist() == np.insert(plain.bins, 5, -1).tolist()
    assert len(poses.axis.coefficients) == 12


def test_a_keypoint_that_no_sample_shows_is_left_out():
    dataset, plain = Faces(), dataset_poses(Faces(), 3)
    dataset.keypoints = np.insert(dataset.keypoints, 1, np.nan, axis=1)
    dataset.visible = np.insert(dataset.visible, 1, 0, axis=1)
    poses = dataset_poses(dataset, 3)
    assert poses.bins.tolist() == plain.bins.tolist()
    np.testing.assert_allclose(poses.axis.mean, plain.axis.mean)


def test_progress_is_told_of_every_annotation():
    told = []
    dataset_poses(Faces(), 3, track=lambda items: told.extend(items) or items)
    assert len(told) == 12


def test_fewer_shapes_than_bins():
    dataset = Faces()
    dataset.visible[:3] = 0
    with pytest.raises(ValueError, match=r'10 bins need .* got 9 of 12'):
        dataset_poses(dataset, 10)
