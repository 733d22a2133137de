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
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING

from mmpose_scgcn.apis import load_model, read_image
from mmpose_scgcn.arguments import fraction, positive_int, seed
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.detection import check_boxes, check_in_image
from mmpose_scgcn.files import write_text
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output

import numpy as np
from rich.console import Console
from rich.progress import track

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmpose_scgcn.apis.face_model import FaceModel

    from mmengine.config import Config

DEFAULT_MODEL = 'face68'

#: Options of each kind of use, and their defaults.
_OF_A_PICTURE = dict(box=None, size=0.35, grid=4)
_OF_A_DATA_SET = dict(
    split='test',
    faces=None,
    area=0.2,
    rectangles=1,
    seed=0,
    resamples=2000,
)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add('image', nargs='?', help='picture with a face')
    text = 'config whose faces are measured'
    add('--data-set', metavar='CONFIG', help=text)
    add('--out', required=True, help='picture, or JSON file')
    add('--model', help=f'a published model (default: {DEFAULT_MODEL})')
    add(
        '--config',
        help='path or name of a config, with --checkpoint (default: that of '
        '--data-set)',
    )
    add('--checkpoint', help='weights of the config')
    _add_picture_options(parser)
    _add_number_options(parser)
    add_config_options(parser)
    args = parser.parse_args()
    _check_model(parser, args)
    _check_out(parser, args)
    _complete(parser, args)
    return args


def _add_picture_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('of a picture').add_argument
    add(
        '--box',
        nargs=4,
        type=float,
        metavar=('X1', 'Y1', 'X2', 'Y2'),
        help='box about the keypoints, image px (default: the surest face '
        'that a detector finds)',
    )
    text = "sides of the occluder, a part of the face's (default: 0.35)"
    add('--size', type=fraction, help=text)
    text = 'places of the occluder along each side (default: 4)'
    add('--grid', type=positive_int, help=text)


def _add_number_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('of a data set').add_argument
    splits = ('val', 'test')
    add('--split', choices=splits, help='of the set (default: test)')
    add('--faces', type=positive_int, help='random faces (default: all)')
    text = "of a rectangle, a part of the crop's (default: 0.2)"
    add('--area', type=fraction, help=text)
    text = 'rectangles for each face, one at a time (default: 1)'
    add('--rectangles', type=positive_int, help=text)
    text = 'of all that is random (default: 0)'
    add('--seed', type=seed, help=text)
    text = 'draws of the bootstrap over faces (default: 2000)'
    add('--resamples', type=positive_int, help=text)


