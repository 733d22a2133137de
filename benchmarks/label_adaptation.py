"""What an adapter gains, by the number of annotated faces it is fitted to.

python benchmarks/label_adaptation.py --model face98-synthetic

Faces are drawn at random from the training faces of a data set, several
times; an adapter is fitted to each draw as tools/adapt_labels.py does it, and
tested on the test faces of the same data set, in boxes of the annotations.
Writes benchmarks/results/label_adaptation_MODEL.json and .md. For a choice
among adapters there is the set '300W val'.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from mmpose_scgcn import load_model
from mmpose_scgcn.adaptation import (
    PENALTIES,
    Adapters,
    LabelPairs,
    choose_penalty,
    cross_validate,
    fit_adapters,
)
from mmpose_scgcn.apis.adapting import describe, flips_of
from mmpose_scgcn.apis.adapting_boxes import predict_faces
from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.benchmark.commit import source_commit
from mmpose_scgcn.datasets.annotated_faces import (
    AnnotatedFaces,
    read_coco_faces,
)
from mmpose_scgcn.evaluation.functional import (
    face_normalizers,
    resolve_norm,
    score_faces,
)
from mmpose_scgcn.structures.conventions import WFLW_AS_300W

import numpy as np
import torch
from mmengine.registry import init_default_scope
from rich.progress import track

RESULTS = Path(__file__).parent / 'results'

#: Data set -> its folder, and the splits that adapters are fitted to and
#: tested on. Both have the 68 keypoints of 300W, counted from 1.
SETS = {
    '300W val': ('300w', 'train', 'val'),
    '300W common': ('300w', 'train', 'test_common'),
    'YTF68 test': ('ytf68', 'train', 'test'),
}
ORIGIN = 1
METAINFO = 'configs/_base_/datasets/300w.py'

#: Faces of a draw -> draws; the last is all of them.
DRAWS = {20: 10, 50: 10, 100: 10, 200: 10, 500: 5}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--model', default='face98-synthetic')
    parser.add_argument('--config', help='with --checkpoint, for --model')
    parser.add_argument('--checkpoint')
    parser.add_argument('--data', default='data', help='folder of the sets')
    parser.add_argument('--sets', nargs='+', choices=SETS, required=True)
    parser.add_argument('--out-dir', default=str(RESULTS))
    return parser.parse_args()


class FittedSet:
    """A data set with the model's predictions, each made once.

    Args:
        model (FaceModel): The model.
        folder (Path): Of the annotation files.
        name (str): Of the data set, in their names.
        splits (tuple[str, str]): To fit to, and to test on.
    """

    def __init__(
        self,
        model: FaceModel,
        folder: Path,
        name: str,
        splits: tuple[str, str],
    ) -> None:
        files = [folder / f'face_landmarks_{name}_{s}.json' for s in splits]
        faces = [
            read_coco_faces(file, metainfo=METAINFO, origin=ORIGIN)
            for file in files
        ]
        self.train, self.found = predict_all(model, faces[0])
        self.test, self.test_found = predict_all(model, faces[1])
        own = model.model.dataset_meta
        self.pairs = LabelPairs(
            self.found,
            self.train.keypoints,
            self.train.visible,
            *flips_of(own, describe(self.train)),
        )

    def fit(self, chosen: np.ndarray) -> tuple[Adapters, int, float]:
        """Fit to some of the faces.

        Returns:
            tuple[Adapters, int, float]: The adapters, the place of the
            chosen one, and its error in cross-validation, percent.
        """
        pairs = self.pairs.choose(chosen)
        groups = [person(self.train.files[n]) for n in chosen]
        held_out = cross_validate(pairs, groups)
        place = choose_penalty(held_out, pairs)
        few = self.train.without(
            dict.fromkeys(set(range(len(self.train))) - {*chosen}, '')
        )
        order = np.argsort(chosen)  # as the faces that are left
        error = measure(held_out[place][order], few)['NME']
        return fit_adapters(pairs), place, error


def predict_all(
    model: FaceModel, faces: AnnotatedFaces
) -> tuple[AnnotatedFaces, np.ndarray]:
    """Predict faces in their own boxes; those that could not be are gone."""
    found, reasons = predict_faces(
        model, faces, faces.boxes, lambda items, name: track(items, name)
    )
    return faces.without(reasons), found


def person(file: Path) -> str:
    """Tell the person of YTF68, and the picture of 300W, from its name."""
    stem, _, number = file.stem.rpartition('_')
    return stem if stem and number.isdigit() else file.stem


def measure(found: np.ndarray, faces: AnnotatedFaces) -> dict[str, float]:
    """Compare keypoints (N, 68, 2) with the annotations, in percent."""
    norm = face_normalizers(
        resolve_norm('inter_ocular', '300w'),
        faces.keypoints,
        faces.visible,
        faces.boxes,
    )
    scores = score_faces(found, faces.keypoints, faces.visible, norm)
    return {
        'NME': 100 * float(scores.nme.mean()),
        'FR@0.10': 100 * float((scores.nme > 0.10).mean()),
    }


def rows_of(data: FittedSet, name: str) -> list[dict]:
    """Fit to more and more faces, and test."""
    plain = data.test_found
    if plain.shape[1] == 98:
        plain = plain[:, WFLW_AS_300W]
    rows = [dict(set=name, faces=0, draws=1, **measure(plain, data.test))]
    for count, draws in {**DRAWS, len(data.train): 1}.items():
        start = time.perf_counter()
        found = [draw(data, count, seed) for seed in range(draws)]
        row = dict(set=name, faces=count, draws=draws, **summarize(found))
        rows.append(row)
        print(row, f'{time.perf_counter() - start:.0f} s', flush=True)
    return rows


def draw(data: FittedSet, count: int, seed: int) -> dict[str, float]:
    """Fit to a draw of faces, and test."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(data.train))[:count]
    adapters, place, expected = data.fit(chosen)
    adapted = adapters(data.test_found)
    return dict(
        **measure(adapted[place], data.test),
        offset=measure(adapted[-1], data.test)['NME'],
        expected=expected,
        penalty=PENALTIES[place],
    )


