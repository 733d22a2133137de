"""Build the keypoint graph of a data set and write it as a config fragment.

python tools/build_graph.py CONFIG
python tools/build_graph.py --ann-file COCO_JSON --top-k 3 --out graph.py
"""

import argparse
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mmpose_scgcn.arguments import positive_float, positive_int
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.files import write_text
from mmpose_scgcn.python_text import quote
from mmpose_scgcn.shapes import crop_size
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output
from mmpose_scgcn.visualization import mean_crop

import numpy as np
from rich.progress import track

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmpose_scgcn.datasets import ShapeSet

    from mmengine.config import Config

#: How a file of this tool begins.
_BEGIN = '# Keypoint graph from '


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        'config', nargs='?', help='config whose training set is read'
    )
    parser.add_argument('--ann-file', help='COCO keypoint JSON, instead')
    parser.add_argument(
        '--top-k',
        type=positive_int,
        help="neighbours (default: the head's, or 3)",
    )
    parser.add_argument(
        '--padding',
        type=positive_float,
        help="crop over box size (default: the pipeline's, or 1.25)",
    )
    parser.add_argument(
        '--image-dir',
        type=Path,
        help='folder of the images: draw the graph on their mean',
    )
    parser.add_argument(
        '--out',
        help='fragment to write, .py (default: work_dirs/<name>_graph.py); '
        'its picture has the same name, .png',
    )
    add_config_options(parser)
    args = parser.parse_args()
    if bool(args.config) == bool(args.ann_file):
        parser.error('give either CONFIG or --ann-file')
    if args.config and args.config.endswith('.json'):
        parser.error(f'{args.config} is no config; use --ann-file')
    if args.out and not args.out.endswith('.py'):
        parser.error(f'--out must be a .py file, got {args.out}')
    return args


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    from mmpose_scgcn.datasets import shapes_from_coco
    from mmpose_scgcn.graph import check_graph
    from mmpose_scgcn.visualization import GRAPH_PICTURE, plot_graph

    source = args.config or args.ann_file
    out = Path(args.out or f'work_dirs/{Path(source).stem}_graph.py')
    picture = out.with_suffix('.png')
    try:
        # Before the annotations are read.
        check_file_writable(out)
        check_file_writable(picture)
        _check_own(out, picture, GRAPH_PICTURE)
        shapes, defaults = (
            _from_config(read_config(args.config, args.cfg_options))
            if args.config
            else (shapes_from_coco(args.ann_file, _progress), {})
        )
        if args.top_k is not None:
            defaults['top_k'] = args.top_k
        if args.padding is not None:
            defaults['padding'] = args.padding
        graph = shapes.graph(**defaults)
        background = args.image_dir and _mean_face(
            shapes,
            args.image_dir,
            defaults.get('padding', 1.25),
            defaults.get('aspect_ratio', 1.0),
        )
        title = (
            f'{graph["num_keypoints"]} keypoints, top {graph["top_k"]}, '
            f'{len(shapes)} shapes'
        )
        check_graph(graph)
        write_text(out, fragment(graph, f'{Path(source).name}: {title}'))
        plot_graph(graph, picture, title, background)
    except (OSError, ValueError) as error:
        sys.exit(f'build_graph: {error}')
    print(f'{title}\ngraph:   {out}\npicture: {picture}')


def _check_own(out: Path, picture: Path, mark: str) -> None:
    """Refuse to replace files that this tool did not write.

    Raises:
        FileExistsError: There is such a file.
    """

    def has(path: Path, sign: str) -> bool:
        with path.open('rb') as file:
            return sign.encode() in file.read(1000)

    graph = out.is_file() and has(out, _BEGIN)
    for path, sign in ((out, _BEGIN), (picture, mark)):
        # Pictures of earlier versions have no mark.
        if path.is_file() and not (graph or has(path, sign)):
            raise FileExistsError(
                f'{path} is there, and no graph of this tool; choose another '
                '--out'
            )


def fragment(graph: dict, origin: str) -> str:
    """Format a graph as Python source, a keypoint a line.

    Args:
        graph (dict): The graph.
        origin (str): What it was built from, for the heading.

    Returns:
        str: A config file with one variable, ``graph``.
    """
    rows = {
        key: ''.join(f'        {row},\n' for row in graph[key])
        for key in ('neighbors', 'mean_shape')
    }
    return (
        f'{_BEGIN}{quote(origin)[1:-1]}.\n'
        'graph = dict(\n'
        f'    num_keypoints={graph["num_keypoints"]},\n'
        f'    top_k={graph["top_k"]},\n'
        f'    neighbors=[\n{rows["neighbors"]}    ],\n'
        f'    mean_shape=[\n{rows["mean_shape"]}    ],\n'
        ')\n'
    )


def _from_config(config: 'Config') -> tuple['ShapeSet', dict]:
    """Read the training shapes and what the config says of the graph."""
    from mmpose_scgcn.datasets import collect_shapes
    from mmpose_scgcn.datasets.build import build_split
    from mmpose_scgcn.datasets.pipeline import crop_of

    dataset = build_split(config, 'train')
    padding, aspect_ratio = crop_of(dataset)
    defaults = dict(padding=padding, aspect_ratio=aspect_ratio)
    head = config.model.get('head') or {}
    if 'top_k' in head:
        defaults['top_k'] = head['top_k']
    return collect_shapes(dataset, _progress), defaults


def _mean_face(
    shapes: 'ShapeSet', folder: Path, padding: float, aspect_ratio: float
) -> np.ndarray:
    """Average the crops of up to 200 faces, evenly chosen."""
    chosen = slice(None, None, math.ceil(len(shapes) / 200))
    return mean_crop(
        [_image_in(folder, Path(file)) for file in shapes.files[chosen]],
        shapes.centers[chosen],
        crop_size(shapes.scales[chosen], padding, aspect_ratio),
    )


def _image_in(folder: Path, file: Path) -> Path:
    """Find an image by as much of the end of its path as leads to a file."""
    ends = (Path(*file.parts[start:]) for start in range(len(file.parts)))
    images = (folder / end for end in ends if not end.is_absolute())
    return next((i for i in images if i.is_file()), folder / file.name)


def _progress(items: Iterable) -> Iterable:
    return track(items, description='reading shapes')


if __name__ == '__main__':
    main()
