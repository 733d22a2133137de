"""Find facial keypoints in images, folders, videos or a camera.

python tools/predict.py photo.jpg
python tools/predict.py photos/ video.mp4 --model face68 --out-dir results

Writes pictures to ``OUT_DIR/visualizations`` and JSON, in the form of
MMPose's inferencers, to ``OUT_DIR/predictions``; with ``--csv`` a table of
all faces as well. Coordinates are pixels of the image. A file that cannot be
read is named and left out, and the exit status is then 1.
"""

import argparse
import signal
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING

from mmpose_scgcn import load_model
from mmpose_scgcn.apis.boxes_file import read_boxes
from mmpose_scgcn.apis.face_boxes import (
    BoxFinder,
    FoundBoxes,
    OwnBoxes,
    make_detector,
)
from mmpose_scgcn.apis.face_predictor import FacePredictor
from mmpose_scgcn.apis.interruption import exit_on_sigterm
from mmpose_scgcn.apis.predict_options import (
    drawing_options,
    parse_args,
    result_folders,
)
from mmpose_scgcn.apis.problems import Remark
from mmpose_scgcn.apis.progress import (
    FaceProgress,
    PlainProgress,
    find_console,
    print_plain,
    show_progress,
)
from mmpose_scgcn.apis.results import ResultFiles, check_places
from mmpose_scgcn.apis.source_predictor import SourcePredictor
from mmpose_scgcn.apis.sources import Source, find_sources
from mmpose_scgcn.apis.table import Table
from mmpose_scgcn.apis.window import check_screen
from mmpose_scgcn.detection import LANDMARK_BOX, FaceDetector, boxes_of_kind
from mmpose_scgcn.images import shown
from mmpose_scgcn.staging import check_writable
from mmpose_scgcn.terminal import steady_output
from mmpose_scgcn.tracking import FaceTracker

import cv2

if TYPE_CHECKING:
    from rich.console import Console

#: Lines about results that have another name than their files.
MOST_RENAMED = 10

#: What is wrong with the input, the settings or the machine.
STOPPED_BY = (
    OSError,
    ValueError,
    ImportError,
    RuntimeError,
    MemoryError,
    UnpicklingError,
    cv2.error,
)


def prepare(
    args: argparse.Namespace, sources: list[Source]
) -> tuple[FacePredictor, BoxFinder]:
    """Check what is given, load the model and make what gives the boxes."""
    own = read_boxes(args.boxes, sources) if args.boxes else None
    pictures, records = result_folders(args)
    table = Path(args.csv) if args.csv else None
    check_places(
        [source.path for source in sources if source.kind != 'webcam'],
        pictures,
        table,
        [Path(file) for file in (args.boxes, args.det_mapping) if file],
        [records / f'{source.name}.json' for source in sources if records],
    )
    if args.show:
        check_screen()
    boxes, detector = make_boxes(args, own)
    model = load_model(
        args.model, args.checkpoint, args.device, detector, args.precision
    )
    if args.draw_graph:
        model.require_graph()
    for folder in filter(None, (pictures, records, table and table.parent)):
        check_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
    return model, boxes


def make_boxes(
    args: argparse.Namespace, own: dict[str, list] | None
) -> tuple[BoxFinder, FaceDetector | None]:
    """Make what gives the boxes, and the detector if it is one."""
    if own is not None:
        kind = args.box_kind or LANDMARK_BOX
        boxes_of_kind([], kind, '--boxes')  # is there such a kind?
        return OwnBoxes(own, kind), None
    detector = make_detector(
        args.det_model, args.bbox_thr, args.det_mapping, args.det_size
    )
    return FoundBoxes(detector, args.bbox_thr), detector


def make_predictor(
    args: argparse.Namespace,
    model: FacePredictor,
    boxes: BoxFinder,
    results: ResultFiles,
    progress: FaceProgress | PlainProgress,
) -> SourcePredictor:
    """Put together what goes from files to files."""
    predict = partial(
        model,
        passes=args.passes,
        batch_size=args.batch_size,
        with_edges=args.draw_graph,
    )
    make_tracker = partial(
        FaceTracker,
        detect_every=args.detect_every,
        min_score=args.min_score,
        smooth=not args.no_smooth,
        max_faces=args.max_faces,
    )
    return SourcePredictor(
        predict,
        boxes,
        make_tracker,
        results,
        progress.add_faces,
        args.max_faces,
    )


