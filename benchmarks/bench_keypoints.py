"""How the relational head grows with the number of keypoints.

python benchmarks/bench_keypoints.py

One thread. Milliseconds of a training step of the head alone (forward and
backward) and of its prediction, for maps of 256 channels of 4 x 4. "square" is
the same head with a dense adjacency and hidden units that grow with K, whose
cost grows with K squared: the baseline in the same run, measured in turn.
"products" are the convolutions and matrix products alone that no head with
these layers can do without, and "bfloat16" is ours under autocast. Each figure
is the median of --runs after two that are not counted. Run it on an idle
machine.
"""

import argparse
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')

import time
from collections.abc import Callable, Iterator

from mmpose_scgcn.graph import build_graph
from mmpose_scgcn.models import GraphRelationalHead
from mmpose_scgcn.models.layers import adjacency, graph_relation

import numpy as np
import torch
from mmengine.registry import init_default_scope
from speed_rows import Row

KEYPOINTS = (68, 98, 194, 478, 1000)
#: Keypoints of a face mesh.
MESH = 478
BATCHES = (1, 16)
#: Most keypoints of a dense adjacency, and most hidden units.
LIMITS = {
    'ours': (graph_relation.DENSE_UP_TO, adjacency.MOST_UNITS),
    'square': (10**9, 10**9),
}


def make_head(num_keypoints: int) -> GraphRelationalHead:
    """Make a head with a random graph."""
    rng = np.random.default_rng(0)
    shapes = rng.random((9, num_keypoints, 2)) * 0.8 + 0.1
    seen = np.ones(shapes.shape[:2], bool)
    torch.manual_seed(0)
    decoder = dict(type='RegressionLabel', input_size=(64, 64))
    head = GraphRelationalHead(256, (4, 4), num_keypoints, decoder=decoder)
    head.graph.fill(build_graph(shapes, seen, shapes, 3, None))
    return head


def make_both(num_keypoints: int) -> dict[str, Callable]:
    """Give ours and the baseline; each sets its limits when it runs."""

    def bound(dense: int, units: int) -> Callable:
        adjacency.MOST_UNITS = units
        head = make_head(num_keypoints)

        def run(maps: torch.Tensor, train: bool) -> None:
            graph_relation.DENSE_UP_TO = dense
            head.train(train)
            with torch.set_grad_enabled(train):
                points = head([maps])
            if train:
                head.zero_grad()
                points.square().sum().backward()

        return run

    made = {name: bound(*limit) for name, limit in LIMITS.items()}
    adjacency.MOST_UNITS = LIMITS['ours'][1]
    return made


def make_products(num_keypoints: int) -> Callable:
    """Give what any head with these layers has to compute, and no more."""
    head = make_head(num_keypoints)
    convolutions = [block.conv for block in head.embedding.blocks]
    adjacent = head.adjacency
    products = [
        layer.weight
        for layer in head.relation.modules()
        if isinstance(layer, graph_relation.GraphConv)
    ]

    def run(maps: torch.Tensor, train: bool) -> None:
        with torch.set_grad_enabled(train):
            for convolution in convolutions:
                maps = convolution(maps)
            nodes = maps.reshape(len(maps), num_keypoints, -1)
            pooled = maps.mean((2, 3))
            edges = adjacent.weigh(adjacent.squeeze(pooled))
            for product in products:
                nodes = product(nodes[..., : product.in_features])
        if train:
            head.zero_grad()
            (nodes.sum() + edges.sum()).backward()

    return run


def milliseconds(heads: dict[str, Callable], runs: int, *args) -> list[float]:
    """Time all in turn: the medians, ms."""
    taken: dict[str, list[float]] = {name: [] for name in heads}
    for _ in range(runs + 2):
        for name, run in heads.items():
            start = time.perf_counter()
            with torch.autocast('cpu', torch.bfloat16, name == 'bfloat16'):
                run(*args)
            taken[name].append(time.perf_counter() - start)
    return [1e3 * float(np.median(t[2:])) for t in taken.values()]


def measure(runs: int) -> Iterator[tuple[int, int, list[float], list[float]]]:
    """Yield K, faces, and for step and prediction the ms of all four."""
    torch.set_num_threads(1)
    init_default_scope('mmpose')
    for num_keypoints in KEYPOINTS:
        heads = make_both(num_keypoints)
        heads['products'] = make_products(num_keypoints)
        heads['bfloat16'] = heads['ours']
        for batch in BATCHES:
            maps = torch.randn(batch, 256, 4, 4)
            step = milliseconds(heads, runs, maps, True)
            prediction = milliseconds(heads, runs, maps, False)
            yield num_keypoints, batch, step, prediction


def rows(runs: int = 5) -> list[Row]:
    """Give the rows of the speed benchmark."""
    found, least = [], {}
    for number, batch, step, prediction in measure(runs):
        for name, (value, beside, least_work, low) in (
            ('training step', step),
            ('prediction', prediction),
        ):
            first = least.setdefault((name, batch), value / number)
            found.append(
                Row(
                    f'{name} of the head, K = {number}, {batch} faces',
                    *(value, 'ms', beside, 'cost that grows with K squared'),
                    plot='keypoints',
                    curve=f'{name}, {batch} faces',
                    at=number,
                    goal='ratio at most 0.333' if number == MESH else '',
                )
            )
            if number == MESH:
                text = f'{name}, K = {MESH}, {batch} faces'
                square = beside, 'cost that grows with K squared'
                products = f'{text}: matrix products alone'
                found += [
                    Row(products, least_work, 'ms', *square),
                    Row(f'{text}: bfloat16', low, 'ms', *square),
                ]
            if number == KEYPOINTS[-1]:
                text = f'{name}, {batch} faces: ms per keypoint, K = {number}'
                found.append(
                    Row(
                        *(text, value / number, 'ms', first),
                        f'K = {KEYPOINTS[0]}',
                        goal='ratio at most 1.3',
                    )
                )
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--runs', type=int, default=9)
    args = parser.parse_args()
    columns = 'ms', 'square', 'products', 'bfloat16'
    names = [
        f'{what}, {c}' for what in ('step', 'prediction') for c in columns
    ]
    print('|', ' | '.join(['K', 'faces', *names]), '|')
    print('|---' * 10 + '|')
    for number, batch, *taken in measure(args.runs):
        cells = [f'{value:.1f}' for row in taken for value in row]
        print('|', ' | '.join([str(number), str(batch), *cells]), '|')


if __name__ == '__main__':
    main()
