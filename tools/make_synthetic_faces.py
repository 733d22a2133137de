"""Make a data set of synthetic faces with the 98 WFLW landmarks.

Example:
    python tools/make_synthetic_faces.py data/synthetic --train 1200 \
        --val 150 --test 300 --size 160 --seed 0 --workers 2
"""

import argparse
import sys
import time
from collections.abc import Iterator

from mmpose_scgcn.arguments import natural_int, positive_int, seed
from mmpose_scgcn.synthetic import make_dataset
from mmpose_scgcn.terminal import steady_output

from rich.progress import track


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description='Make synthetic faces with the 98 WFLW landmarks.'
    )
    parser.add_argument('out_dir', help='folder to write, absent or empty')
    parser.add_argument(
        '--train',
        type=natural_int,
        default=1200,
        help='number of training faces (default: 1200)',
    )
    parser.add_argument(
        '--val',
        type=natural_int,
        default=150,
        help='number of validation faces (default: 150)',
    )
    parser.add_argument(
        '--test',
        type=natural_int,
        default=300,
        help='number of test faces (default: 300)',
    )
    parser.add_argument(
        '--size',
        type=natural_int,
        default=160,
        help='image side in pixels (default: 160)',
    )
    parser.add_argument(
        '--seed',
        type=seed,
        default=0,
        help='the same seed gives the same files',
    )
    parser.add_argument(
        '--workers',
        type=positive_int,
        default=1,
        help='number of processes (default: 1)',
    )
    parser.add_argument(
        '--overwrite',
        action='store_true',
        help='replace an earlier data set in that folder',
    )
    return parser.parse_args()


def show_progress(items: Iterator, total: int) -> Iterator:
    """A progress bar around the finished faces."""
    return track(items, description='faces', total=total)


def print_summary(annotations: dict, seconds: float) -> None:
    """Counts, shares of the attributes and speed."""
    total = sum(map(len, annotations.values()))
    for split, faces in annotations.items():
        shares = [
            f'{name} {sum(f["attributes"][name] for f in faces)}'
            for name in (faces[0]['attributes'] if faces else ())
        ]
        print(f'{split:5s} {len(faces):6d} faces  {", ".join(shares)}')
    print(f'{total} faces in {seconds:.1f} s, {total / seconds:.1f} faces/s')


def main() -> int:
    """Run; returns the exit status."""
    steady_output()
    args = vars(parse_args())
    start = time.perf_counter()
    try:
        annotations = make_dataset(**args, progress=show_progress)
    except (ValueError, OSError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    print_summary(annotations, time.perf_counter() - start)
    print(f'written to {args["out_dir"]}; look at preview.jpg there')
    return 0


if __name__ == '__main__':
    sys.exit(main())
