"""The comparison on weights whose answer is known."""

from mmpose_scgcn.analysis import (
    COMBINATIONS,
    compare_edges,
    describe_claim,
    split_edges,
)

import numpy as np
import pytest

N, R, K = 80, 2, 6
RESAMPLES = 400


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def before(rng):
    return rng.dirichlet([9, 4, 4], (N, K))


@pytest.fixture
def covered(rng):
    return rng.random((N, R, K)) < 0.4


def moved(before, change):
    """Change edges j != i; the receiver's own weight makes up for it."""
    after = np.repeat(before[:, None], R, axis=1)
    after[..., 1:] += change
    after[..., 0] -= change.sum(axis=-1)
    return after


def compare(before, change, neighbors, covered, **options):
    after = moved(before, change)
    options.setdefault('resamples', RESAMPLES)
    return compare_edges(before, after, neighbors, covered, **options)


def noise(rng, scale=0.01):
    return rng.normal(0, scale, (N, R, K, 2))


def test_the_four_groups_of_a_covered_keypoint(neighbors):
    covered = np.arange(K) == 2
    groups = split_edges(neighbors, covered)
    edges = {
        name: {
            (int(i), int(neighbors[i, slot + 1]))
            for i, slot in np.argwhere(chosen)
        }
        for name, chosen in groups.items()
    }
    assert list(groups) == list(COMBINATIONS)
    assert edges['sender covered'] == {(1, 2), (0, 2)}
    assert edges['receiver covered'] == {(2, 3), (2, 4)}
    assert edges['both covered'] == set()
    assert len(edges['neither covered']) == 12 - 4


def test_edges_with_an_unknown_end_are_in_no_group(neighbors):
    known = np.arange(K) != 2
    groups = split_edges(neighbors, np.arange(K) == 3, known)
    total = np.sum(list(groups.values()), axis=0)
    expected = known[:, None] & known[neighbors[:, 1:]]
    np.testing.assert_array_equal(total, expected)


def test_a_loss_is_found_in_its_size(neighbors, before, covered, rng):
    lost = split_edges(neighbors, covered)['sender covered']
    change = noise(rng) - 0.05 * lost
    found = compare(before, change, neighbors, covered)
    rows = found['combinations']
    case = rows['sender covered']
    assert case['edges'] == lost.sum()
    old = np.broadcast_to(before[:, None, :, 1:], lost.shape)
    assert case['weight']['value'] == pytest.approx(100 * old[lost].mean())
    assert case['change']['value'] == pytest.approx(100 * change[lost].mean())
    assert case['relative']['value'] == pytest.approx(
        change[lost].mean() / old[lost].mean()
    )
    assert case['losing']['value'] == (change[lost] < 0).mean()
    assert case['change']['interval'][0] < -5 < case['change']['interval'][1]
    for gap in ('difference', 'same_edge'):
        assert found[gap]['value'] == pytest.approx(-5, abs=0.3)
    for name in set(rows) - {'sender covered'}:
        low, high = rows[name]['change']['interval']
        assert -0.3 < low < 0.1 and -0.1 < high < 0.3
    assert describe_claim(found).endswith('the claim holds here.')
    assert 'Edges out of covered keypoints lose' in describe_claim(found)


def test_own_weights_are_told_by_whether_a_keypoint_is_covered(
    neighbors, before, covered
):
    change = np.where(covered[..., None], 0.02, -0.01) * np.ones(2)
    found = compare(before, change, neighbors, covered)['itself']
    assert found['covered']['change']['value'] == pytest.approx(-4)
    assert found['not covered']['change']['value'] == pytest.approx(2)
    assert found['covered']['edges'] == covered.sum()


def test_chance_alone_shows_nothing(neighbors, before, covered, rng):
    found = compare(before, noise(rng), neighbors, covered)
    low, high = found['combinations']['sender covered']['change']['interval']
    assert low < 0 < high
    assert 'no loss can be told from chance' in describe_claim(found)


def test_a_gain_is_the_other_way(neighbors, before, covered, rng):
    won = split_edges(neighbors, covered)['sender covered']
    found = compare(before, noise(rng) + 0.03 * won, neighbors, covered)
    told = describe_claim(found)
    assert 'Edges out of covered keypoints gain' in told
    assert told.endswith('it is the other way.')


