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
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from pickle import UnpicklingError

from mmpose_scgcn import list_models, load_model
from mmpose_scgcn.apis.images import read_image
from mmpose_scgcn.apis.sources import Source, Video, find_sources
from mmpose_scgcn.apis.writers import (
    Table,
    VideoFile,
    to_instances,
    write_image,
    write_json,
)
from mmpose_scgcn.detection import LANDMARK_BOX, build_detector, read_mapping
from mmpose_scgcn.structures import Faces
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

#: Faces have a mean score above, and other places one below: of 40 faces of
#: 300W and 50 of YTF68 all, of 100 crops beside them 2 did not.
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
    if args.passes < 1 or args.detect_every < 1 or args.batch_size < 1:
        parser.error(
            '--passes, --detect-every and --batch-size must be at least 1'
        )
    return args


def _add_box_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('face boxes')
    group.add_argument(
        '--det-model',
        default='auto',
        help='yunet, haar, whole_image, a YuNet file, or a config or name of '
        'MMDetection (default: yunet where its file is found, else haar)',
    )
    group.add_argument(
        '--det-mapping',
        metavar='FILE',
        help='what tools/calibrate_detector.py measured of your detector',
    )
    group.add_argument(
        '--bbox-thr', type=float, help='least score of a found face'
    )
    group.add_argument(
        '--boxes',
        metavar='FILE',
        help="your own boxes: JSON, from an image's file name to a list of "
        '[x1, y1, x2, y2]',
    )
    group.add_argument(
        '--box-kind',
        default=LANDMARK_BOX,
        help='what your boxes are: landmarks (tight about the keypoints), '
        'yunet or haar (default: landmarks)',
    )
    group.add_argument(
        '--passes',
        type=int,
        default=1,
        help='2: crop again about the first keypoints (default: 1)',
    )
    group.add_argument(
        '--max-faces', type=int, help='the surest so many of an image'
    )
    group.add_argument(
        '--batch-size', type=int, default=32, help='faces at once'
    )


def _add_video_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('videos and cameras')
    group.add_argument(
        '--detect-every',
        type=int,
        default=10,
        metavar='N',
        help='look for faces in every n-th frame, and when one is lost; in '
        'between boxes follow the keypoints (default: 10)',
    )
    group.add_argument(
        '--min-score',
        type=float,
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
        help='for pictures and JSON (default: predictions, unless another '
        'place is named)',
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
        '--draw-links', action='store_true', help="the data set's skeleton"
    )
    group.add_argument(
        '--draw-graph',
        action='store_true',
        help='the graph; brighter edges weigh more in this face',
    )
    group.add_argument(
        '--kpt-thr',
        type=float,
        default=0.0,
        help='least score of a keypoint that is drawn (default: 0)',
    )
    group.add_argument('--radius', type=float, help='of keypoints, px')
    group.add_argument('--thickness', type=int, help='of lines, px')
    group.add_argument('--black-background', action='store_true')


