from mmpose_scgcn.graph import adjacency_matrix, laplacian_coordinates

import numpy as np
import pytest
import torch

# name -> (neighbour lists, A, L), all written out.
GRAPHS = {
    'path, directed': (
        [[0, 1], [1, 0], [2, 1]],
        [[0, 1, 0], [1, 0, 0], [0, 1, 0]],
        [[1, -1, 0], [-1, 1, 0], [0, -1, 1]],
    ),
    'star, its centre looking at two of three': (
        [[0, 1, 2], [1, 0, 2], [2, 0, 1], [3, 0, 1]],
        [[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [1, 1, 0, 0]],
        [
            [1, -0.5, -0.5, 0],
            [-0.5, 1, -0.5, 0],
            [-0.5, -0.5, 1, 0],
            [-0.5, -0.5, 0, 1],
        ],
    ),
    'complete': (
        [[0, 1, 2], [1, 0, 2], [2, 1, 0]],
        [[0, 1, 1], [1, 0, 1], [1, 1, 0]],
        [[1, -0.5, -0.5], [-0.5, 1, -0.5], [-0.5, -0.5, 1]],
    ),
    'isolated: only themselves': (
        [[0], [1]],
        [[0, 0], [0, 0]],
        [[0, 0], [0, 0]],
    ),
}

# Graphs whose rows differ in size, which neighbour lists cannot hold.
PATH = np.array([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0.0]])
STAR = np.array([[0, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0.0]])
ISOLATED = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0.0]])


@pytest.mark.parametrize('name', GRAPHS)
def test_adjacency_closed_form(name):
    neighbors, adjacency, _ = GRAPHS[name]
    np.testing.assert_array_equal(
        adjacency_matrix(np.array(neighbors)), adjacency
    )


def laplacian_of(adjacency):
    """The matrix that the coordinates are a product with, column by column."""
    adjacency = torch.as_tensor(np.array(adjacency, dtype=float))
    everyone = torch.ones(1, len(adjacency), dtype=torch.bool)
    unit_vectors = torch.eye(len(adjacency), dtype=torch.float64)[None]
    return laplacian_coordinates(unit_vectors, adjacency, everyone)[0][0]


def naive_laplacian(adjacency):
    """Edge by edge."""
    matrix = np.zeros_like(adjacency)
    for i, row in enumerate(adjacency):
        neighbors = np.flatnonzero(row)
        matrix[i, i] = float(len(neighbors) > 0)
        for j in neighbors:
            matrix[i, j] = -1 / len(neighbors)
    return matrix


@pytest.mark.parametrize('name', GRAPHS)
def test_laplacian_closed_form(name):
    _, adjacency, laplacian = GRAPHS[name]
    np.testing.assert_allclose(laplacian_of(adjacency), laplacian)


@pytest.mark.parametrize(
    ('adjacency', 'expected'),
    [
        (
            PATH,
            [
                [1, -1, 0, 0],
                [-0.5, 1, -0.5, 0],
                [0, -0.5, 1, -0.5],
                [0, 0, -1, 1],
            ],
        ),
        (
            STAR,
            [
                [1, -1 / 3, -1 / 3, -1 / 3],
                [-1, 1, 0, 0],
                [-1, 0, 1, 0],
                [-1, 0, 0, 1],
            ],
        ),
        (ISOLATED, [[1, -1, 0], [-1, 1, 0], [0, 0, 0]]),
    ],
    ids=['path', 'star', 'isolated'],
)
def test_laplacian_of_uneven_degrees(adjacency, expected):
    np.testing.assert_allclose(laplacian_of(adjacency), expected)


def random_adjacency(size=9, seed=0):
    adjacency = np.random.default_rng(seed).random((size, size)) > 0.6
    np.fill_diagonal(adjacency, False)
    adjacency[4] = False  # isolated
    return adjacency.astype(float)


def test_rows_of_the_laplacian_sum_to_zero():
    laplacian = laplacian_of(random_adjacency()).numpy()
    np.testing.assert_allclose(laplacian @ np.ones(9), 0, atol=1e-15)


def test_coordinates_equal_the_matrix_product():
    torch.manual_seed(0)
    adjacency = random_adjacency()
    points = torch.randn(3, 9, 2, dtype=torch.float64)
    relative, defined = laplacian_coordinates(
        points,
        torch.from_numpy(adjacency),
        torch.ones(3, 9, dtype=torch.bool),
    )
    expected = torch.from_numpy(naive_laplacian(adjacency)) @ points
    torch.testing.assert_close(relative, expected)
    assert defined.tolist() == [[i != 4 for i in range(9)]] * 3


def test_coordinates_of_a_line():
    points = torch.tensor([[[0.0, 0], [1, 0], [2, 3], [3, 0]]])
    relative, _ = laplacian_coordinates(
        points, torch.from_numpy(PATH), torch.ones(1, 4, dtype=torch.bool)
    )
    expected = torch.tensor([[[-1, 0], [0, -1.5], [0, 3], [1, -3]]])
    torch.testing.assert_close(relative, expected)


def test_invalid_points_equal_a_graph_without_them():
    torch.manual_seed(0)
    adjacency = random_adjacency(seed=1)
    points = torch.randn(4, 9, 2, dtype=torch.float64)
    valid = torch.rand(4, 9) > 0.4
    points[~valid] = torch.nan
    relative, defined = laplacian_coordinates(
        points, torch.from_numpy(adjacency), valid
    )
    for image in range(4):
        keep = valid[image].numpy()
        part = adjacency[np.ix_(keep, keep)]
        expected = naive_laplacian(part) @ points[image][keep].numpy()
        np.testing.assert_allclose(relative[image][keep].numpy(), expected)
        assert (relative[image][~keep] == 0).all()
        has_neighbor = part.sum(axis=1) > 0
        assert defined[image][keep].tolist() == has_neighbor.tolist()
        assert not defined[image][~keep].any()


def test_gradients_are_finite_where_points_are_invalid_or_isolated():
    points = torch.randn(2, 3, 2, dtype=torch.float64)
    points[0, 1] = torch.nan
    points.requires_grad_()
    valid = torch.tensor([[True, False, True], [True, True, True]])
    relative, _ = laplacian_coordinates(
        points, torch.from_numpy(ISOLATED), valid
    )
    relative.sum().backward()
    # Image 0: nobody has a valid neighbour. Image 1: the sums of rows 0 and
    # 1 of L cancel, and 2 is isolated.
    torch.testing.assert_close(points.grad, torch.zeros_like(points))
    assert (relative[0] == 0).all()


def test_gradcheck():
    points = torch.randn(2, 9, 2, dtype=torch.float64, requires_grad=True)
    valid = torch.rand(2, 9) > 0.3
    adjacency = torch.from_numpy(random_adjacency())
    assert torch.autograd.gradcheck(
        lambda p: laplacian_coordinates(p, adjacency, valid)[0], points
    )


def test_autocast_does_not_round():
    points = 100 + torch.rand(2, 9, 2)
    adjacency = random_adjacency()
    expected = torch.from_numpy(naive_laplacian(adjacency)).float() @ points
    with torch.autocast('cpu', torch.bfloat16):
        found, _ = laplacian_coordinates(
            points,
            torch.from_numpy(adjacency).float(),
            torch.ones(2, 9, dtype=torch.bool),
        )
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-3)
