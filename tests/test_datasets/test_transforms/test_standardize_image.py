from mmpose_scgcn.datasets.transforms import StandardizeImage

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmpose.datasets.transforms import PackPoseInputs
from mmpose.models import PoseDataPreprocessor
from scipy.stats import zscore


def noise(*shape):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, shape).astype(np.uint8)


def test_it_is_the_z_score_of_each_channel():
    image = noise(20, 30, 3) // np.array([1, 2, 3], np.uint8)
    result = StandardizeImage().transform(dict(img=image))['img']
    assert result.dtype == np.float32
    expected = zscore(image.astype(float), axis=None)
    expected = np.stack(
        [zscore(image[..., c].astype(float), axis=None) for c in range(3)], -1
    )
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_a_channel_of_one_value_is_zero():
    image = noise(8, 8, 3)
    image[..., 1] = 77
    result = StandardizeImage().transform(dict(img=image))['img']
    assert np.isfinite(result).all()
    assert (result[..., 1] == 0).all()


def test_grey_images_and_lists():
    image = noise(8, 9)
    single = StandardizeImage().transform(dict(img=image))['img']
    np.testing.assert_allclose(single, zscore(image, axis=None), atol=1e-5)
    both = StandardizeImage().transform(dict(img=[image, image]))['img']
    np.testing.assert_array_equal(both[1], single)


def test_mmposes_packing_and_preprocessing_keep_the_values():
    results = StandardizeImage().transform(dict(img=noise(8, 8, 3)))
    expected = torch.from_numpy(results['img'].transpose(2, 0, 1).copy())
    results.update(
        img_shape=(8, 8), bbox=np.zeros((1, 4)), keypoints=np.zeros((1, 2, 2))
    )
    packed = PackPoseInputs(meta_keys=('img_shape',)).transform(results)
    for training in (True, False):
        data = PoseDataPreprocessor()(pseudo_collate([packed]), training)
        torch.testing.assert_close(data['inputs'][0], expected)
