from mmpose_scgcn.benchmark.testing import mean_offset

import numpy as np


def test_an_offset_is_that_of_the_keypoints_that_count():
    rng = np.random.default_rng(0)
    gt = rng.normal(size=(5, 4, 2))
    visible = rng.random((5, 4)) < 0.5
    normalizers = rng.uniform(1, 2, 5)
    # Half of a face's normaliser to the left, an eighth down, and noise that
    # cancels; what is not visible is anywhere.
    pred = gt + normalizers[:, None, None] * np.array([-0.5, 0.125])
    noise = rng.normal(size=visible.sum())
    each = normalizers[np.nonzero(visible)[0]]
    pred[visible] += (each * (noise - noise.mean()))[:, None]
    pred[~visible] = 1e3
    offset = mean_offset(pred, gt, visible, normalizers)
    np.testing.assert_allclose(offset, [-0.5, 0.125], atol=1e-6)
