"""Time the pose coefficient against a loop over SciPy and scikit-learn.

python benchmarks/bench_shapes.py
python benchmarks/bench_shapes.py --shapes 1000000 --baseline-shapes 20000

It needs scikit-learn (pip install scikit-learn). Baseline: one pass of
``scipy.spatial.procrustes``, shape by shape, to the mean of the centred
shapes, then scikit-learn's ``PCA`` (one component). It is timed on fewer
shapes; the ratio is that of the times per shape. Memory is the largest
resident set while ours runs over what was resident before, input included.
Set OMP_NUM_THREADS to fix the number of threads of both.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from mmpose_scgcn.shapes import pose_axis

import numpy as np
from rich.progress import track
from scipy.spatial import procrustes
from speed_measure import peak_growth, take_turns
from speed_rows import Row


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument('--shapes', type=int, default=100_000)
    parser.add_argument('--baseline-shapes', type=int, default=10_000)
    parser.add_argument('--keypoints', type=int, default=68)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument(
        '--hidden', type=float, default=0.0, help='share of keypoints (0)'
    )
    return parser.parse_args()


def make_shapes(count: int, keypoints: int) -> np.ndarray:
    """Draw float32 shapes (N, K, 2), px: one mode, noise, similarities."""
    rng = np.random.default_rng(0)
    base, mode = rng.standard_normal((2, keypoints))
    base = base + 1j * rng.standard_normal(keypoints)
    shapes = np.empty((count, keypoints), dtype=np.complex64)
    for part in np.array_split(np.arange(count), max(count // 10_000, 1)):
        size = (len(part), keypoints)
        noise = rng.normal(0, 0.05, size) + 1j * rng.normal(0, 0.05, size)
        pose = rng.normal(0, 0.3, (len(part), 1)) * mode
        turn = np.exp(1j * rng.uniform(-0.5, 0.5, (len(part), 1)))
        shapes[part] = (base + pose + noise) * turn * 40 + (128 + 128j)
    return shapes.view(np.float32).reshape(count, keypoints, 2)


def baseline(shapes: np.ndarray, pca: type) -> np.ndarray:
    """Align shape by shape, then project on the first component."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    mean = centred.mean(axis=0)
    aligned = np.stack([procrustes(mean, shape)[1] for shape in shapes])
    flat = aligned.reshape(len(shapes), -1)
    return pca(n_components=1).fit_transform(flat)[:, 0]


def seconds(run: Callable, runs: int, what: str) -> list[float]:
    """Time a call several times."""
    times = []
    for _ in track(range(runs), description=what):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


def report(what: str, times: list[float], count: int) -> float:
    """Print a line; return the median time per shape."""
    median = statistics.median(times)
    print(
        f'{what}: {count} shapes, median {median:.2f} s of {len(times)} runs '
        f'({min(times):.2f} to {max(times):.2f}), '
        f'{median / count * 1e6:.2f} us per shape'
    )
    return median / count


def rows(
    shapes: int = 1_000_000, few: int = 5_000, runs: int = 5
) -> list[Row]:
    """Give the rows of the speed benchmark."""
    from sklearn.decomposition import PCA

    drawn = make_shapes(shapes, 68)
    memory = peak_growth(lambda: pose_axis(drawn)) / drawn.nbytes
    calls = {
        'ours': lambda: pose_axis(drawn),
        'loop': lambda: baseline(drawn[:few], PCA),
    }
    taken = take_turns(calls, runs)
    own, loop = taken['ours'] / shapes, taken['loop'] / few
    return [
        Row(
            f'pose of {shapes:,} shapes of 68 keypoints, time per shape',
            *(1e6 * own, 'us', 1e6 * loop),
            f'SciPy and scikit-learn, shape by shape ({few:,})',
            goal='ratio at most 0.02',
        ),
        Row(
            'pose, memory beyond the input, over the input',
            *(memory, 'times'),
            goal='value at most 0.1',
        ),
    ]


def main() -> None:
    """Run the command line."""
    args = parse_args()
    try:
        from sklearn.decomposition import PCA
    except ImportError as error:
        sys.exit(
            f'bench_shapes: the baseline needs scikit-learn ({error}): '
            'pip install scikit-learn'
        )
    shapes = make_shapes(args.shapes, args.keypoints)
    visible = None
    if args.hidden:
        rng = np.random.default_rng(1)
        visible = rng.random(shapes.shape[:2], np.float32) >= args.hidden
    few = shapes[: args.baseline_shapes]

    def ours() -> None:
        pose_axis(shapes, visible)

    memory = peak_growth(ours)
    own = report('ours', seconds(ours, args.runs, 'ours'), len(shapes))
    loop = seconds(lambda: baseline(few, PCA), args.runs, 'baseline')
    base = report('baseline', loop, len(few))
    agree = np.corrcoef(baseline(few, PCA), pose_axis(few).coefficients)[0, 1]
    print(f'ratio per shape: {base / own:.1f}')
    print(
        f'memory beyond the input: {memory / 2**20:.0f} MiB, '
        f'{memory / shapes.nbytes:.2f} times the input '
        f'({shapes.nbytes / 2**20:.0f} MiB)'
    )
    print(f'correlation of both, all keypoints visible: {abs(agree):.6f}')


if __name__ == '__main__':
    main()