def _check_model(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> None:
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


def _complete(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> None:
    """Refuse the options of the other kind, and fill in the defaults."""
    idle = _OF_A_DATA_SET if args.image else _OF_A_PICTURE
    for name in idle:
        if getattr(args, name) is not None:
            needs = 'needs --data-set' if args.image else 'needs an image'
            parser.error(f'--{name} {needs}')
    for name, default in {**_OF_A_PICTURE, **_OF_A_DATA_SET}.items():
        if getattr(args, name) is None:
            setattr(args, name, default)


def _check_out(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> None:
    """Refuse a file of another kind."""
    from matplotlib.backend_bases import FigureCanvasBase

    suffix = Path(args.out).suffix.lower().lstrip('.')
    formats = FigureCanvasBase.get_supported_filetypes()
    if args.image and suffix not in formats:
        parser.error(
            f'--out must be a picture ({", ".join(sorted(formats))}), got '
            f'{args.out}'
        )
    if args.data_set and suffix != 'json':
        parser.error(f'--out must be a .json file, got {args.out}')


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    try:
        check_file_writable(Path(args.out))  # before the work, not after it
        if args.image and os.path.realpath(args.out) == os.path.realpath(
            args.image
        ):
            raise ValueError(f'--out: {args.out} is the photo itself')
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
    from mmpose_scgcn.analysis import require_dynamic
    from mmpose_scgcn.analysis.face import cover_face
    from mmpose_scgcn.visualization.adjacency import plot_adjacency

    image = read_image(args.image)
    config = args.config and read_config(args.config, args.cfg_options)
    model = load(config or args.model or DEFAULT_MODEL, args.checkpoint)
    require_dynamic(model.model, model.name)
    box = find_face(model, image, args)
    face = cover_face(model, image, box, args.grid, args.size)
    name = Path(args.image).name
    title = f'Dynamic adjacency of {model.name}: {name}'
    plot_adjacency(face, args.out, title)
    told = face.describe()
    if face.covered.any():
        told += '. One face proves nothing: see --data-set'
    print(f'{told}.\nwritten to {args.out}')


def load(source: 'str | Config', checkpoint: str | None) -> 'FaceModel':
    """Load the model, which has to be one of PyTorch.

    Raises:
        FileNotFoundError, ValueError: No such model, or an exported one.
    """
    from mmpose_scgcn.apis.face_model import FaceModel

    model = load_model(source, checkpoint)
    if not isinstance(model, FaceModel):
        raise ValueError(
            '--model: expected a model of PyTorch (a name, or a published '
            f'file), got an exported folder, {source}; give the model that it '
            'was made of'
        )
    return model


def find_face(
    model: 'FaceModel', image: np.ndarray, args: argparse.Namespace
) -> np.ndarray:
    """Give the box of the face that is shown.

    Raises:
        ValueError: The given box is no box or not in the image, or no face
            is found.
    """
    if args.box is not None:
        source = f'--box of {args.image}'
        return check_in_image(check_boxes(args.box, source), image, source)[0]
    boxes, _ = model.detector(image)
    if not len(boxes):
        raise ValueError(
            f'no face found in {args.image}; say where it is: --box X1 Y1 X2 '
            'Y2'
        )
    if len(boxes) > 1:
        print(f'{len(boxes)} faces found; the surest is shown (--box)')
    return boxes[0]


def measure_set(args: argparse.Namespace) -> None:
    """Measure the claim over a data set, print and save what came out.

    Raises:
        FileNotFoundError, ValueError: No data, no such model, or they do not
            fit together.
    """
    from mmpose_scgcn.analysis import without_nan
    from mmpose_scgcn.analysis.claim import measure_claim
    from mmpose_scgcn.datasets.build import build_split

    cfg = read_config(args.data_set, args.cfg_options)
    dataset = build_split(cfg, args.split)
    model = load(model_source(args, cfg), args.checkpoint)
    result = measure_claim(
        model,
        dataset,
        faces=args.faces,
        area=args.area,
        rectangles=args.rectangles,
        resamples=args.resamples,
        seed=args.seed,
        track=_progress,
    )
    given = dict(
        config=args.config or (args.checkpoint and args.data_set),
        checkpoint=args.checkpoint,
        data_set=args.data_set,
        split=args.split,
    )
    content = without_nan({**given, **result})
    write_text(args.out, json.dumps(content, indent=2) + '\n')
    report(result, args.out)


def report(result: dict, out: str) -> None:
    """Print what came out."""
    from mmpose_scgcn.analysis import edge_table, format_estimate

    title = (
        f'{result["model"]}: {result["faces"]} faces, '
        f'{100 * result["area"]:g} % of the crop covered; 95 % intervals over '
        'faces'
    )
    Console(width=120).print(edge_table(result, title))
    print(
        'Sender covered less neither covered: '
        f'{format_estimate(result["difference"])} percentage points; each '
        'edge against the same edge in other faces: '
        f'{format_estimate(result["same_edge"])}.\n{result["conclusion"]}\n'
        f'written to {out}'
    )


def model_source(args: argparse.Namespace, cfg: 'Config') -> 'str | Config':
    """Say what :func:`load_model` loads: a config or a name."""
    if args.config:
        return read_config(args.config, {})
    return cfg if args.checkpoint else args.model or DEFAULT_MODEL


def _progress(items: Iterable) -> Iterable:
    return track(items, description='weighing edges')


if __name__ == '__main__':
    main()
