"""Find facial keypoints in images, folders, videos or a camera.

python tools/predict.py photo.jpg
python tools/predict.py photos/ video.mp4 --model face68 --out-dir results

Writes pictures to ``OUT_DIR/visualizations`` and JSON, in the form of
MMPose's inferencers, to ``OUT_DIR/predictions``; with ``--csv`` a table of
all faces as well. Coordinates are pixels of the image. A file that cannot be
read is named and left out, and the exit status is then 1.
"""

import argparse
import json
import math
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from pickle import UnpicklingError
from threading import Event

from mmpose_scgcn import list_models, load_model
from mmpose_scgcn.apis.images import read_image
from mmpose_scgcn.apis.sources import Source, Video, find_sources
from mmpose_scgcn.apis.writers import (
    Table,
    VideoFile,
    check_folder,
    to_instances,
    write_image,
    write_json,
)
from mmpose_scgcn.detection import (
    LANDMARK_BOX,
    boxes_of_kind,
    build_detector,
    find_yunet,
    read_mapping,
)
from mmpose_scgcn.structures import Faces
from mmpose_scgcn.structures.boxes import visible_share
from mmpose_scgcn.tracking import FaceTracker

import cv2
import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

#: Images that are read and predicted at once.
BATCH = 8

#: Detectors that know no threshold of their own.
WITHOUT_SCORE = ('auto', 'haar', 'whole_image', 'whole-image')

#: Between the mean scores of faces and those of crops without a face, with
#: the models of this package.
MIN_SCORE = 0.42


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        'inputs',
        nargs='+',
        metavar='INPUT',
        help='image, folder, pattern, video, webcam or webcam:ID',
    )
    parser.add_argument(
        '--model',
        default='face68',
        help='a model of this package '
        f'({", ".join(list_models()) or "none here"}), a published file, or '
        'a config (default: face68)',
    )
    parser.add_argument('--checkpoint', help='the weights, for a config')
    parser.add_argument('--device', help='such as cpu or cuda:0')
    _add_box_options(parser)
    _add_video_options(parser)
    _add_output_options(parser)
    args = parser.parse_args()
    _refuse_idle_options(parser, args)
    elsewhere = args.vis_out_dir or args.pred_out_dir or args.show
    if args.out_dir is None and not elsewhere:
        args.out_dir = 'predictions'
    return args


