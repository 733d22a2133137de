"""Measure how a face detector's boxes relate to the keypoints' boxes.

python tools/calibrate_detector.py yunet haar --config CONFIG --out boxes.json

A model must get boxes of the kind that it was trained with. This measures, on
the training faces of a config, where the box about the keypoints lies in a
detector's box, and writes it for ``tools/predict.py --det-mapping``. The
detector is ``yunet``, ``haar``, a YuNet file, a config of MMDetection, or a
function of your own as ``MODULE:FUNCTION``. The file has each under the name
that you give here; give ``tools/predict.py --det-model`` the same.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from mmpose_scgcn.apis import read_image
from mmpose_scgcn.arguments import positive_int
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.detection import (
    BoxMapping,
    FaceDetector,
    build_detector,
    measure,
)
from mmpose_scgcn.detection.calibration import mapping_of
from mmpose_scgcn.files import read_json, write_text
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.structures.boxes import box_iou, tight_boxes
from mmpose_scgcn.terminal import steady_output

import numpy as np
from rich.console import Console
from rich.progress import track


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('detectors', nargs='+', help='what to measure')
    parser.add_argument(
        '--config',
        default='td-reg_cnn6-graph-refinement_1xb32-120e_300w-128x128',
        help='whose faces (default: 300W at 128 px)',
    )
    parser.add_argument(
        '--split',
        choices=('train', 'val', 'test'),
        default='train',
        help='which of its data sets (default: train)',
    )
    parser.add_argument(
        '--every', type=positive_int, default=1, help='take every n-th face'
    )
    parser.add_argument('--out', help='JSON file to write or to add to')
    add_config_options(parser)
    return parser.parse_args()


def name_and_detector(text: str) -> tuple[str, FaceDetector]:
    """Make a detector that leaves its boxes as they are.

    Its name is the text, so that detectors of one kind have names of their
    own. That of ``auto`` is the kind that was chosen on this machine.

    Raises:
        ValueError, ImportError, FileNotFoundError: There is none.
    """
    unmapped = BoxMapping()
    module, colon, function = text.partition(':')
    if colon and not Path(text).exists():
        sys.path.insert(0, '')
        spec = getattr(import_module(module), function)
        return text, build_detector(spec, unmapped)
    detector = build_detector(text, unmapped)
    return detector.kind if text == 'auto' else text, detector


def make_detectors(texts: list[str]) -> dict[str, FaceDetector]:
    """Make detectors by their names.

    Raises:
        ValueError: One is given twice; see also :func:`name_and_detector`.
    """
    detectors: dict[str, FaceDetector] = {}
    for text in texts:
        name, detector = name_and_detector(text)
        if name in detectors:
            raise ValueError(f'the detector {name} is given more than once')
        detectors[name] = detector
    return detectors


def read_faces(cfg, split: str, every: int) -> tuple[list, np.ndarray]:
    """Read image files and the boxes about the annotated keypoints (N, 4).

    Faces without an annotated keypoint are left out, and counted in words.

    Raises:
        ValueError: No face has one.
    """
    # Here, not above: `-h` has to be quick.
    from mmpose_scgcn.datasets.build import build_split
    from mmpose_scgcn.datasets.readers import read_points
    from mmpose_scgcn.datasets.wrappers import samples_of

    samples = list(dict.fromkeys(samples_of(build_split(cfg, split))))
    records = [sample.read() for sample in samples[::every]]
    files, boxes = [], []
    for record in records:
        keypoints, visible = read_points(record)
        if visible[0].any():
            files.append(record['img_path'])
            boxes.append(tight_boxes(keypoints[:1, visible[0]])[0])
    if not boxes:
        raise ValueError(f'no face of {split} has an annotated keypoint')
    if len(files) < len(records):
        print(
            f'{len(records) - len(files)} of {len(records)} faces are left '
            'out: they have no annotated keypoint'
        )
    return files, np.stack(boxes)


def read_table(path: Path) -> dict:
    """Read a file that is added to.

    Raises:
        ValueError: It holds something else.
    """
    told = (
        f'{path} is there and holds something else than measurements of '
        'detectors; choose another --out'
    )
    try:
        table = read_json(path)
        for record in table.values():
            mapping_of(record)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(told) from error
    except ValueError as error:
        raise ValueError(f'{told}: {error}') from error
    return table


def find_all(
    detector: FaceDetector, files: list, name: str
) -> Iterator[np.ndarray]:
    """Run the detector, with a progress bar on standard error."""
    console = Console(stderr=True)
    for file in track(files, description=name, console=console):
        yield detector(read_image(file))[0]


def show(
    name: str, record: dict, boxes: np.ndarray, wanted: np.ndarray
) -> None:
    """Print a measurement and what it gains."""
    found = np.isfinite(boxes).all(1)
    shifts = ('shift_x', 'shift_y', 'scale_x', 'scale_y')
    mapping = mapping_of(record)
    before, after = (
        np.mean([box_iou(a[None], b[None])[0, 0] for a, b in pairs])
        for pairs in (
            zip(boxes[found], wanted[found], strict=True),
            zip(mapping(boxes[found]), wanted[found], strict=True),
        )
    )
    print(
        f'{name}: {record["found"]} of {record["faces"]} faces found; '
        f"overlap with the keypoints' boxes {before:.2f}, mapped "
        f'{after:.2f}'
    )
    for key in shifts:
        entry = record[key]
        print(
            f'  {key}  median {entry["median"]:+.3f}  std {entry["std"]:.3f}'
        )


def measure_all(args: argparse.Namespace) -> Iterator[tuple[str, dict]]:
    """Measure each detector and print what came out.

    Yields:
        tuple[str, dict]: Its name and its record.
    """
    cfg = read_config(args.config, args.cfg_options)
    detectors = make_detectors(args.detectors)
    files, wanted = read_faces(cfg, args.split, args.every)
    for name, detector in detectors.items():
        start = time.perf_counter()
        record, boxes = measure(find_all(detector, files, name), wanted)
        seconds = time.perf_counter() - start
        show(name, record, boxes, wanted)
        print(f'  {1000 * seconds / len(files):.1f} ms an image')
        data = f'{Path(args.config).stem}, {args.split}'
        yield name, {**record, 'data': data}


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    out = Path(args.out) if args.out else None
    try:
        if out:
            check_file_writable(out)
        known = read_table(out) if out and out.is_file() else {}
        for name, record in measure_all(args):
            known[name] = record
            if out:  # each at once: the next one may fail
                write_text(out, json.dumps(known, indent=2) + '\n')
                print(f'  written to {out}')
    except (
        OSError,
        ValueError,
        RuntimeError,
        ImportError,
        AttributeError,
    ) as error:
        sys.exit(f'calibrate_detector: {error}')


if __name__ == '__main__':
    main()
