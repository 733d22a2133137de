"""Draw a model's predictions beside the truth on faces of its test set.

python tools/draw_predictions.py CONFIG CHECKPOINT --out faces.png

Annotated keypoints are green, predicted ones blue. Above each face stand its
error, its id in the annotation file, and the name of its image file.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING

from mmpose_scgcn.apis import read_image
from mmpose_scgcn.apis.writers import write_image
from mmpose_scgcn.arguments import picture_file, positive_int, seed
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.evaluation.functional import resolve_norm
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output
from mmpose_scgcn.visualization import (
    PREDICTED_COLOR,
    TRUE_COLOR,
    draw_comparison,
    face_grid,
)

import numpy as np
from rich.progress import track

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmpose_scgcn.evaluation.face_samples import FaceSample

    from mmengine.config import Config
    from mmengine.dataset import BaseDataset
    from torch import nn

TILE = 288
LEGEND = {'truth': TRUE_COLOR, 'prediction': PREDICTED_COLOR}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add('config', help='path or name of a config')
    add('checkpoint', help='path or address of the weights')
    text = 'picture to write (default: predictions.png)'
    add('--out', type=picture_file, default='predictions.png', help=text)
    text = 'how many faces (default: 24)'
    add('--num', type=positive_int, default=24, help=text)
    add(
        '--select',
        choices=('first', 'random', 'worst'),
        default='random',
        help='which faces; worst predicts the whole test set '
        '(default: random)',
    )
    text = 'of the random choice (default: 0)'
    add('--seed', type=seed, default=0, help=text)
    add(
        '--norm',
        type=norm,
        help='normaliser of the errors: a name, two keypoints such as 36-45, '
        "or two groups of them such as '((36, 39), (42, 45))' (default: that "
        "of the config's test evaluator)",
    )
    add(
        '--stages',
        action='store_true',
        help='of a two-stage estimator: coarse keypoints, second crop, fine '
        'keypoints',
    )
    add_config_options(parser)
    return parser.parse_args()


def norm(text: str) -> str | tuple:
    """Read the name of a normaliser, or its keypoints."""
    pair = re.fullmatch(r'(\d+)-(\d+)', text)
    if pair:
        return (int(pair[1]),), (int(pair[2]),)
    if text[:1] not in '([':
        return text
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError) as error:
        raise argparse.ArgumentTypeError(
            f'expected two keypoints, 36-45, or two groups of them, got '
            f'{text!r}'
        ) from error


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    from mmpose_scgcn.apis import build_model
    from mmpose_scgcn.datasets.build import build_split

    try:
        check_file_writable(Path(args.out))  # before the work
        cfg = read_config(args.config, args.cfg_options)
        dataset = build_split(cfg, 'test')
        model = build_model(cfg, args.checkpoint)
        norm = resolve_norm(
            args.norm or configured_norm(cfg),
            dataset.metainfo['dataset_name'],
        )
        check_norm(norm, dataset.metainfo['num_keypoints'])
        if args.stages and not hasattr(model, 'run_stages'):
            raise ValueError(
                '--stages needs a TwoStageEstimator, got '
                f'{type(model).__name__}'
            )
        draw(model, dataset, norm, args)
    except (OSError, ValueError, UnpicklingError) as error:
        sys.exit(f'draw_predictions: {error}')
    except KeyError as error:  # its str() has quotation marks
        sys.exit(f'draw_predictions: {error.args[0]}')


def check_norm(norm: str | tuple, num_keypoints: int) -> None:
    """Check the keypoints of a normaliser before anything is predicted.

    Raises:
        ValueError: One of them is not there.
    """
    groups = () if isinstance(norm, str) else norm
    wrong = [i for group in groups for i in group if i >= num_keypoints]
    if wrong:
        raise ValueError(
            f'norm: expected keypoints from 0 to {num_keypoints - 1}, got '
            f'{wrong[0]}'
        )


def configured_norm(cfg: 'Config') -> str | tuple:
    """Find the normaliser of the config's test evaluator, or inter-ocular."""
    evaluators = cfg.get('test_evaluator') or []
    if not isinstance(evaluators, list):
        evaluators = [evaluators]
    evaluators = list(evaluators)
    for evaluator in tuple(evaluators):  # of several data sets
        inner = evaluator.get('metrics') or []
        evaluators += inner if isinstance(inner, list) else [inner]
    norms = [e['norm'] for e in evaluators if 'norm' in e]
    return norms[0] if norms else 'inter_ocular'


def draw(
    model: 'nn.Module',
    dataset: 'BaseDataset',
    norm: str | tuple,
    args: argparse.Namespace,
) -> None:
    """Predict the chosen faces, draw them and say where.

    Raises:
        OSError, ValueError: An image cannot be read, or the picture cannot
            be written.
    """
    from mmpose_scgcn.apis import predict_dataset
    from mmpose_scgcn.evaluation.face_scores import score_samples
    from mmpose_scgcn.visualization.stages import STAGES, draw_stages

    indices = candidates(args, len(dataset))
    faces = predict_dataset(model, dataset, indices, track=_progress)
    errors = score_samples(faces, norm).nme
    if args.select == 'worst':
        order = np.argsort(-errors)[: args.num]
        faces, errors = [faces[i] for i in order], errors[order]
        indices = indices[order]
        for face, error in zip(faces, errors, strict=True):
            print(f'NME {100 * error:6.2f} %  id {face.id}  {face.img_path}')
    captions = [caption(*pair) for pair in zip(faces, errors, strict=True)]
    if args.stages:
        tiles = draw_stages(model, dataset, indices, TILE)
        captions = [s for c in captions for s in (*STAGES[:2], f'fine, {c}')]
    else:
        tiles = [draw_face(face) for face in faces]
    grid = face_grid(tiles, captions, size=TILE, legend=LEGEND)
    write_image(Path(args.out), grid)
    print(f'{len(faces)} faces, truth green, prediction blue: {args.out}')


def candidates(args: argparse.Namespace, total: int) -> np.ndarray:
    """Choose the samples that are predicted."""
    from mmpose_scgcn.datasets.build import choose_samples

    if args.select == 'worst':
        return np.arange(total)
    if args.select == 'first':
        return np.arange(min(args.num, total))
    return choose_samples(total, args.num, args.seed)


def caption(face: 'FaceSample', error: float) -> str:
    """Say how wrong a face is, and where it can be found again."""
    name = Path(face.img_path).name
    return f'NME {100 * error:.2f} %, id {face.id}, {name}'


def draw_face(face: 'FaceSample') -> np.ndarray:
    """Draw truth and prediction on the face's box.

    Raises:
        FileNotFoundError, ValueError: The image cannot be read.
    """
    return draw_comparison(
        read_image(face.img_path),
        *(face.box, face.gt, face.pred, face.visible),
        size=TILE,
    )


def _progress(items: Iterable) -> Iterable:
    return track(items, description='predicting')


if __name__ == '__main__':
    main()
