"""Show which poses a training set has, before and after balancing.

python tools/analyze_poses.py CONFIG --out poses.png

One picture: the histogram of the pose coefficient, the mean shape along the
component, and faces of each bin. If the faces do not turn from one side to
the other, the leading component is not yaw: try --component 1.
"""

import argparse
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mmpose_scgcn.apis import read_image
from mmpose_scgcn.arguments import natural_int, picture_file, positive_int
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.datasets.readers import read_points
from mmpose_scgcn.datasets.settings import type_name
from mmpose_scgcn.shapes import balanced_counts
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output
from mmpose_scgcn.visualization import crop_tile

import numpy as np
from rich.progress import track

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmpose_scgcn.datasets import DatasetPoses

    from mmengine.config import Config

TILE = 128  # px
OPTIONS = ('num_bins', 'component', 'use_abs', 'max_repeats')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('config', help='path or name of a config')
    add('--num-bins', type=positive_int, help="(default: the sampler's, or 9)")
    add('--component', type=natural_int, help="(default: the sampler's, or 0)")
    add(
        '--use-abs',
        action=argparse.BooleanOptionalAction,
        help="fold left and right (default: the sampler's, or not)",
    )
    add(
        '--max-repeats',
        type=positive_int,
        help="(default: the sampler's, or none)",
    )
    add(
        '--faces', type=natural_int, default=4, help='examples of each bin (4)'
    )
    text = 'picture (default: work_dirs/<config>_poses.png)'
    add('--out', type=picture_file, help=text)
    add_config_options(parser)
    return parser.parse_args()


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    from mmpose_scgcn.datasets import dataset_poses
    from mmpose_scgcn.datasets.build import build_split
    from mmpose_scgcn.visualization import plot_poses

    try:
        cfg = read_config(args.config, args.cfg_options)
        name = Path(cfg.filename).stem
        out = Path(args.out or f'work_dirs/{name}_poses.png')
        check_file_writable(out)
        dataset = build_split(cfg, 'train')
        options = settings(cfg, args)
        limit = options.pop('max_repeats', None)
        poses = dataset_poses(dataset, **options, track=_reading)
        before = np.bincount(poses.bins[poses.bins >= 0], None, _size(poses))
        after = balanced_counts(before, limit)
        faces = read_faces(dataset, poses, args.faces)
    except (OSError, ValueError) as error:
        sys.exit(f'analyze_poses: {error}')
    title = (
        f'{name}: {_counted(poses)}, component {options.get("component", 0)}'
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    plot_poses(poses.axis, poses.edges, before, after, faces, out, title)
    print(f'{title}\n    from       to  samples    draws')
    rows = zip(pairwise(poses.edges), before, after, strict=True)
    for (low, high), samples, draws in rows:
        print(f'{low:8.3f} {high:8.3f} {samples:8d} {draws:8d}')
    print(f'picture: {out}')


def settings(cfg: 'Config', args: argparse.Namespace) -> dict:
    """Take options from the command line, else from the config's sampler."""
    sampler = cfg.train_dataloader.get('sampler') or {}
    ours = type_name(sampler) == 'PoseBalancedSampler'
    options = {k: sampler[k] for k in OPTIONS if ours and k in sampler}
    given = {k: getattr(args, k) for k in OPTIONS}
    return options | {k: v for k, v in given.items() if v is not None}


def read_faces(
    dataset, poses: 'DatasetPoses', count: int
) -> list[list[np.ndarray]]:
    """Cut faces of each bin, evenly chosen.

    Raises:
        FileNotFoundError: An image cannot be read.
    """
    from mmpose_scgcn.datasets.wrappers import samples_of

    samples = samples_of(dataset)
    faces = []
    for number in track(range(_size(poses)), description='reading faces'):
        members = np.flatnonzero(poses.bins == number)
        places = np.linspace(0, len(members) - 1, min(count, len(members)))
        chosen = members[places.round().astype(int)]
        faces.append([_face(samples[index].read()) for index in chosen])
    return faces


def _face(info: dict) -> np.ndarray:
    """Cut a face about its visible keypoints, px."""
    image = read_image(info['img_path'])
    (keypoints,), (visible,) = read_points(info)
    seen = keypoints[visible]
    box = np.concatenate([seen.min(axis=0), seen.max(axis=0)])
    return crop_tile(image, box, TILE)[0]


def _counted(poses: 'DatasetPoses') -> str:
    """Say how many samples there are, and how many have no pose."""
    unusable = int((poses.bins < 0).sum())
    text = f'{len(poses.bins)} samples'
    # Fewer than three visible keypoints, or no single instance.
    return text + (f' ({unusable} without a pose)' if unusable else '')


def _size(poses: 'DatasetPoses') -> int:
    return len(poses.edges) - 1


def _reading(items: Iterable) -> Iterable:
    return track(items, description='reading shapes')


if __name__ == '__main__':
    main()