def run(args: argparse.Namespace, console: 'Console | None') -> list[str]:
    """Predict everything; returns a sentence for each problem."""
    sources, problems = find_sources(args.inputs)
    if not sources:
        return problems
    model, boxes = prepare(args, sources)
    if args.shard:
        part, count = args.shard
        sources = sources[part - 1 :: count]
    table = Table(Path(args.csv), model.num_keypoints) if args.csv else None
    results = ResultFiles(
        *result_folders(args),
        table,
        show=args.show,
        drawing=drawing_options(args),
    )
    try:
        with ExitStack() as stack:
            progress = stack.enter_context(
                show_progress(len(sources), console)
            )
            if table:
                stack.enter_context(table)
            stack.callback(results.close)
            predictor = make_predictor(args, model, boxes, results, progress)
            told, seen = predict_all(predictor, sources, progress)
            if table:
                table.complete = seen == len(sources)
    finally:
        if table and table.kept:
            rows = f'the rows of what was done are in {table.kept}'
            print_plain(console, rows)
    failed = sum(not isinstance(problem, Remark) for problem in told)
    if failed < seen:
        report(console, progress.faces, seen - failed, seen, results)
    if seen < len(sources):
        left = f'{len(sources) - seen} of {len(sources)} files'
        print_plain(console, f'stopped by a key; {left} were not predicted')
    return problems + told


def predict_all(
    predictor: SourcePredictor,
    sources: list[Source],
    progress: FaceProgress | PlainProgress,
) -> tuple[list[str], int]:
    """Predict everything, or until somebody ends it in the window.

    Returns:
        tuple[list[str], int]: A sentence for each problem, and the number of
        files that were looked at.
    """
    problems, seen = [], 0
    for line in renamed(sources):
        progress.say(line)
    for done, told in predictor(sources):
        for problem in told:
            predicted = isinstance(problem, Remark)
            what = problem.kind if predicted else 'left out'
            progress.say(f'{what}: {problem}', style='red')
        problems += told
        seen += done
        progress.add_files(done)
    return problems, seen


def renamed(sources: list[Source]) -> list[str]:
    """Say whose results have another name: others have its own name."""
    lines = [
        f'{shown(source.path)}: its results are called {shown(source.name)}'
        for source in sources
        if source.kind != 'webcam' and source.name != source.path.stem
    ]
    more = len(lines) - MOST_RENAMED
    return lines[:MOST_RENAMED] + ([f'and {more} more'] if more > 0 else [])


def report(
    console: 'Console | None',
    faces: int,
    done: int,
    total: int,
    results: ResultFiles,
) -> None:
    """Say how many faces were found, and where they are written."""
    places = ' and '.join(results.places())
    written = f'; written to {places}' if places else ''
    files = f'{done} of {total}' if done < total else f'{total}'
    files += ' file' if total == 1 else ' files'
    found = '1 face' if faces == 1 else f'{faces} faces'
    print_plain(console, f'{found} in {files}{written}')


def summarize(problems: list[str]) -> str:
    """List at the end what went by among many files."""
    parts = (
        ('could not be predicted', lambda text: not isinstance(text, Remark)),
        ('should be looked at', lambda text: isinstance(text, Remark)),
    )
    lines = []
    for what, belongs in parts:
        told = [f'  {text}' for text in problems if belongs(text)]
        if told:
            inputs = '1 input' if len(told) == 1 else f'{len(told)} inputs'
            lines += [f'{inputs} {what}:', *told]
    return '\n'.join(lines)


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args(__doc__)
    console = find_console()
    try:
        with exit_on_sigterm():
            problems = run(args, console)
    except KeyboardInterrupt:
        print_plain(console, 'predict: interrupted; what is complete is kept')
        sys.exit(128 + signal.SIGINT)
    except KeyError as error:  # its str() has quotation marks
        sys.exit(f'predict: {error.args[0]}')
    except STOPPED_BY as error:
        sys.exit(f'predict: {error}')
    if problems:
        sys.exit('predict: ' + summarize(problems))


if __name__ == '__main__':
    main()
