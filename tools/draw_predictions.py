"""Draw a model's predictions beside the truth on faces of its test set.

python tools/draw_predictions.py CONFIG CHECKPOINT --out faces.png
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from mmpose.registry import DATASETS
from rich.progress import track

from mmpose_scgcn.evaluation.functional import (
    face_normalizers,
    resolve_norm,
    score_faces,
)
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
from mmpose_scgcn.visualization.predictions import load_model, predict_faces

TILE = 288


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='path or name of a config')
    parser.add_argument('checkpoint', help='path or address of the weights')
    parser.add_argument('--out', default='predictions.png', help='picture')
    parser.add_argument('--num', type=int, default=24, help='faces')
    parser.add_argument(
        '--select',
        choices=('first', 'random', 'worst'),
        default='random',
        help='which faces (worst: of the whole test set)',
    )
    parser.add_argument('--seed', type=int, default=0, help='of random')
    parser.add_argument(
        '--norm', default='inter_ocular', help='normaliser of the errors'
    )
    add_config_options(parser)
    return parser.parse_args()


def main() -> None:
    """Run the command line."""
    args = parse_args()
    try:
        cfg = read_config(args.config, args.cfg_options)
        check_annotations(cfg, 'test_dataloader')
        model = load_model(cfg, args.checkpoint)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(f'draw_predictions: {error}')
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    indices = _candidates(args, len(dataset))
    faces = predict_faces(model, dataset, indices, track=_progress)
    errors = face_errors(faces, args.norm, dataset.metainfo['dataset_name'])
    if args.select == 'worst':
        order = np.argsort(-errors)[: args.num]
        faces, errors = [faces[i] for i in order], errors[order]
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    grid = face_grid(
        [draw_face(face) for face in faces],
        [f'NME {100 * error:.2f} %' for error in errors],
        size=TILE,
    )
    if not cv2.imwrite(args.out, grid):
        sys.exit(f'draw_predictions: cannot write {args.out}')
    print(f'{len(faces)} faces, truth green, prediction red: {args.out}')


def face_errors(faces: list[dict], norm: str, dataset_name: str) -> np.ndarray:
    """Compute the NME of predicted faces.

    Args:
        faces (list[dict]): Records with ``pred``, ``gt``, ``visible``,
            ``box``.
        norm (str): Name of the normaliser.
        dataset_name (str): MMPose's name of the data set.

    Returns:
        np.ndarray: (N,), fractions.
    """
    pred, gt, visible, boxes = (
        np.stack([face[key] for face in faces])
        for key in ('pred', 'gt', 'visible', 'box')
    )
    groups = resolve_norm(norm, dataset_name)
    normalizers = face_normalizers(groups, gt, visible, boxes)
    return score_faces(pred, gt, visible, normalizers).nme


def draw_face(face: dict) -> np.ndarray:
    """Draw truth (green) and prediction (red) on the face's box.

    Raises:
        FileNotFoundError: The image cannot be read.
    """
    image = cv2.imread(face['img_path'])
    if image is None:
        raise FileNotFoundError(f'cannot read image {face["img_path"]}')
    tile, matrix = crop_tile(image, face['box'], TILE)
    for key, color in (('gt', TRUE_COLOR), ('pred', PREDICTED_COLOR)):
        points = face[key][:, :2] @ matrix[:, :2].T + matrix[:, 2]
        visible = face['visible'] if key == 'gt' else None
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
