import warnings
from copy import deepcopy

from mmpose_scgcn.models import RelativeLocationLoss

import pytest
import torch

L1 = dict(type='mmpose_scgcn.SoftWingLoss', omega1=1e6)


def naive_loss(loss, output, target, weight, neighbors):
    """Edge by edge; an edge counts when both its ends do."""
    total = count = 0.0
    for b in range(len(output)):
        for i, *others in neighbors:
            seen = [j for j in others if weight[b, j] > 0]
            if weight[b, i] <= 0 or not seen:
                continue
            delta = [
                points[b, i] - sum(points[b, j] for j in seen) / len(seen)
                for points in (output, target)
            ]
            penalty = loss.penalty.penalty(delta[0] - delta[1])
            total += weight[b, i] * penalty.sum()
            count += weight[b, i] * 2
    return total / count


@pytest.fixture
def weighted(ring):
    return RelativeLocationLoss(ring, use_target_weight=True)


def test_closed_form():
    """Three keypoints on a path, a line predicted as a corner."""
    graph = dict(
        num_keypoints=3,
        top_k=1,
        neighbors=[[0, 1], [1, 0], [2, 1]],
        mean_shape=[[0, 0]] * 3,
    )
    target = torch.tensor([[[0.0, 0], [4, 0], [8, 0]]])
    output = torch.tensor([[[0.0, 0], [4, 0], [4, 1]]])
    # Only keypoint 2 is misplaced relative to its neighbour: (-4, 1).
    # Soft Wing: 20 ln(1 + 4 / 0.5) - 20 ln 5 + 2 and 1; mean of 6 values.
    expected = (20 * torch.tensor(9 / 5).log() + 2 + 1) / 6
    torch.testing.assert_close(
        RelativeLocationLoss(graph)(output, target), expected
    )


@pytest.mark.parametrize('fractional', [False, True])
def test_equals_a_naive_loop(weighted, batch, ring, fractional):
    output, target, weight = (x.double() for x in batch)
    if fractional:
        weight = weight * torch.linspace(0.1, 2, 24).reshape(4, 6)
    weight[0] = torch.tensor([1.0, 0, 0, 1, 1, 0])  # 0 and 4 see no one
    torch.testing.assert_close(
        weighted(output, target, weight),
        naive_loss(weighted, output, target, weight, ring['neighbors']),
    )


def test_all_keypoints_count_where_weights_are_not_used(batch, ring):
    output, target, weight = (x.double() for x in batch)
    loss = RelativeLocationLoss(ring)
    expected = naive_loss(
        loss, output, target, torch.ones(4, 6), ring['neighbors']
    )
    torch.testing.assert_close(loss(output, target, weight), expected)
    torch.testing.assert_close(loss(output, target), expected)


def test_blind_to_translation(weighted, batch):
    output, target, weight = (x.double() for x in batch)
    shift = 100 * torch.randn(4, 1, 2, dtype=torch.float64)
    torch.testing.assert_close(
        weighted(output + shift, target, weight),
        weighted(output, target, weight),
    )
    assert weighted(target + shift, target, weight) < 1e-9


def test_permuting_keypoints_changes_nothing(batch, ring):
    output, target, weight = batch
    order = [4, 2, 0, 5, 1, 3]
    new_index = {old: new for new, old in enumerate(order)}
    rows = [[new_index[j] for j in ring['neighbors'][i]] for i in order]
    loss = RelativeLocationLoss(ring, use_target_weight=True)
    permuted = RelativeLocationLoss(
        {**ring, 'neighbors': rows}, use_target_weight=True
    )
    torch.testing.assert_close(
        permuted(output[:, order], target[:, order], weight[:, order]),
        loss(output, target, weight),
    )


