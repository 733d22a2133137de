"""Show what a model's dynamic adjacency does when parts of a face are covered.

One face, as a picture: the weights of the edges, and how they change while a
grey rectangle moves over the face:

python tools/explain.py photo.jpg --out explain.png

A data set, as numbers: whether edges out of covered keypoints lose weight:

python tools/explain.py --data-set CONFIG --split test --out numbers.json

The model is `face68`, another one by --model, or yours by --config and
--checkpoint.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from pickle import UnpicklingError

from mmpose_scgcn.analysis import (
    compare_edges,
    cover_faces,
    describe_claim,
    edge_table,
    format_estimate,
    grid_rectangles,
    points_inside,
    require_dynamic,
    without_nan,
)
from mmpose_scgcn.apis import load_model, read_image
from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.launch import (
    add_config_options,
    check_annotations,
    read_config,
)
from mmpose_scgcn.structures.boxes import tight_boxes, visible_share
from mmpose_scgcn.visualization.adjacency import change_summary, plot_adjacency

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from mmengine.config import Config
from mmpose.registry import DATASETS
from rich.console import Console
from rich.progress import track

DEFAULT_MODEL = 'face68'
GREY = 128


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('image', nargs='?', help='picture with a face')
    parser.add_argument(
        '--data-set', metavar='CONFIG', help='config whose faces are measured'
    )
    parser.add_argument('--out', required=True, help='picture, or JSON file')
    parser.add_argument(
        '--model', help=f'a published model (default: {DEFAULT_MODEL})'
    )
    parser.add_argument(
        '--config',
        help='path or name of a config, with --checkpoint (default: that of '
        '--data-set)',
    )
    parser.add_argument('--checkpoint', help='weights of the config')
    picture = parser.add_argument_group('of a picture')
    picture.add_argument(
        '--box',
        nargs=4,
        type=float,
        metavar=('X1', 'Y1', 'X2', 'Y2'),
        help='box about the keypoints, image px (default: the surest face '
        'that a detector finds)',
    )
    picture.add_argument(
        '--size',
        type=share,
        default=0.35,
        help="sides of the occluder, a part of the face's (default: 0.35)",
    )
    picture.add_argument(
        '--grid',
        type=positive,
        default=4,
        help='places of the occluder along each side (default: 4)',
    )
    numbers = parser.add_argument_group('of a data set')
    numbers.add_argument(
        '--split', choices=('val', 'test'), default='test', help='of the set'
    )
    numbers.add_argument(
        '--faces', type=positive, help='random faces (default: all)'
    )
    numbers.add_argument(
        '--area',
        type=share,
        default=0.2,
        help="of a rectangle, a part of the crop's (default: 0.2)",
    )
    numbers.add_argument(
        '--rectangles',
        type=positive,
        default=1,
        help='rectangles for each face, one at a time (default: 1)',
    )
    numbers.add_argument(
        '--seed', type=whole, default=0, help='of all that is random'
    )
    numbers.add_argument(
        '--resamples',
        type=positive,
        default=2000,
        help='draws of the bootstrap over faces (default: 2000)',
    )
    add_config_options(parser)
    args = parser.parse_args()
    _check(parser, args)
    return args


def _check(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if (args.image is None) == (args.data_set is None):
        parser.error('expected either an image or --data-set CONFIG')
    if args.model and (args.config or args.checkpoint):
        parser.error('expected either --model, or --config and --checkpoint')
    # A data set's config may be the model's, too.
    named = args.config or (args.checkpoint and args.data_set)
    if bool(named) != bool(args.checkpoint):
        parser.error('--config and --checkpoint go together')
    if args.cfg_options and not (args.config or args.data_set):
        parser.error('--cfg-options needs --config or --data-set')
    suffix = Path(args.out).suffix.lower().lstrip('.')
    formats = FigureCanvasBase.get_supported_filetypes()
    if args.image and suffix not in formats:
        parser.error(
            f'--out must be a picture ({", ".join(sorted(formats))}), got '
            f'{args.out}'
        )
    if args.data_set and suffix != 'json':
        parser.error(f'--out must be a .json file, got {args.out}')


def positive(text: str) -> int:
    """Read a number of things."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f'expected at least 1, got {text}')
    return int(text)


def whole(text: str) -> int:
    """Read a seed."""
    if int(text) < 0:
        raise argparse.ArgumentTypeError(f'expected at least 0, got {text}')
    return int(text)


def share(text: str) -> float:
    """Read a fraction."""
    if not 0 < float(text) <= 1:
        raise argparse.ArgumentTypeError(f'expected (0, 1], got {text}')
    return float(text)


def main() -> None:
    """Run the command line."""
    args = parse_args()
    try:
        run = explain_face if args.image else measure_set
        run(args)
    except (OSError, ValueError, RuntimeError, UnpicklingError) as error:
        sys.exit(f'explain: {error}')
    except KeyError as error:  # its str() has quotation marks
        sys.exit(f'explain: {error.args[0]}')


