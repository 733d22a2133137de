"""Measure how far to one side of the image a data set's keypoints lie.

python benchmarks/mirror_test.py CONFIG --split test --model face68

Each face of the config's data set is predicted as it is and mirrored, and both
predictions are averaged: by symmetry the average leans to neither side. What
the annotations have beyond it, on average over many faces, is theirs: 1 px for
a file that counts pixels from 1. Only x can be measured so. The keypoints are
compared as the file has them, without the transforms of the config; those of
the jaw are left out.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from mmpose_scgcn import load_model
from mmpose_scgcn.apis import read_image
from mmpose_scgcn.config_files import read_config

import numpy as np
from mmengine.registry import init_default_scope
from rich.progress import track

#: Number of keypoints -> the first that is not of the jaw.
INNER = {68: 17, 98: 33}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', help='path or name of a config')
    parser.add_argument(
        '--split', choices=('train', 'val', 'test'), default='test'
    )
    parser.add_argument('--model', default='face68')
    return parser.parse_args()


def mirror_offset(
    predict: Callable[[np.ndarray, np.ndarray], np.ndarray],
    image: np.ndarray,
    box: np.ndarray,
    keypoints: np.ndarray,
    flip_indices: Sequence[int],
) -> np.ndarray:
    """Measure how far annotated keypoints lie right of the mirrored average.

    Args:
        predict: Gives the keypoints (K, 2) of an image and a box.
        image (np.ndarray): The image, (H, W, 3).
        box (np.ndarray): x1, y1, x2, y2 of the face, image px.
        keypoints (np.ndarray): The annotation, (K, 2), image px.
        flip_indices (Sequence[int]): The partner of each keypoint.

    Returns:
        np.ndarray: (K,), image px; above 0 for an annotation to the right.
    """
    last = image.shape[1] - 1
    x1, y1, x2, y2 = box
    upright = predict(image, box)
    mirrored = predict(
        np.ascontiguousarray(image[:, ::-1]),
        np.array([last - x2, y1, last - x1, y2]),
    )[list(flip_indices)]
    return keypoints[:, 0] - (upright[:, 0] + last - mirrored[:, 0]) / 2


def read_faces(config: str, split: str) -> tuple[list[dict], list[int]]:
    """Read the records of a data set, and its flip partners."""
    from mmpose.registry import DATASETS

    cfg = read_config(config, {})
    init_default_scope('mmpose')
    loader = cfg[f'{split}_dataloader']
    dataset = DATASETS.build({**loader.dataset, 'pipeline': []})
    records = [dataset.get_data_info(index) for index in range(len(dataset))]
    annotations = json.loads(Path(dataset.ann_file).read_text('utf-8'))
    subsets = {
        a['id']: a.get('subset', 'all') for a in annotations['annotations']
    }
    for record in records:
        record['subset'] = subsets[record['id']]
    return records, dataset.metainfo['flip_indices']


def main() -> None:
    """Measure, and print the offsets of each subset."""
    args = parse_args()
    model = load_model(args.model, device='cpu')
    records, partners = read_faces(args.config, args.split)
    offsets: dict[str, list[float]] = {}
    for record in track(records, description='faces'):
        offset = mirror_offset(
            lambda image, box: model(image, boxes=[box]).keypoints[0],
            read_image(record['img_path']),
            record['bbox'][0],
            record['keypoints'][0],
            partners,
        )
        inner = offset[INNER.get(len(offset), 0) :]
        offsets.setdefault(record['subset'], []).append(float(inner.mean()))
    for subset, values in offsets.items():
        error = np.std(values) / len(values) ** 0.5
        print(
            f'{subset}: {len(values)} faces, {np.mean(values):+.2f} px to '
            f'the right, standard error {error:.2f}'
        )


if __name__ == '__main__':
    main()
