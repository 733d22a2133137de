"""How much a face detector's boxes cost, against boxes of the annotations.

python benchmarks/boxes.py --model face68
python benchmarks/boxes.py --config CONFIG --checkpoint FILE --name mine

For each data set, each kind of box (of the annotations, of a detector, or of
the annotations and shifted) and number of passes: NME over the faces
that were found, failure rates in which a missed face counts as failed, how
many were missed, and the error relative to that with the annotations' boxes.
And what scores are worth: the error of the tenth of the faces with the lowest
mean score over that of the others. Writes benchmarks/results/boxes_NAME.json
and .md. With ``--time``, on an idle machine, the time for a face is added.
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmpose_scgcn import load_model
from mmpose_scgcn.apis import read_image
from mmpose_scgcn.arguments import positive_int
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.datasets.transforms import PerturbFace
from mmpose_scgcn.detection import build_detector
from mmpose_scgcn.detection.calibration import choose_box
from mmpose_scgcn.evaluation.functional import (
    face_normalizers,
    resolve_norm,
    score_faces,
    summarize_scores,
)
from mmpose_scgcn.structures.conventions import WFLW_AS_300W

import cv2
import numpy as np
import torch
from mmengine.registry import init_default_scope
from rich.progress import track

RESULTS = Path(__file__).parent / 'results'

#: Data set -> config, and its data loader.
SETS = {
    '300W val': (
        'td-reg_cnn6-graph-refinement_1xb32-120e_300w-128x128',
        'val_dataloader',
    ),
    '300W common': (
        'td-reg_cnn6-graph-refinement_1xb32-120e_300w-128x128',
        'test_dataloader',
    ),
    'YTF68 test': (
        'td-reg_cnn6-scgcn_1xb32-60e_ytf68-64x64',
        'test_dataloader',
    ),
}

BOXES = ('annotation', 'yunet', 'haar')
SHIFTED = 'shifted-'

#: Keypoints of 300W and YTF68 lie a pixel to the right (docs/data_sets.md).
ORIGIN = 1


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--model', default='face68')
    parser.add_argument(
        '--config', help='with --checkpoint and --name, for --model'
    )
    parser.add_argument('--checkpoint')
    parser.add_argument('--name', help='in the results, of a --config')
    parser.add_argument('--sets', nargs='+', choices=SETS, default=list(SETS))
    parser.add_argument(
        '--boxes',
        nargs='+',
        default=BOXES,
        help='detectors, annotation, or shifted-10: those of the annotations, '
        'shifted by 10 %% of their longer side (default: %(default)s)',
    )
    parser.add_argument(
        '--passes',
        nargs='+',
        type=positive_int,
        default=[1, 2, 3],
        help='(default: 1 2 3)',
    )
    parser.add_argument('--out-dir', default=str(RESULTS))
    parser.add_argument(
        '--time',
        action='store_true',
        help='measure nothing but the time for a face on one thread, and add '
        'it to the results',
    )
    args = parser.parse_args()
    if len({args.config is None, args.checkpoint is None, not args.name}) > 1:
        parser.error('--config, --checkpoint and --name go together')
    args.name = args.name or args.model
    return args


@dataclass(frozen=True)
class Faces:
    """N annotated faces, one in each image.

    Args:
        files (list[str]): The images.
        keypoints (np.ndarray): (N, K, 2), image px.
        visible (np.ndarray): Boolean (N, K).
        boxes (np.ndarray): (N, 4), image px.
        ids (list[int]): Of the annotations.
    """

    files: list[str]
    keypoints: np.ndarray
    visible: np.ndarray
    boxes: np.ndarray
    ids: list[int]


def read_set(name: str) -> Faces:
    """Read a data set."""
    from mmpose.registry import DATASETS

    config, loader = SETS[name]
    cfg = read_config(config, {})
    init_default_scope('mmpose')
    dataset = DATASETS.build({**cfg[loader].dataset, 'pipeline': []})
    records = [dataset.get_data_info(index) for index in range(len(dataset))]
    keypoints, visible, boxes = (
        np.concatenate([record[key] for record in records])
        for key in ('keypoints', 'keypoints_visible', 'bbox')
    )
    return Faces(
        [record['img_path'] for record in records],
        keypoints[..., :2] - ORIGIN,
        visible > 0,
        boxes,
        [record['id'] for record in records],
    )


def find_boxes(kind: str, faces: Faces) -> np.ndarray:
    """Give the box of each face (N, 4), NaN where it was missed."""
    if kind == 'annotation':
        return faces.boxes
    if kind.startswith(SHIFTED):
        return shift_boxes(faces, float(kind.removeprefix(SHIFTED)) / 100)
    detector = build_detector(kind)
    found = np.full((len(faces.files), 4), np.nan, np.float32)
    for index, file in enumerate(track(faces.files, description=kind)):
        boxes, _ = detector(read_image(file))
        found[index] = choose_box(boxes, faces.boxes[index])
    return found


def shift_boxes(faces: Faces, share: float) -> np.ndarray:
    """Shift each box by a share of its longer side, as the suites do."""
    shift = PerturbFace(shift=share)
    shifted = [
        shift(
            dict(
                id=number,
                img=np.zeros((1, 1, 3), np.uint8),
                keypoints=keypoints[None],
                bbox=box[None],
            )
        )['bbox']
        for number, keypoints, box in zip(
            faces.ids, faces.keypoints, faces.boxes, strict=True
        )
    ]
    return np.concatenate(shifted)


def predict(model, files: list, boxes: np.ndarray, passes: int) -> tuple:
    """Predict (N, K, 2) and (N, K); NaN where there is no box."""
    seen = np.flatnonzero(np.isfinite(boxes).all(1))
    keypoints = np.full((len(files), model.num_keypoints, 2), np.nan)
    scores = np.full((len(files), model.num_keypoints), np.nan)
    for start in track(range(0, len(seen), 32), description='predicting'):
        chosen = seen[start : start + 32]
        faces = model(
            [files[i] for i in chosen],
            boxes=[boxes[i] for i in chosen],
            passes=passes,
        )
        keypoints[chosen] = np.concatenate([f.keypoints for f in faces])
        scores[chosen] = np.concatenate([f.scores for f in faces])
    if model.num_keypoints == 98:
        keypoints, scores = keypoints[:, WFLW_AS_300W], scores[:, WFLW_AS_300W]
    return keypoints, scores


def judge(keypoints: np.ndarray, scores: np.ndarray, faces: Faces) -> dict:
    """Compute the figures of a row, in percent."""
    truth = faces.keypoints, faces.visible
    norm = face_normalizers(
        resolve_norm('inter_ocular', '300w'), *truth, faces.boxes
    )
    judged = score_faces(keypoints, *truth, norm)
    summary = summarize_scores(judged, (0.08, 0.10), 0.10)
    errors = judged.nme
    found = np.isfinite(errors)
    order = np.argsort(scores[found].mean(1))
    tenth = len(order) // 10
    ranked = errors[found][order]
    worst = np.sort(errors[found])[::-1]
    return dict(
        NME=100 * errors[found].mean(),
        median=100 * float(np.median(errors[found])),
        **{
            key: 100 * float(summary[key])
            for key in ('FR@0.08', 'FR@0.10', 'AUC@0.10')
        },
        missed=int((~found).sum()),
        faces=len(errors),
        low_scores=ranked[:tenth].mean() / ranked[tenth:].mean(),
        low_scores_at_best=worst[:tenth].mean() / worst[tenth:].mean(),
    )


def time_faces(model, runs: int = 100) -> dict:
    """Measure milliseconds from an image and a box to keypoints.

    One face at a time on one thread, with the crop and the flip test.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    faces = read_set('300W val')
    images = [read_image(file) for file in faces.files[: runs + 10]]
    times = []
    for image, box in zip(images, faces.boxes, strict=False):
        start = time.perf_counter()
        model(image, boxes=[box])
        times.append(1000 * (time.perf_counter() - start))
    times = np.array(times[10:])
    return dict(
        median=round(float(np.median(times)), 2),
        low=round(float(np.percentile(times, 10)), 2),
        high=round(float(np.percentile(times, 90)), 2),
        runs=len(times),
    )