def test_a_keypoint_with_no_visible_neighbor_is_dropped(weighted, batch):
    output, target, _ = batch
    weight = torch.ones(4, 6)
    weight[:, 1:3] = 0  # the neighbours of 0, which stays visible
    expected = weighted(output, target, weight)
    moved = output.clone()
    # 0 is a neighbour of 4 and 5: they would feel it move.
    weight[:, 4:] = 0
    alone = weighted(output, target, weight)
    moved[:, 0] += 50
    torch.testing.assert_close(weighted(moved, target, weight), alone)
    assert not torch.isclose(alone, expected)


@pytest.mark.parametrize('weight', [torch.zeros(4, 6), torch.eye(6)[:4]])
def test_no_edge_counts(weighted, batch, weight):
    output, target, _ = batch
    output.requires_grad_()
    value = weighted(output, target, weight)
    value.backward()
    assert value.item() == 0
    assert (output.grad == 0).all()


def test_penalty_and_weight_of_the_config(ring, batch):
    output, target, _ = (x.double() for x in batch)
    laplacian = torch.eye(6) - 0.5 * (
        torch.eye(6).roll(1, 1) + torch.eye(6).roll(2, 1)
    )
    expected = (laplacian.double() @ (output - target)).abs()
    loss = RelativeLocationLoss(ring, penalty=L1, loss_weight=3.0)
    torch.testing.assert_close(loss(output, target), 3 * expected.mean())
    summed = RelativeLocationLoss(ring, penalty=dict(**L1, reduction='sum'))
    torch.testing.assert_close(summed(output, target), expected.sum() / 4)


def test_a_penalty_of_mmpose(ring, batch):
    output, target, _ = batch
    loss = RelativeLocationLoss(ring, penalty=dict(type='mmpose.L1Loss'))
    ours = RelativeLocationLoss(ring, penalty=L1)
    torch.testing.assert_close(loss(output, target), ours(output, target))


def test_weights_of_another_precision_leave_that_of_the_errors(ring, batch):
    output, target, _ = batch
    loss = RelativeLocationLoss(
        ring, penalty=dict(type='mmpose.L1Loss'), use_target_weight=True
    )
    weight = torch.ones(4, 6, dtype=torch.float64)
    assert loss(output, target, weight).dtype == torch.float32


def test_the_graph_is_part_of_the_state(ring, batch):
    full, empty = RelativeLocationLoss(ring), RelativeLocationLoss()
    with pytest.raises(RuntimeError, match=r'no keypoint graph.*GraphHook'):
        empty(*batch)
    empty.load_state_dict(full.state_dict())
    torch.testing.assert_close(empty(*batch), full(*batch))
    torch.testing.assert_close(deepcopy(full)(*batch), full(*batch))


def test_penalty_must_leave_units_alone(ring):
    penalty = dict(**L1, input_size=(64, 64), loss_weight=2.0)
    message = (
        'penalty sets input_size and loss_weight: set it on '
        'RelativeLocationLoss, which compares in crop px$'
    )
    with pytest.raises(ValueError, match=message):
        RelativeLocationLoss(ring, penalty=penalty)


def test_a_graph_of_another_size(weighted, batch):
    output, target, weight = batch
    with pytest.raises(ValueError, match='6 keypoints, the coordinates 5'):
        weighted(output[:, :5], target[:, :5], weight[:, :5])


def test_unreachable_threshold_warns(ring):
    """Neighbours may err in opposite directions: twice the size."""
    penalty = dict(type='mmpose_scgcn.SoftWingLoss', omega1=128.0)
    message = r'128 px.*crop of \(64, 48\) px exceeds 128 px'
    with pytest.warns(UserWarning, match=message):
        RelativeLocationLoss(ring, penalty=penalty, input_size=(64, 48))
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        penalty['omega1'] = 127.0
        RelativeLocationLoss(ring, penalty=penalty, input_size=(64, 48))


def test_an_invalid_graph(ring):
    with pytest.raises(ValueError, match='graph neighbors'):
        RelativeLocationLoss({**ring, 'num_keypoints': 7})
