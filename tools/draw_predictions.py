"""Draw a model's predictions beside the truth on faces of its test set.

python tools/draw_predictions.py CONFIG CHECKPOINT --out faces.png
"""

import argparse
import ast
import sys
from collections.abc import Iterable
from pathlib import Path
from pickle import UnpicklingError

from mmpose_scgcn.apis import build_model, predict_dataset
from mmpose_scgcn.evaluation.face_samples import FaceSample
from mmpose_scgcn.evaluation.face_scores import score_samples
from mmpose_scgcn.evaluation.functional import resolve_norm
from mmpose_scgcn.launch import (
    add_config_options,
    check_annotations,
    read_config,
)
from mmpose_scgcn.visualization import (
    PREDICTED_COLOR,
    TRUE_COLOR,
    crop_tile,
    draw_points,
    face_grid,
)
from mmpose_scgcn.visualization.stages import draw_stages

import cv2
import numpy as np
from mmengine.config import Config
from mmpose.registry import DATASETS
from rich.progress import track

TILE = 288


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='path or name of a config')
    parser.add_argument('checkpoint', help='path or address of the weights')
    parser.add_argument('--out', default='predictions.png', help='picture')
    parser.add_argument('--num', type=positive, default=24, help='faces')
    parser.add_argument(
        '--select',
        choices=('first', 'random', 'worst'),
        default='random',
        help='which faces (worst: of the whole test set)',
    )
    parser.add_argument('--seed', type=int, default=0, help='of random')
    parser.add_argument(
        '--norm',
        type=norm,
        help='normaliser of the errors, a name or two groups of keypoints '
        "such as '((36,), (45,))' (default: that of the config's test "
        'evaluator)',
    )
    parser.add_argument(
        '--stages',
        action='store_true',
        help='of a two-stage estimator: coarse keypoints, second crop, fine '
        'keypoints',
    )
    add_config_options(parser)
    args = parser.parse_args()
    if not cv2.haveImageWriter(args.out):
        parser.error(f'--out must be a picture (.png, .jpg), got {args.out}')
    return args


def positive(text: str) -> int:
    """Read a number of faces."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f'expected at least 1, got {text}')
    return int(text)


def norm(text: str) -> str | tuple:
    """Read the name of a normaliser, or its keypoints."""
    return ast.literal_eval(text) if text[:1] in '([' else text


def main() -> None:
    """Run the command line."""
    args = parse_args()
    try:
        cfg = read_config(args.config, args.cfg_options)
        check_annotations(cfg, 'test_dataloader')
        model = build_model(cfg, args.checkpoint)
        dataset = DATASETS.build(cfg.test_dataloader.dataset)
        norm = resolve_norm(
            args.norm or configured_norm(cfg),
            dataset.metainfo['dataset_name'],
        )
    except (FileNotFoundError, ValueError, UnpicklingError) as error:
        sys.exit(f'draw_predictions: {error}')
    except KeyError as error:  # its str() has quotation marks
        sys.exit(f'draw_predictions: {error.args[0]}')
    indices = _candidates(args, len(dataset))
    if args.stages and not hasattr(model, 'run_stages'):
        sys.exit(
            'draw_predictions: --stages needs a TwoStageEstimator, got '
            f'{type(model).__name__}'
        )
    faces = predict_dataset(model, dataset, indices, track=_progress)
    errors = score_samples(faces, norm).nme
    if args.select == 'worst':
        order = np.argsort(-errors)[: args.num]
        faces, errors = [faces[i] for i in order], errors[order]
        indices = indices[order]
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    captions = [f'NME {100 * error:.2f} %' for error in errors]
    if args.stages:
        tiles = draw_stages(model, dataset, indices, TILE)
        captions = [s for c in captions for s in ('coarse', 'second crop', c)]
    else:
        tiles = [draw_face(face) for face in faces]
    grid = face_grid(tiles, captions, size=TILE)
    if not cv2.imwrite(args.out, grid):
        sys.exit(f'draw_predictions: cannot write {args.out}')
    print(f'{len(faces)} faces, truth green, prediction red: {args.out}')


def configured_norm(cfg: Config) -> str | tuple:
    """Find the normaliser of the config's test evaluator, or inter-ocular."""
    evaluators = cfg.get('test_evaluator') or []
    if not isinstance(evaluators, list):
        evaluators = [evaluators]
    norms = [e['norm'] for e in evaluators if 'norm' in e]
    return norms[0] if norms else 'inter_ocular'


def draw_face(face: FaceSample) -> np.ndarray:
    """Draw truth (green) and prediction (red) on the face's box.

    Raises:
        FileNotFoundError: The image cannot be read.
    """
    image = cv2.imread(face.img_path)
    if image is None:
        raise FileNotFoundError(f'cannot read image {face["img_path"]}')
    tile, matrix = crop_tile(image, face.box, TILE)
    for keypoints, color, visible in (
        (face.gt, TRUE_COLOR, face.visible),
        (face.pred, PREDICTED_COLOR, None),
    ):
        points = keypoints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        tile = draw_points(tile, points, color, visible)
    return tile


def _candidates(args: argparse.Namespace, total: int) -> np.ndarray:
    if args.select == 'worst':
        return np.arange(total)
    if args.select == 'first':
        return np.arange(min(args.num, total))
    chosen = np.random.default_rng(args.seed).permutation(total)[: args.num]
    return np.sort(chosen)


def _progress(items: Iterable) -> Iterable:
    return track(items, description='predicting')


if __name__ == '__main__':
    main()
