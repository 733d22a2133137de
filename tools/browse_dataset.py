"""Draw samples of a data set as the network is fed them.

python tools/browse_dataset.py CONFIG --out batch.png

Keypoints with their indices after the config's pipeline; lines join flip
partners, the one with the smaller index orange, the other blue, keypoints
without a partner green; hollow ones have no weight. An index must be on the
same side in every tile, flipped or not. White: the annotated box.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from mmpose_scgcn.apis.writers import write_image
from mmpose_scgcn.arguments import picture_file, positive_int, seed
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.datasets.preparation import mirror_distances
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output
from mmpose_scgcn.visualization import face_grid

import numpy as np
from rich.progress import track

# Mirrored partners of symmetric shapes coincide but for the spread of poses.
FAR = 0.25


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('config', help='path or name of a config')
    splits = ('train', 'val', 'test')
    add('--split', choices=splits, default='train', help='(default: train)')
    text = 'picture to write (default: samples.png)'
    add('--out', type=picture_file, default='samples.png', help=text)
    add('--num', type=positive_int, default=12, help='samples (12)')
    text = 'which samples (random)'
    add('--select', choices=('first', 'random'), default='random', help=text)
    add(
        '--seed',
        type=seed,
        default=0,
        help='of samples and augmentation (0)',
    )
    add('--size', type=positive_int, default=384, help='px of a tile (384)')
    add(
        '--stage',
        choices=('input', 'transformed'),
        default='transformed',
        help='as annotated, or after the pipeline (transformed)',
    )
    add_config_options(parser)
    return parser.parse_args()


def choose(args: argparse.Namespace, total: int) -> np.ndarray:
    """Choose samples."""
    from mmpose_scgcn.datasets.build import choose_samples

    if args.select == 'first':
        return np.arange(min(args.num, total))
    return choose_samples(total, args.num, args.seed)


def draw(
    dataset, indices: Iterable[int], args: argparse.Namespace
) -> np.ndarray:
    """Draw a grid of samples."""
    # Here, not above: `-h` has to be quick.
    from mmpose_scgcn.datasets.pipeline import run_pipeline
    from mmpose_scgcn.visualization.samples import draw_annotation, draw_crop

    from mmengine.runner import set_random_seed

    tiles, captions = [], []
    for index in track(list(indices), description='drawing'):
        if args.stage == 'input':
            results = dataset.get_data_info(int(index))
            tiles.append(draw_annotation(results, args.size))
        else:
            set_random_seed((args.seed + int(index)) % 2**32)
            results = run_pipeline(dataset, int(index))
            tiles.append(draw_crop(results, args.size))
        flipped = ' flipped' if results.get('flip') else ''
        name = Path(results['img_path']).name
        captions.append(f'{results.get("id")}{flipped} {name}')
    columns = max(1, min(6, round(len(tiles) ** 0.5 * 1.2)))
    return face_grid(tiles, captions, columns, args.size)


def report(dataset) -> None:
    """Say what the data set is, and warn of suspicious flip partners."""
    meta = dataset.metainfo
    partners = np.asarray(meta['flip_indices'])
    count = len(partners)
    pairs = int((partners > np.arange(count)).sum())
    print(
        f'{meta["dataset_name"]}: {len(dataset)} samples, {count} keypoints, '
        f'{pairs} flip pairs'
    )
    for warning in partner_warnings(dataset, partners):
        print(f'warning: {warning}', file=sys.stderr)


def partner_warnings(dataset, partners: np.ndarray) -> list[str]:
    """Find what is wrong with flip partners."""
    index = np.arange(len(partners))
    if (partners == index).all():
        return ['no flip partners: a pipeline must not flip']
    lost = index[partners[partners] != index]
    if len(lost):
        return [f'partners are not mutual: keypoints {lost.tolist()}']
    from mmpose_scgcn.datasets import collect_shapes

    shapes = collect_shapes(dataset)
    if shapes.keypoints.shape[1] != len(partners):
        return [
            f'the metainfo has {len(partners)} keypoints, the annotations '
            f'{shapes.keypoints.shape[1]}'
        ]
    distance = mirror_distances(shapes.keypoints, shapes.visible)
    far = index[distance[index, partners] > FAR]
    return [
        f'keypoints {i} and {partners[i]} are partners, but lie '
        f'{distance[i, partners[i]]:.2f} of the mean shape apart once mirrored'
        for i in far
        if i <= partners[i]
    ]


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    from mmpose_scgcn.datasets.build import build_split

    try:
        check_file_writable(Path(args.out))
        cfg = read_config(args.config, args.cfg_options)
        dataset = build_split(cfg, args.split)
        report(dataset)
        grid = draw(dataset, choose(args, len(dataset)), args)
        write_image(Path(args.out), grid)
    except (OSError, ValueError) as error:
        sys.exit(f'browse_dataset: {error}')
    print(f'written to {args.out}')


if __name__ == '__main__':
    main()