def _refuse_idle_options(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> None:
    """Refuse options that would have no effect beside others."""

    def given(*names: str) -> str:
        chosen = [n for n in names if getattr(args, n) not in (None, False)]
        return ', '.join('--' + name.replace('_', '-') for name in chosen)

    idle = given('det_model', 'det_mapping', 'bbox_thr', 'max_faces')
    if args.boxes and idle:
        parser.error(f'--boxes replaces the detector; leave out {idle}')
    if args.box_kind and not args.boxes:
        parser.error('--box-kind says what --boxes are; give them as well')
    drawn = given(
        *('draw_bbox', 'draw_index', 'draw_links', 'draw_graph', 'kpt_thr'),
        *('radius', 'thickness', 'black_background'),
    )
    pictures = args.out_dir or args.vis_out_dir or args.show
    if drawn and args.pred_out_dir and not pictures:
        parser.error(
            f'--pred-out-dir alone gives no pictures for {drawn}; add '
            '--vis-out-dir or --show'
        )


def _count(text: str) -> int:
    """Read a number of things."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f'expected a whole number of at least 1, got {text!r}'
        )
    return int(text)


def _share(text: str) -> float:
    """Read a score."""
    return _number(text, 0 <= _as_float(text) <= 1, 'from 0 to 1')


def _length(text: str) -> float:
    """Read a length in px."""
    return _number(text, 0 < _as_float(text) <= 1000, 'above 0, at most 1000')


def _number(text: str, good: bool, expected: str) -> float:
    if not good:
        raise argparse.ArgumentTypeError(
            f'expected a number {expected}, got {text!r}'
        )
    return float(text)


def _as_float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _add_box_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('face boxes')
    group.add_argument(
        '--det-model',
        help='yunet, haar, whole_image, a YuNet file, or a config or name of '
        'MMDetection (default: yunet where its file is found, else haar)',
    )
    group.add_argument(
        '--det-mapping',
        metavar='FILE',
        help='what tools/calibrate_detector.py measured of your detector',
    )
    group.add_argument(
        '--bbox-thr', type=_share, help='least score of a found face'
    )
    group.add_argument(
        '--boxes',
        metavar='FILE',
        help="your own boxes: JSON, from an image's file name to a list of "
        '[x1, y1, x2, y2]',
    )
    group.add_argument(
        '--box-kind',
        help='what your boxes are: landmarks (tight about the keypoints), '
        'yunet or haar (default: landmarks)',
    )
    group.add_argument(
        '--passes',
        type=_count,
        default=1,
        help='2: crop again about the first keypoints (default: 1)',
    )
    group.add_argument(
        '--max-faces', type=_count, help='the surest so many of an image'
    )
    group.add_argument(
        '--batch-size', type=_count, default=32, help='faces at once'
    )


def _add_video_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('videos and cameras')
    group.add_argument(
        '--detect-every',
        type=_count,
        default=10,
        metavar='N',
        help='look for faces in every n-th frame, and when one is lost; in '
        'between boxes follow the keypoints (default: 10)',
    )
    group.add_argument(
        '--min-score',
        type=_share,
        default=MIN_SCORE,
        help='a face whose keypoints score less on average is lost '
        f'(default: {MIN_SCORE})',
    )
    group.add_argument(
        '--no-smooth',
        action='store_true',
        help='leave keypoints as predicted, without the One-Euro filter',
    )


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('results')
    group.add_argument(
        '--out-dir',
        help='for pictures and JSON (default: predictions, unless one of '
        'the next two or --show is given)',
    )
    group.add_argument('--vis-out-dir', help='for pictures alone')
    group.add_argument('--pred-out-dir', help='for JSON alone')
    group.add_argument('--csv', metavar='FILE', help='a table of all faces')
    group.add_argument(
        '--show', action='store_true', help='show the pictures in a window'
    )
    group.add_argument('--draw-bbox', action='store_true')
    group.add_argument(
        '--draw-index', action='store_true', help='number the keypoints'
    )
    group.add_argument(
        '--draw-links',
        action='store_true',
        help="the data set's skeleton, or outlines",
    )
    group.add_argument(
        '--draw-graph',
        action='store_true',
        help='the graph; brighter edges weigh more in this face',
    )
    group.add_argument(
        '--kpt-thr',
        type=_share,
        help='least score of a keypoint that is drawn (default: 0)',
    )
    group.add_argument('--radius', type=_length, help='of keypoints, px')
    group.add_argument('--thickness', type=_count, help='of lines, px')
    group.add_argument('--black-background', action='store_true')


class Predictor:
    """What the command line asks for, applied to one source after another.

    Args:
        args (argparse.Namespace): The command line.
        model (FaceModel): The model.
        boxes (dict[str, list], optional): The user's boxes by file name;
            None where a detector finds them.
        table (Table, optional): For all faces.
        advance (Callable): Told how many faces are done.
    """

    def __init__(self, args, model, boxes, table, advance) -> None:
        self.args = args
        self.model = model
        self.boxes = boxes
        self.table = table
        self.advance = advance
        self.pictures, self.records = folders(args)
        self._taken: set[str] = set()

    def images(self, batch: list[tuple[np.ndarray, Path]]) -> list[Faces]:
        """Predict images, each of them given with its file."""
        found = [self._boxes(image, path) for image, path in batch]
        pictures = [image for image, _ in batch]
        results = self.model(
            pictures,
            boxes=[boxes for boxes, _ in found],
            passes=self.args.passes,
            batch_size=self.args.batch_size,
            with_edges=self.args.draw_graph,
        )
        return [
            replace(faces, box_scores=scores)
            for faces, (_, scores) in zip(results, found, strict=True)
        ]

    def _boxes(
        self, image: np.ndarray, path: Path
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give boxes about the keypoints, and scores."""
        if self.boxes is not None:
            own = self.boxes.get(str(path), self.boxes.get(path.name))
            if own is None:
                raise ValueError(f'{path}: --boxes has none for this image')
            faces = boxes_of_kind(
                own, self.args.box_kind or LANDMARK_BOX, f'boxes of {path}'
            )
            height, width = image.shape[:2]
            outside = visible_share(faces, (width, height)) == 0
            if outside.any():
                raise ValueError(
                    f'boxes of {path}: {faces[outside][0].tolist()} lies '
                    f'outside the image of {width} x {height} px'
                )
            return faces, np.ones(len(faces), np.float32)
        return self._detect(image)

    def _detect(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        boxes, scores = self.model.detector(image)
        if self.args.bbox_thr is not None:
            kept = scores >= self.args.bbox_thr
            boxes, scores = boxes[kept], scores[kept]
        return boxes[: self.args.max_faces], scores[: self.args.max_faces]

    def keep_image(self, name: str, path: Path, faces: Faces) -> None:
        """Write and show what was found in an image."""
        if self.pictures or self.args.show:
            picture = self._draw(faces)
            if self.pictures:
                write_image(self.pictures / _picture_name(name, path), picture)
            if self.args.show:
                show(picture, str(path), wait=0)
        if self.records:
            write_json(self.records / f'{name}.json', to_instances(faces))

    def count_image(self, path: Path, faces: Faces) -> None:
        """Add an image to the table and to the faces that are done."""
        if self.table:
            self.table.add(str(path), faces)
        self.advance(len(faces))

    def video(self, source: Source, name: str) -> str | None:
        """Follow the faces of a video or a camera.

        Returns:
            str | None: What went wrong, if anything did.
        """
        video = Video(source)
        tracker = FaceTracker(
            self._predict_frame,
            self._detect,
            detect_every=self.args.detect_every,
            min_score=self.args.min_score,
            smooth=not self.args.no_smooth,
            max_faces=self.args.max_faces,
        )
        found: list[Faces] = []
        drawn = (
            VideoFile(self.pictures / f'{name}.mp4', video.rate)
            if self.pictures
            else nullcontext()
        )
        live = source.kind == 'webcam'
        with drawn as file, until_interrupted(live) as stopped:
            for count, frame in enumerate(video, 1):
                faces = tracker.update(frame, count / video.rate)
                found.append(
                    replace(faces, image=None, edges=None, neighbors=None)
                )
                self.advance(len(faces))
                if file or self.args.show:
                    picture = self._draw(faces)
                    if file:
                        file.add(picture)
                    if self.args.show and show(picture, name, wait=1):
                        stopped.set()
                if stopped.is_set():
                    break
            if not found:
                raise ValueError(
                    f'{source.path} has no frame that can be read'
                )
        if self.records:
            records = [
                dict(frame_id=number, instances=to_instances(faces))
                for number, faces in enumerate(found)
            ]
            write_json(self.records / f'{name}.json', records)
        if self.table:
            for number, faces in enumerate(found):
                self.table.add(str(source.path), faces, number)
        if len(found) < 0.98 * video.promised and not stopped.is_set():
            return (
                f'{source.path}: only {len(found)} of {video.promised} frames '
                'could be read; what was read is kept'
            )
        return None

    def _predict_frame(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        return self.model(
            image,
            boxes=boxes,
            passes=self.args.passes,
            batch_size=self.args.batch_size,
            with_edges=self.args.draw_graph,
        )

    def _draw(self, faces: Faces) -> np.ndarray:
        return faces.draw(
            boxes=self.args.draw_bbox,
            indices=self.args.draw_index,
            links=self.args.draw_links,
            edges=self.args.draw_graph,
            kpt_thr=self.args.kpt_thr or 0.0,
            radius=self.args.radius,
            thickness=self.args.thickness,
            black_background=self.args.black_background,
        )

    def free_name(self, path: Path) -> str:
        """Give a name for results that no other file here has."""
        name, number = path.stem, 2
        while name in self._taken:
            name, number = f'{path.stem}_{number}', number + 1
        self._taken.add(name)
        return name


def folders(args: argparse.Namespace) -> tuple[Path | None, Path | None]:
    """Tell where pictures and JSON go; None where they are not written."""
    return (
        _folder(args.vis_out_dir, args.out_dir, 'visualizations'),
        _folder(args.pred_out_dir, args.out_dir, 'predictions'),
    )


def _folder(own: str | None, both: str | None, name: str) -> Path | None:
    if own:
        return Path(own)
    return Path(both) / name if both else None


def _picture_name(name: str, path: Path) -> str:
    """Keep JPEG files JPEG; everything else is written without loss."""
    jpeg = path.suffix.lower() in ('.jpg', '.jpeg')
    return name + (path.suffix.lower() if jpeg else '.png')


@contextmanager
def until_interrupted(live: bool) -> Iterator[Event]:
    """Give what is set when a camera is to stop.

    Ctrl-C is how a camera ends, and what was recorded is kept; pressed a
    second time, and in a video, it ends the whole run.
    """
    stopped = Event()
    before = signal.getsignal(signal.SIGINT)

    def stop(*_) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    if live:
        signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        if live:
            signal.signal(signal.SIGINT, before)


def show(picture: np.ndarray, title: str, wait: int) -> bool:
    """Show a picture; tells whether Q or Escape was pressed.

    Raises:
        RuntimeError: There is no screen, or an OpenCV without windows.
    """
    try:
        cv2.imshow(title, picture)
        return cv2.waitKey(wait) & 0xFF in (27, ord('q'))
    except cv2.error as error:
        raise RuntimeError(
            '--show needs a screen and an OpenCV with windows '
            '(opencv-python, not opencv-python-headless)'
        ) from error


def read_boxes(
    path: str | None, sources: list[Source]
) -> dict[str, list] | None:
    """Read the user's boxes for these sources.

    Raises:
        ValueError: Not a JSON object of lists; it names a file by a name
            that several have; or not all sources are images.
        OSError: The file cannot be read.
    """
    if path is None:
        return None
    try:
        boxes = json.loads(Path(path).read_text(encoding='utf-8-sig'))
    except ValueError as error:
        raise ValueError(f'--boxes: {path} is no JSON: {error}') from error
    if not isinstance(boxes, dict) or not all(
        isinstance(rows, list) for rows in boxes.values()
    ):
        raise ValueError(
            f'--boxes: expected in {path} an object from file names to lists '
            'of [x1, y1, x2, y2]'
        )
    for source in sources:
        if source.kind != 'image':
            raise ValueError(
                f'--boxes are for images, and {source.path} is a '
                f'{source.kind}; predict it by itself'
            )
    by_name = Counter(
        source.path.name for source in sources if str(source.path) not in boxes
    )
    for name, number in by_name.items():
        if number > 1 and name in boxes:
            raise ValueError(
                f'--boxes: {number} images are called {name!r}; write their '
                f'paths into {path}, as you give them to this command'
            )
    return boxes


def check_places(args: argparse.Namespace, sources: list[Source]) -> None:
    """Find out whether results would replace what they are made of.

    Raises:
        ValueError: They would, or the table's name is that of a folder.
    """
    used = [s.path for s in sources if s.kind != 'webcam']
    inputs = {path.resolve() for path in used}
    pictures, _ = folders(args)
    if pictures and pictures.resolve() in {path.parent for path in inputs}:
        raise ValueError(
            f'there are inputs in {pictures}, which pictures would replace; '
            'choose another --out-dir or --vis-out-dir'
        )
    if args.csv:
        table = Path(args.csv)
        own = [Path(file) for file in (args.boxes, args.det_mapping) if file]
        if table.resolve() in inputs | {path.resolve() for path in own}:
            raise ValueError(f'--csv: {table} is a file that is read')
        if table.is_dir():
            raise ValueError(f'--csv: {table} is a folder; expected a file')


def make_detector(args: argparse.Namespace):
    """Make the detector of the command line."""
    spec = args.det_model or 'auto'
    if args.boxes:
        return spec
    if spec == 'auto' and find_yunet():
        spec = 'yunet'
    options = {}
    if args.bbox_thr is not None and spec not in WITHOUT_SCORE:
        options['score'] = args.bbox_thr
    detector = build_detector(spec, **options)
    if args.det_mapping:
        try:
            detector.mapping = read_mapping(spec, args.det_mapping)
        except KeyError:
            detector.mapping = read_mapping(detector.kind, args.det_mapping)
    return detector


def run(args: argparse.Namespace, console: Console) -> list[str]:
    """Predict everything; returns a sentence for each problem."""
    sources, problems = find_sources(args.inputs)
    if not sources:
        return problems
    boxes = read_boxes(args.boxes, sources)
    check_places(args, sources)
    model = load_model(
        args.model, args.checkpoint, args.device, make_detector(args)
    )
    for folder in filter(None, folders(args)):
        check_folder(folder)
    if args.csv:
        check_folder(Path(args.csv).parent)
    total, failed = len(sources), 0
    progress = Progress(
        TextColumn('{task.description}'),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn('{task.fields[faces]} faces, {task.fields[rate]}/s'),
        TimeElapsedColumn(),
        console=console,
    )
    with ExitStack() as stack:
        stack.enter_context(progress)
        task = progress.add_task('predicting', total=total, faces=0, rate='-')
        table = None
        if args.csv:
            table = stack.enter_context(
                Table(Path(args.csv), model.num_keypoints)
            )

        def advance(faces: int) -> None:
            state = progress.tasks[0]
            faces += state.fields['faces']
            rate = f'{faces / max(state.elapsed or 0, 1e-3):.1f}'
            progress.update(task, faces=faces, rate=rate)

        predictor = Predictor(args, model, boxes, table, advance)
        for group in _groups(sources):
            told = _predict_group(predictor, group)
            for problem in told:
                _say(progress.console, f'left out: {problem}', style='red')
            problems += told
            failed += len(told)
            progress.advance(task, len(group))
        faces = progress.tasks[0].fields['faces']
    _report(console, predictor, args, faces, total - failed, total)
    return problems


def _groups(sources: list[Source]) -> Iterator[list[Source]]:
    """Put images together that follow each other."""
    group: list[Source] = []
    for source in sources:
        if group and (source.kind != 'image' or len(group) == BATCH):
            yield group
            group = []
        group.append(source)
        if source.kind != 'image':
            yield group
            group = []
    if group:
        yield group


def _predict_group(predictor: Predictor, group: list[Source]) -> list[str]:
    """Predict some images, or one video; returns the problems."""
    problems = []
    batch = []
    for source in group:
        name = predictor.free_name(source.path)
        try:
            if source.kind == 'image':
                batch.append((name, read_image(source.path), source.path))
            else:
                problem = predictor.video(source, name)
                problems += [problem] if problem else []
        except (OSError, ValueError, cv2.error) as error:
            problems.append(_named(source.path, error))
    return problems + (_predict_images(predictor, batch) if batch else [])


def _predict_images(
    predictor: Predictor, batch: list[tuple[str, np.ndarray, Path]]
) -> list[str]:
    """Predict images: name of the results, image and file of each."""
    try:
        results = predictor.images([entry[1:] for entry in batch])
    except (ValueError, cv2.error) as error:
        if len(batch) == 1:
            return [_named(batch[0][2], error)]
        # One of them is at fault: find out which, and do the others.
        each = [_predict_images(predictor, [entry]) for entry in batch]
        return [problem for problems in each for problem in problems]
    problems = []
    for (name, _, path), faces in zip(batch, results, strict=True):
        try:
            predictor.keep_image(name, path, faces)
        except OSError as error:
            problems.append(_named(path, error))
        else:
            predictor.count_image(path, faces)
    return problems


def _named(path: Path, error: Exception) -> str:
    """Say what is wrong, and with which file."""
    text = str(error)
    return text if str(path) in text else f'{path}: {text}'


def _say(console: Console, text: str, **options) -> None:
    """Print text as it is: a file's name may look like Rich's markup."""
    console.print(
        text, markup=False, highlight=False, soft_wrap=True, **options
    )


def _report(
    console: Console,
    predictor: Predictor,
    args: argparse.Namespace,
    faces: int,
    done: int,
    total: int,
) -> None:
    if not done:
        return
    places = [str(p) for p in (predictor.pictures, predictor.records) if p]
    places += [args.csv] if args.csv else []
    written = f'; written to {" and ".join(places)}' if places else ''
    files = f'{done} of {total}' if done < total else f'{total}'
    _say(console, f'{faces} faces in {files} files{written}')


def main() -> None:
    """Run the command line."""
    args = parse_args()
    console = Console(stderr=True)
    # Ended from outside, it leaves nothing half written either.
    before = signal.signal(
        signal.SIGTERM, lambda number, _: sys.exit(128 + number)
    )
    try:
        problems = run(args, console)
    except KeyboardInterrupt:
        _say(console, 'predict: interrupted; what is complete is kept')
        sys.exit(128 + signal.SIGINT)
    except (
        OSError,
        KeyError,
        ValueError,
        ImportError,
        RuntimeError,
        UnpicklingError,
        cv2.error,
    ) as error:
        told = error.args[0] if isinstance(error, KeyError) else error
        sys.exit(f'predict: {told}')
    finally:
        signal.signal(signal.SIGTERM, before)
    if problems:
        count = len(problems)
        sys.exit(
            f'predict: {count} input{"s" if count > 1 else ""} could not be '
            'predicted:\n' + '\n'.join(f'  {line}' for line in problems)
        )


if __name__ == '__main__':
    main()