def explain_face(args: argparse.Namespace) -> None:
    """Draw the adjacency of one face.

    Raises:
        FileNotFoundError, ValueError: See :func:`find_face`; or the model has
            no dynamic adjacency.
    """
    image = read_image(args.image)
    config = args.config and read_config(args.config, args.cfg_options)
    model = load_model(config or args.model or DEFAULT_MODEL, args.checkpoint)
    neighbors = require_dynamic(model.model, model.name)
    box = find_face(model, image, args)
    face = model(image, boxes=[box])
    height, width = image.shape[:2]
    keypoints = face.keypoints[0]
    places = grid_rectangles(
        tight_boxes(keypoints[None])[0], args.grid, args.size, (width, height)
    )
    images = [image] + [cover_image(image, place) for place in places]
    faces = model(images, boxes=[[box]] * len(images), with_edges=True)
    before, *after = [face.edges[0] for face in faces]
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    plot_adjacency(
        *(image, keypoints, neighbors, before),
        *(images[1:], places, np.stack(after), args.out),
        title=f'Dynamic adjacency of {model.name}: {Path(args.image).name}',
    )
    covered = [points_inside(keypoints, place) for place in places]
    means = [
        change_summary(100 * (weights - before), neighbors, under)[0]
        for weights, under in zip(after, covered, strict=True)
        if under.any()
    ]
    told = 'The occluder covers no keypoint'
    if means:
        told = (
            f'{len(means)} of {len(places)} places cover keypoints; in '
            f'{sum(mean < 0 for mean in means)} of them the edges out of '
            'those lose weight on average. One face proves nothing: see '
            '--data-set'
        )
    print(f'{told}.\nwritten to {args.out}')


def find_face(
    model: FaceModel, image: np.ndarray, args: argparse.Namespace
) -> np.ndarray:
    """Give the box of the face that is shown.

    Raises:
        ValueError: The given box is no box or not in the image, or no face
            is found.
    """
    height, width = image.shape[:2]
    if args.box is None:
        boxes, _ = model.detector(image)
        if not len(boxes):
            raise ValueError(
                f'no face found in {args.image}; say where it is: --box X1 '
                'Y1 X2 Y2'
            )
        if len(boxes) > 1:
            print(f'{len(boxes)} faces found; the surest is shown (--box)')
        return boxes[0]
    box = np.array(args.box)
    if not (np.isfinite(box).all() and (box[2:] > box[:2]).all()):
        raise ValueError(
            '--box: expected X1 Y1 X2 Y2 with X1 < X2 and Y1 < Y2, got '
            f'{args.box}'
        )
    if visible_share(box[None], (width, height))[0] == 0:
        raise ValueError(
            f'--box {args.box} is outside of {args.image}, which has '
            f'{width} x {height} px'
        )
    return box


def cover_image(image: np.ndarray, rectangle: np.ndarray) -> np.ndarray:
    """Paint a grey rectangle on a copy of an image."""
    left, top, right, bottom = rectangle
    covered = image.copy()
    covered[top:bottom, left:right] = GREY
    return covered


def measure_set(args: argparse.Namespace) -> None:
    """Measure the claim over a data set, print and save what came out.

    Raises:
        FileNotFoundError, ValueError: No data, no such model, or they do not
            fit together.
    """
    cfg = read_config(args.data_set, args.cfg_options)
    loader = f'{args.split}_dataloader'
    if not cfg.get(loader):
        raise ValueError(f'{args.data_set} has no {loader}')
    check_annotations(cfg, loader)
    model = load_model(model_source(args, cfg), args.checkpoint)
    neighbors = require_dynamic(model.model, model.name)
    dataset = DATASETS.build(cfg[loader].dataset)
    indices = np.arange(len(dataset))
    if args.faces and args.faces < len(dataset):
        rng = np.random.default_rng(args.seed)
        indices = np.sort(rng.permutation(len(dataset))[: args.faces])
    found = cover_faces(
        *(model.model, dataset, indices, args.area, args.rectangles),
        seed=args.seed,
        track=_progress,
    )
    result = compare_edges(
        neighbors=neighbors,
        resamples=args.resamples,
        seed=args.seed,
        **found,
    )
    sentence = describe_claim(result)
    report = dict(
        model=model.name,
        config=args.config or (args.checkpoint and args.data_set),
        checkpoint=args.checkpoint,
        data_set=args.data_set,
        split=args.split,
        seed=args.seed,
        area=args.area,
        rectangles=args.rectangles,
        resamples=args.resamples,
        confidence=0.95,
        faces=len(indices),
        keypoints=len(neighbors),
        edges_per_face=int(neighbors[:, 1:].size),
        covered_keypoints=float(found['covered'].mean()),
        units='weights in percent, changes in percentage points, relative '
        'changes and shares as fractions',
        **result,
        conclusion=sentence,
    )
    path = Path(args.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(without_nan(report), indent=2) + '\n')
    title = (
        f'{model.name}: {len(indices)} faces, {100 * args.area:g} % of the '
        'crop covered; 95 % intervals over faces'
    )
    Console(width=120).print(edge_table(result, title))
    print(
        'Sender covered less neither covered: '
        f'{format_estimate(result["difference"])} percentage points; each '
        'edge against the same edge in other faces: '
        f'{format_estimate(result["same_edge"])}.\n{sentence}\nwritten to '
        f'{path}'
    )


def model_source(args: argparse.Namespace, cfg: Config) -> str | Config:
    """Say what :func:`load_model` loads: a config or a name."""
    if args.config:
        return read_config(args.config, {})
    return cfg if args.checkpoint else args.model or DEFAULT_MODEL


def _progress(items: Iterable) -> Iterable:
    return track(items, description='weighing edges')


if __name__ == '__main__':
    main()
