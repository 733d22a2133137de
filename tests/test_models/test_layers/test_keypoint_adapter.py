"""The adapter as a module is what was fitted."""

from mmpose_scgcn.adaptation import LabelPairs, fit_adapters
from mmpose_scgcn.export.needed import OLDEST
from mmpose_scgcn.models.layers import KeypointAdapter

import numpy as np
import pytest
import torch


@pytest.fixture(scope='module')
def fitted():
    """Adapters from 6 to 3 keypoints, and the faces they were fitted to."""
    rng = np.random.default_rng(0)
    mean = rng.uniform(-50, 50, (6, 2))
    points = 200 + mean + rng.normal(scale=3, size=(20, 6, 2))
    targets = points[:, [0, 3, 5]] + rng.normal(scale=2, size=(20, 3, 2))
    pairs = LabelPairs(points, targets, np.ones((20, 3), bool))
    return fit_adapters(pairs, [0.01, float('inf')]), points


@pytest.fixture
def adapter(fitted):
    adapters, _ = fitted
    module = KeypointAdapter(6, 3)
    module.fill(adapters.state(0))
    return module


def test_it_adapts_as_it_was_fitted(fitted, adapter):
    adapters, points = fitted
    found = adapter(torch.from_numpy(points).float())
    np.testing.assert_allclose(found, adapters(points)[0], atol=1e-3)


def test_a_batch_is_adapted_face_by_face(fitted, adapter):
    points = torch.from_numpy(fitted[1]).float()
    single = torch.cat([adapter(face[None]) for face in points])
    torch.testing.assert_close(adapter(points), single)


def test_scores_are_averaged_by_shares(adapter):
    scores = torch.rand(4, 6)
    found = adapter.adapt_scores(scores)
    assert found.shape == (4, 3)
    assert (found >= scores.amin(1, keepdim=True) - 1e-6).all()
    assert (found <= scores.amax(1, keepdim=True) + 1e-6).all()
    torch.testing.assert_close(
        adapter.adapt_scores(torch.full((1, 6), 0.3)), torch.full((1, 3), 0.3)
    )
    # Targets were made from points 0, 3 and 5.
    certain = torch.eye(6)[[0, 3, 5]]
    assert adapter.adapt_scores(certain).argmax(1).tolist() == [0, 1, 2]


def test_without_numbers_nothing_is_predicted():
    found = KeypointAdapter(6, 3)(torch.rand(1, 6, 2))
    assert found.isnan().all()


def test_it_is_in_the_state_and_not_trained(adapter):
    other = KeypointAdapter(6, 3)
    other.load_state_dict(adapter.state_dict())
    points = torch.rand(2, 6, 2)
    torch.testing.assert_close(other(points), adapter(points))
    assert not any(p.requires_grad for p in adapter.parameters())
    with pytest.raises(RuntimeError, match='size mismatch'):
        KeypointAdapter(6, 4).load_state_dict(adapter.state_dict())


@pytest.mark.skipif(
    torch.__version__ < OLDEST,
    reason='a number that stays open may not be the largest one there',
)
def test_it_is_exported_with_a_batch_of_any_size(adapter):
    from torch.export import Dim, export

    points = 100 * torch.rand(3, 6, 2)
    program = export(adapter, (points,), dynamic_shapes=({0: Dim('n')},))
    others = 100 * torch.rand(5, 6, 2)
    torch.testing.assert_close(program.module()(others), adapter(others))