def table(rows: list[dict], name: str, command: str) -> str:
    """Write the report."""
    lines = [
        f'# Boxes of face detectors: {name}',
        '',
        f'`python benchmarks/boxes.py {command}`; OpenCV '
        f'{cv2.__version__}, PyTorch {torch.__version__}, flip test on, '
        'keypoints of the annotations minus one pixel. All in percent but '
        'ratios and counts. NME and median are over the faces that were '
        'found; in FR and AUC a missed face has failed. The ratio is to the '
        "NME with the annotations' boxes and one pass. The last two columns "
        'are the error of the tenth of the faces with the lowest mean score '
        'over the error of the others, and the same ratio if the scores '
        'ranked the faces by their true errors.',
        '',
        '| data set | boxes | passes | NME | median | FR@0.08 | FR@0.10 | '
        'AUC@0.10 | missed | ratio | low scores | at best |',
        '| --- ' * 12 + '|',
    ]
    for row in rows:
        lines.append(
            f'| {row["set"]} | {row["boxes"]} | {row["passes"]} | '
            f'{row["NME"]:.2f} | {row["median"]:.2f} | {row["FR@0.08"]:.2f} | '
            f'{row["FR@0.10"]:.2f} | {row["AUC@0.10"]:.2f} | '
            f'{row["missed"]} of {row["faces"]} | {row["ratio"]:.3f} | '
            f'{row["low_scores"]:.2f} | {row["low_scores_at_best"]:.2f} |'
        )
    return '\n'.join(lines) + '\n'


def measure(model: Any, args: argparse.Namespace) -> list[dict]:
    """Judge a model on each data set, with each kind of box and passes."""
    rows = []
    for name in args.sets:
        faces = read_set(name)
        base = None
        for kind in args.boxes:
            boxes = find_boxes(kind, faces)
            for passes in args.passes:
                found = predict(model, faces.files, boxes, passes)
                row = judge(*found, faces)
                base = base or row['NME']
                row = dict(set=name, boxes=kind, passes=passes, **row)
                row['ratio'] = row['NME'] / base
                rows.append(row)
                print(row, flush=True)
    return rows


def main() -> None:
    """Run the command line."""
    args = parse_args()
    model = load_model(args.config or args.model, args.checkpoint)
    file = Path(args.out_dir) / f'boxes_{args.name}.json'
    start = time.perf_counter()
    if args.time:
        record = json.loads(file.read_text(encoding='utf-8'))
        record['ms_a_face'] = time_faces(model)
        print(record['ms_a_face'])
    else:
        settings = {k: v for k, v in model.settings.items() if k != 'config'}
        rows = measure(model, args)
        record = dict(model=args.name, settings=settings, rows=rows)
        chosen = f'--model {args.name}'
        if args.config:
            chosen = f'--config {args.config} --checkpoint FILE'
        if tuple(args.boxes) != BOXES:
            chosen += f' --boxes {" ".join(args.boxes)}'
        if args.config:
            chosen += f' --name {args.name}'
        report = table(rows, args.name, chosen)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_suffix('.md').write_text(report, encoding='utf-8')
    file.write_text(json.dumps(record, indent=1) + '\n', encoding='utf-8')
    print(f'{time.perf_counter() - start:.0f} s; {file}')


if __name__ == '__main__':
    main()