def test_what_all_edges_lose_is_no_effect(neighbors, before, covered, rng):
    found = compare(before, noise(rng) - 0.05, neighbors, covered)
    assert found['combinations']['sender covered']['losing']['value'] == 1
    assert 'lose as well' in describe_claim(found)


def test_an_edge_that_always_loses_is_no_effect(neighbors, before, rng):
    # Keypoint 0 is covered in most faces, and its edges lose in all.
    covered = rng.random((N, R, K)) < np.array([0.9, *[0.1] * 5])
    change = noise(rng, 0.001) - 0.05 * (neighbors[:, 1:] == 0)
    found = compare(before, change, neighbors, covered)
    assert found['difference']['interval'][1] < -1
    assert found['same_edge']['value'] == pytest.approx(0, abs=0.02)
    # Not by luck of this draw: an effect there is found.
    lost = split_edges(neighbors, covered)['sender covered']
    found = compare(before, change - 0.01 * lost, neighbors, covered)
    assert found['same_edge']['value'] == pytest.approx(-1, abs=0.02)
    assert describe_claim(found).endswith('the claim holds here.')


def test_usual_weights_do_not_count(neighbors, covered):
    # Edges out of keypoint 0 are weak, with and without a rectangle.
    weights = np.where(neighbors == 0, 0.1, 0.9)
    weights = weights / weights.sum(axis=1, keepdims=True)
    before = np.repeat(weights[None], N, axis=0)
    covered = np.zeros_like(covered)
    covered[..., 0] = True
    found = compare(before, np.zeros((N, R, K, 2)), neighbors, covered)
    rows = found['combinations']
    assert rows['sender covered']['weight']['value'] < 12
    assert rows['neither covered']['weight']['value'] > 30
    assert found['difference'] == dict(value=0.0, interval=[0.0, 0.0])


def test_same_edge_as_a_loop_writes_it(neighbors, before, covered, rng):
    change = noise(rng)
    found = compare(before, change, neighbors, covered)
    groups = split_edges(neighbors, covered)
    total = weights = 0.0
    for i in range(K):
        for slot in range(2):
            case, control = (
                change[..., i, slot][groups[name][..., i, slot]]
                for name in ('sender covered', 'neither covered')
            )
            weight = 1 / (1 / len(case) + 1 / len(control))
            total += weight * (case.mean() - control.mean())
            weights += weight
    assert found['same_edge']['value'] == pytest.approx(100 * total / weights)


def test_faces_are_drawn_not_edges(neighbors, before, covered):
    # All edges of a face share its change: as many values as faces.
    shared = np.random.default_rng(3).normal(0, 0.01, (N, 1, 1, 1))
    change = np.broadcast_to(shared, (N, R, K, 2))
    low, high = compare(before, change, neighbors, covered, resamples=4000)[
        'combinations'
    ]['neither covered']['change']['interval']
    expected = 2 * 1.96 * 100 * shared.std() / N**0.5
    assert high - low == pytest.approx(expected, rel=0.2)


def test_what_is_unknown_is_left_out(neighbors, before, covered, rng):
    known = np.ones((N, K), bool)
    known[:, 3] = False
    change = noise(rng)
    change[:, :, 3] = change[:, :, neighbors[:, 1:] == 3] = 9.0
    found = compare(before, change, neighbors, covered, known=known)
    assert abs(found['combinations']['sender covered']['change']['value']) < 1
    kept = found['combinations'].values()
    assert sum(row['edges'] for row in kept) == N * R * (12 - 4)
    assert found['itself']['covered']['edges'] == covered[..., known[0]].sum()


def test_nothing_covered_says_nothing(neighbors, before):
    covered = np.zeros((N, R, K), bool)
    found = compare(before, np.zeros((N, R, K, 2)), neighbors, covered)
    assert found['combinations']['sender covered']['edges'] == 0
    assert np.isnan(found['difference']['value'])
    assert 'nothing can be said' in describe_claim(found)


def test_arrays_that_do_not_fit_are_refused(neighbors, before, covered):
    after = moved(before, np.zeros((N, R, K, 2)))
    with pytest.raises(ValueError, match=r'covered: expected \(80, 2, 6\)'):
        compare_edges(before, after, neighbors, covered[:, 0])
    with pytest.raises(ValueError, match=r'before: expected \(80, 6, 3\)'):
        compare_edges(before[..., :2], after, neighbors, covered)