def summarize(found: list[dict[str, float]]) -> dict:
    """Average over the draws; with the standard deviation of the NME."""
    values = {key: [one[key] for one in found] for key in found[0]}
    row = {key: statistics.mean(values[key]) for key in values}
    row['penalty'] = statistics.median(values['penalty'])
    if len(found) > 1:
        row['std'] = statistics.stdev(values['NME'])
        row['offset_std'] = statistics.stdev(values['offset'])
    return row


def table(record: dict) -> str:
    """Write the report."""
    model = record['model']
    sets = ' '.join(repr(name) for name in record['sets'])
    lines = [
        f'# Adapters by the number of faces: {model}',
        '',
        f'`python benchmarks/label_adaptation.py --model {model} --sets '
        f'{sets}` at {record["commit"]}, PyTorch {torch.__version__}, flip '
        'test on, boxes of the annotations, keypoints of the annotations '
        'minus one pixel; draws with seeds from 0. NME and FR@0.10 in '
        'percent, mean over the draws ± standard deviation. "Offset" is an '
        'offset for each keypoint alone, and "expected" the NME that '
        'cross-validation on the drawn faces tells. No faces: the model as it '
        'is (its 68 of 98 keypoints, if it has 98). The last row of a set is '
        'of all its training faces.',
        '',
        '| tested on | faces | draws | NME | FR@0.10 | offset: NME | expected '
        '| lambda, median |',
        '| --- ' * 8 + '|',
    ]
    lines += [_line(row) for row in record['rows']]
    return '\n'.join(lines) + '\n'


def _line(row: dict) -> str:
    """Write a row of the table."""
    cells = [row['set'], row['faces'], row['draws'], _mean(row, 'NME', 'std')]
    cells.append(f'{row["FR@0.10"]:.2f}')
    if row['faces']:
        cells += [
            _mean(row, 'offset', 'offset_std'),
            f'{row["expected"]:.2f}',
            f'{row["penalty"]:.2g}',
        ]
    else:
        cells += [''] * 3
    return '| ' + ' | '.join(map(str, cells)) + ' |'


def _mean(row: dict, name: str, std: str) -> str:
    spread = f' ± {row[std]:.2f}' if std in row else ''
    return f'{row[name]:.2f}{spread}'


def main() -> None:
    """Run the command line."""
    args = parse_args()
    commit = source_commit()  # files may change while it runs
    torch.set_num_threads(1)
    init_default_scope('mmpose')
    model = load_model(args.config or args.model, args.checkpoint, 'cpu')
    rows = []
    for name in args.sets:
        folder, *splits = SETS[name]
        data = FittedSet(model, Path(args.data, folder), folder, (*splits,))
        rows += rows_of(data, name)
    record = dict(
        model=args.model,
        commit=commit,
        settings={k: v for k, v in model.settings.items() if k != 'config'},
        sets=args.sets,
        rows=rows,
    )
    out = Path(args.out_dir)
    out.mkdir(parents=True, exist_ok=True)
    stem = f'label_adaptation_{args.model}'
    text = json.dumps(record, indent=1, default=str)
    (out / f'{stem}.json').write_text(text + '\n', encoding='utf-8')
    (out / f'{stem}.md').write_text(table(record), encoding='utf-8')
    print(out / f'{stem}.md')


if __name__ == '__main__':
    main()