class Predictor:
    """What the command line asks for, applied to one source after another.

    Args:
        args (argparse.Namespace): The command line.
        model (FaceModel): The model.
        boxes (dict[str, list]): The user's boxes by file name; empty where
            a detector finds them.
        table (Table, optional): For all faces.
        advance (Callable): Told how many faces are done.
    """

    def __init__(self, args, model, boxes, table, advance) -> None:
        self.args = args
        self.model = model
        self.boxes = boxes
        self.table = table
        self.advance = advance
        both = args.out_dir
        places = (args.vis_out_dir, args.pred_out_dir, args.csv, args.show)
        if both is None and not any(places):
            both = 'predictions'
        self.pictures = _folder(args.vis_out_dir, both, 'visualizations')
        self.records = _folder(args.pred_out_dir, both, 'predictions')
        self._taken: set[str] = set()

    def images(self, batch: list[tuple[str, np.ndarray, Path]]) -> None:
        """Predict images: name of the results, image and file of each."""
        found = [self._boxes(image, path) for _, image, path in batch]
        pictures = [image for _, image, _ in batch]
        results = self.model(
            pictures,
            boxes=[boxes for boxes, _ in found],
            passes=self.args.passes,
            batch_size=self.args.batch_size,
            with_edges=self.args.draw_graph,
        )
        for (name, _, path), faces, (_, scores) in zip(
            batch, results, found, strict=True
        ):
            faces = replace(faces, box_scores=scores)
            self._keep_image(name, path, faces)
            self.advance(len(faces))

    def _boxes(
        self, image: np.ndarray, path: Path
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give boxes about the keypoints, and scores."""
        if self.boxes:
            own = self.boxes.get(str(path), self.boxes.get(path.name))
            if own is None:
                raise ValueError(f'{path}: --boxes has none for this image')
            faces = self.model.check_boxes(
                own, self.args.box_kind, f'boxes of {path}'
            )
            return faces, np.ones(len(faces), np.float32)
        return self._detect(image)

    def _detect(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        boxes, scores = self.model.detector(image)
        if self.args.bbox_thr is not None:
            kept = scores >= self.args.bbox_thr
            boxes, scores = boxes[kept], scores[kept]
        return boxes[: self.args.max_faces], scores[: self.args.max_faces]

    def _keep_image(self, name: str, path: Path, faces: Faces) -> None:
        """Write and show what was found in an image."""
        if self.pictures or self.args.show:
            picture = self._draw(faces)
            if self.pictures:
                write_image(self.pictures / _picture_name(name, path), picture)
            if self.args.show:
                show(picture, str(path), wait=0)
        if self.records:
            write_json(self.records / f'{name}.json', to_instances(faces))
        if self.table:
            self.table.add(str(path), faces)

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
        records, count = [], 0
        drawn = (
            VideoFile(self.pictures / f'{name}.mp4', video.rate)
            if self.pictures
            else nullcontext()
        )
        with drawn as file:
            for count, frame in enumerate(_until_interrupted(video), 1):
                faces = tracker.update(frame, count / video.rate)
                records.append(
                    dict(frame_id=count - 1, instances=to_instances(faces))
                )
                if self.table:
                    self.table.add(str(source.path), faces, count - 1)
                self.advance(len(faces))
                if file or self.args.show:
                    picture = self._draw(faces)
                    if file:
                        file.add(picture)
                    if self.args.show and show(picture, name, wait=1):
                        break
            if not count:
                raise ValueError(
                    f'{source.path} has no frame that can be read'
                )
        if self.records:
            write_json(self.records / f'{name}.json', records)
        if count < 0.98 * video.promised and not self.args.show:
            return (
                f'{source.path}: only {count} of {video.promised} frames '
                'could be read; what was read is kept'
            )
        return None

    def _predict_frame(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        found = [(boxes, np.ones(len(boxes), np.float32))]
        return self.model.predict(
            [image], found, self.args.batch_size, self.args.draw_graph
        )[0]

    def _draw(self, faces: Faces) -> np.ndarray:
        return faces.draw(
            boxes=self.args.draw_bbox,
            indices=self.args.draw_index,
            links=self.args.draw_links,
            edges=self.args.draw_graph,
            kpt_thr=self.args.kpt_thr,
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


def _folder(own: str | None, both: str | None, name: str) -> Path | None:
    if own:
        return Path(own)
    return Path(both) / name if both else None


def _picture_name(name: str, path: Path) -> str:
    """Keep JPEG files JPEG; everything else is written without loss."""
    jpeg = path.suffix.lower() in ('.jpg', '.jpeg')
    return name + (path.suffix.lower() if jpeg else '.png')


def _until_interrupted(frames: Iterable) -> Iterator:
    """Stop at Ctrl-C, so that what was done is kept."""
    try:
        yield from frames
    except KeyboardInterrupt:
        return


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


def read_boxes(path: str | None) -> dict[str, list]:
    """Read the user's boxes.

    Raises:
        ValueError: Not a JSON object of lists.
        OSError: The file cannot be read.
    """
    if path is None:
        return {}
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
    return boxes


def make_detector(args: argparse.Namespace):
    """Make the detector of the command line."""
    if args.boxes:
        return args.det_model
    options = {}
    if args.bbox_thr is not None and args.det_model.endswith(
        ('yunet', '.onnx')
    ):
        options['score'] = args.bbox_thr
    detector = build_detector(args.det_model, **options)
    if args.det_mapping:
        table = json.loads(Path(args.det_mapping).read_text(encoding='utf-8'))
        kind = args.det_model if args.det_model in table else detector.kind
        detector.mapping = read_mapping(kind, args.det_mapping)
    return detector


def run(args: argparse.Namespace, console: Console) -> list[str]:
    """Predict everything; returns a sentence for each problem."""
    sources, problems = find_sources(args.inputs)
    if not sources:
        return problems
    model = load_model(
        args.model, args.checkpoint, args.device, make_detector(args)
    )
    total = len(sources)
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

        predictor = Predictor(
            args, model, read_boxes(args.boxes), table, advance
        )
        for group in _groups(sources):
            told = _predict_group(predictor, group)
            for problem in told:
                progress.console.print(f'left out: {problem}', style='red')
            problems += told
            progress.advance(task, len(group))
        faces = progress.tasks[0].fields['faces']
    _report(console, predictor, args, faces, total)
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
        except (OSError, ValueError) as error:
            problems.append(str(error))
    if batch:
        try:
            predictor.images(batch)
        except ValueError:
            # One of them is at fault: find out which, and do the others.
            for entry in batch:
                try:
                    predictor.images([entry])
                except ValueError as error:
                    problems.append(str(error))
    return problems


def _report(
    console: Console,
    predictor: Predictor,
    args: argparse.Namespace,
    faces: int,
    total: int,
) -> None:
    places = [str(p) for p in (predictor.pictures, predictor.records) if p]
    places += [args.csv] if args.csv else []
    written = f'; written to {" and ".join(places)}' if places else ''
    console.print(
        f'{faces} faces in {total} files{written}',
        highlight=False,
        soft_wrap=True,
    )


def main() -> None:
    """Run the command line."""
    args = parse_args()
    console = Console(stderr=True)
    try:
        problems = run(args, console)
    except (
        OSError,
        KeyError,
        ValueError,
        ImportError,
        RuntimeError,
        UnpicklingError,
    ) as error:
        told = error.args[0] if isinstance(error, KeyError) else error
        sys.exit(f'predict: {told}')
    if problems:
        count = len(problems)
        sys.exit(
            f'predict: {count} input{"s" if count > 1 else ""} could not be '
            'predicted:\n' + '\n'.join(f'  {line}' for line in problems)
        )


if __name__ == '__main__':
    main()
