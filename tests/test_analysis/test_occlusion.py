"""Models that are made so that the answer is known."""

from mmpose_scgcn.analysis import (
    compare_edges,
    cover_faces,
    describe_claim,
    edge_weights,
    require_dynamic,
)
from mmpose_scgcn.analysis.occlusion import cover, crop_keypoints
from mmpose_scgcn.models.layers import (
    DynamicAdjacency,
    KeypointGraph,
    build_adjacency,
)

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample
from torch import nn

SIDE, K = 60, 6


class SeeingHead(nn.Module):
    """A real dynamic adjacency over nodes that see whether a place is flat.

    The logit of each edge j != i is ``gain`` where keypoint j is seen and 0
    where it is covered by one colour.
    """

    def __init__(self, ring, gain):
        super().__init__()
        self.graph = KeypointGraph(ring, K, 2)
        self.adjacency = DynamicAdjacency(K, 2, expansion=2)
        self.places = np.rint(np.array(ring['mean_shape']) * SIDE).astype(int)
        with torch.no_grad():
            self.adjacency.squeeze.weight.zero_()
            self.adjacency.squeeze.bias.zero_()
            for j in range(K):
                self.adjacency.squeeze.weight[j, 2 * j] = 1
            for i, row in enumerate(ring['neighbors']):
                for slot, j in enumerate(row[1:], 1):
                    self.adjacency.weigh.weight[3 * i + slot, j] = gain

    def forward(self, feats):
        seen = [
            feats[:, :, y - 2 : y + 3, x - 2 : x + 3].flatten(2).std(2).mean(1)
            for x, y in self.places
        ]
        nodes = torch.stack(seen, dim=1)[..., None, None, None] / 74
        nodes = nodes.expand(-1, -1, 2, 1, 1)
        return self.adjacency(nodes, self.graph.neighbors)


class SeeingModel(nn.Module):
    def __init__(self, ring, gain):
        super().__init__()
        self.head = SeeingHead(ring, gain)

    def data_preprocessor(self, data, training):
        return dict(inputs=torch.stack(data['inputs']).float())

    def extract_feat(self, inputs):
        return inputs


class NoiseFaces:
    """Crops of noise, keypoints at the mean shape, in images of twice the
    size."""

    def __init__(self, ring):
        self.points = np.array(ring['mean_shape']) * SIDE

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        crop = rng.integers(0, 256, (3, SIDE, SIDE), dtype=np.uint8)
        sample = PoseDataSample(
            metainfo=dict(
                input_size=(SIDE, SIDE),
                input_center=np.array([70.0, 80.0]),
                input_scale=np.array([2.0 * SIDE, 2.0 * SIDE]),
            )
        )
        in_image = 2 * (self.points - SIDE / 2) + (70, 80)
        sample.gt_instances = InstanceData(
            keypoints=in_image[None], keypoints_visible=np.ones((1, K))
        )
        return dict(inputs=torch.from_numpy(crop), data_samples=sample)


@pytest.fixture
def faces(ring):
    return NoiseFaces(ring)


def measure(ring, faces, gain, **options):
    model = SeeingModel(ring, gain).eval()
    found = cover_faces(model, faces, range(60), **options)
    graph = require_dynamic(model)
    return found, compare_edges(neighbors=graph, resamples=500, **found)


def test_weights_that_drop_are_found_to_drop(ring, faces):
    found, result = measure(ring, faces, gain=1.0)
    case = result['combinations']['sender covered']
    assert case['edges'] > 30
    # One of two senders covered: e / (1 + 2 e) becomes 1 / (2 + e), 21 points
    # less; a rectangle over a keypoint may leave a part of its patch.
    assert case['weight']['value'] == pytest.approx(42.2, abs=0.5)
    assert -21.5 < case['change']['value'] < -11
    assert describe_claim(result).endswith('the claim holds here.')
    assert found['before'].shape == (60, K, 3)
    np.testing.assert_allclose(found['after'].sum(axis=-1), 1, rtol=1e-5)


def test_weights_that_rise_are_found_to_rise(ring, faces):
    _, result = measure(ring, faces, gain=-1.0)
    assert describe_claim(result).endswith('it is the other way.')


def test_weights_that_do_not_follow_the_image_show_nothing(ring, faces):
    _, result = measure(ring, faces, gain=0.0, rectangles=2)
    assert result['difference'] == dict(value=0.0, interval=[0.0, 0.0])
    assert 'no loss can be told from chance' in describe_claim(result)


def test_rectangles_follow_seed_and_face_alone(ring, faces):
    model = SeeingModel(ring, 1.0).eval()
    some = cover_faces(model, faces, range(9), rectangles=2, batch_size=4)
    again = cover_faces(model, faces, [7], rectangles=2)
    other = cover_faces(model, faces, range(9), rectangles=2, seed=1)
    assert some['after'].shape == (9, 2, K, 3)
    for name in some:
        np.testing.assert_allclose(some[name][7:8], again[name], rtol=1e-5)
    assert (some['covered'] != other['covered']).any()


def test_keypoints_are_found_in_the_crop(faces):
    points, known = crop_keypoints(faces[0])
    np.testing.assert_allclose(points, faces.points)
    assert known.all()


def test_a_covered_sample_is_a_new_one(faces):
    sample = faces[0]
    before = sample['inputs'].clone()
    rng = np.random.default_rng(0)
    covered = cover(sample, np.array([10, 20, 30, 50]), rng)['inputs']
    assert torch.equal(sample['inputs'], before)
    changed = (covered != before).any(dim=0)
    assert changed[20:50, 10:30].float().mean() > 0.99
    assert not changed[:20].any() and not changed[:, 30:].any()
    assert len(covered[:, 20:50, 10:30].flatten(1).unique(dim=1)[0]) == 1


def test_no_hook_is_left(ring, faces):
    model = SeeingModel(ring, 1.0).eval()
    edge_weights(model, [faces[0]])
    assert not model.head.adjacency._forward_hooks


@pytest.mark.parametrize(
    ('kind', 'message'),
    [
        ('uniform', r'no dynamic adjacency.*UniformAdjacency.*same in every'),
        ('learned', r'no dynamic adjacency.*LearnedAdjacency.*same in every'),
        (None, 'fancy has no graph whose edges could be shown'),
    ],
)
def test_weights_that_cannot_follow_the_image_are_refused(ring, kind, message):
    model = SeeingModel(ring, 1.0)
    model.head.adjacency = kind and build_adjacency(kind, K, 2, 2)
    with pytest.raises(ValueError, match=message):
        require_dynamic(model, 'fancy')


def test_faces_that_do_not_fit_the_model_are_refused(ring, faces):
    model = SeeingModel(ring, 1.0).eval()
    model.head.decoder = type('Codec', (), dict(input_size=(64, 48)))
    with pytest.raises(ValueError, match=r'crops of 64 x 48 px.*60 x 60'):
        cover_faces(model, faces, [0])
    with pytest.raises(ValueError, match='no faces'):
        cover_faces(model, faces, [])
    few = NoiseFaces(dict(mean_shape=ring['mean_shape'][:4]))
    with pytest.raises(ValueError, match=r'6 keypoints.*have 4'):
        cover_faces(model, few, [0])
