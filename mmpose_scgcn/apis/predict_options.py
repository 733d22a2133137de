"""The command line of ``tools/predict.py``."""

import argparse
from pathlib import Path
from typing import Any

from mmpose_scgcn.arguments import length_px, part_of, positive_int, score

from .zoo import list_models

#: Between the mean scores of faces and those of crops without a face, with
#: the models of this package.
MIN_SCORE = 0.42

#: Options that have an effect on pictures alone.
DRAWING = (
    *('draw_bbox', 'draw_index', 'draw_links', 'draw_graph', 'kpt_thr'),
    *('radius', 'thickness', 'black_background'),
)


def parse_args(description: str) -> argparse.Namespace:
    """Read the command line.

    Args:
        description (str): What ``-h`` begins with.

    Returns:
        argparse.Namespace: The arguments.

    Raises:
        SystemExit: They are wrong, or help was asked for.
    """
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    kinds = 'image, folder, pattern, video, webcam or webcam:ID'
    add('inputs', nargs='+', metavar='INPUT', help=kinds)
    add(
        '--model',
        default='face68',
        help='a model of this package '
        f'({", ".join(list_models()) or "none here"}), a published file, a '
        'folder of tools/export.py, or a config (default: face68)',
    )
    add('--checkpoint', help='the weights, for a config')
    add('--device', help='such as cpu or cuda:0')
    add(
        '--precision',
        choices=('float32', 'int8'),
        help='of an exported folder (default: float32)',
    )
    text = 'do one part of the files, such as 1/4, and others the other parts'
    add('--shard', type=part_of, metavar='I/N', help=text)
    _add_box_options(parser)
    _add_video_options(parser)
    _add_output_options(parser)
    _add_drawing_options(parser)
    args = parser.parse_args()
    _refuse_idle_options(parser, args)
    elsewhere = args.vis_out_dir or args.pred_out_dir or args.show
    if args.out_dir is None and not elsewhere:
        args.out_dir = 'predictions'
    return args


def _add_box_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('face boxes').add_argument
    add(
        '--det-model',
        help='yunet, haar, whole_image, a YuNet file, or a config or name of '
        'MMDetection (default: auto, which is yunet where its file is found, '
        'else haar)',
    )
    add(
        '--det-size',
        type=positive_int,
        metavar='PX',
        help='yunet and haar: larger images are shrunk to this longer side; '
        'more finds smaller faces and takes longer (default: 1280 for yunet, '
        '640 for haar)',
    )
    text = 'what tools/calibrate_detector.py measured of your detector'
    add('--det-mapping', metavar='FILE', help=text)
    add('--bbox-thr', type=score, help='least score of a found face')
    text = "your own boxes: JSON, from an image's file name to a list of "
    add(
        '--boxes',
        metavar='FILE',
        help=f'{text}[x1, y1, x2, y2], or annotations in COCO format',
    )
    add(
        '--box-kind',
        help='what your boxes are: landmarks (tight about the keypoints), '
        'yunet or haar (default: landmarks)',
    )
    text = '2: crop again about the first keypoints (default: 1)'
    add('--passes', type=positive_int, default=1, help=text)
    text = 'the surest so many of an image'
    add('--max-faces', type=positive_int, help=text)
    add('--batch-size', type=positive_int, default=32, help='faces at once')


def _add_video_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('videos and cameras').add_argument
    add(
        '--detect-every',
        type=positive_int,
        default=10,
        metavar='N',
        help='look for faces in every n-th frame, and when one is lost; in '
        'between boxes follow the keypoints (default: 10)',
    )
    add(
        '--min-score',
        type=score,
        default=MIN_SCORE,
        help='a face whose keypoints score less on average is lost '
        f'(default: {MIN_SCORE})',
    )
    text = 'leave keypoints as predicted, without the One-Euro filter'
    add('--no-smooth', action='store_true', help=text)


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('results').add_argument
    add(
        '--out-dir',
        help='for pictures and JSON (default: predictions, unless one of '
        'the next two or --show is given)',
    )
    add('--vis-out-dir', help='for pictures alone')
    add('--pred-out-dir', help='for JSON alone')
    add('--csv', metavar='FILE', help='a table of all faces')
    text = 'show the pictures in a window'
    add('--show', action='store_true', help=text)


def _add_drawing_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group('pictures').add_argument
    add('--draw-bbox', action='store_true')
    add('--draw-index', action='store_true', help='number the keypoints')
    text = "the data set's skeleton, or outlines"
    add('--draw-links', action='store_true', help=text)
    text = 'the graph; brighter edges weigh more in this face'
    add('--draw-graph', action='store_true', help=text)
    text = 'least score of a keypoint that is drawn (default: 0)'
    add('--kpt-thr', type=score, help=text)
    add('--radius', type=length_px, help='of keypoints, px')
    add('--thickness', type=positive_int, help='of lines, px')
    add('--black-background', action='store_true')


def _refuse_idle_options(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> None:
    """Refuse options that would have no effect beside others."""

    def given(*names: str) -> str:
        chosen = [n for n in names if getattr(args, n) not in (None, False)]
        return ', '.join('--' + name.replace('_', '-') for name in chosen)

    idle = given(
        *('det_model', 'det_size', 'det_mapping', 'bbox_thr', 'max_faces')
    )
    if args.boxes and idle:
        parser.error(f'--boxes replaces the detector; leave out {idle}')
    if args.box_kind and not args.boxes:
        parser.error('--box-kind says what --boxes are; give them as well')
    drawn = given(*DRAWING)
    pictures = args.out_dir or args.vis_out_dir or args.show
    if drawn and args.pred_out_dir and not pictures:
        parser.error(
            f'--pred-out-dir alone gives no pictures for {drawn}; add '
            '--vis-out-dir or --show'
        )


def result_folders(
    args: argparse.Namespace,
) -> tuple[Path | None, Path | None]:
    """Tell where pictures and JSON go; None where they are not written."""

    def choose(own: str | None, name: str) -> Path | None:
        if own:
            return Path(own)
        return Path(args.out_dir) / name if args.out_dir else None

    return (
        choose(args.vis_out_dir, 'visualizations'),
        choose(args.pred_out_dir, 'predictions'),
    )


def drawing_options(args: argparse.Namespace) -> dict[str, Any]:
    """Collect the options of drawing."""
    return dict(
        boxes=args.draw_bbox,
        indices=args.draw_index,
        links=args.draw_links,
        edges=args.draw_graph,
        kpt_thr=args.kpt_thr or 0.0,
        radius=args.radius,
        thickness=args.thickness,
        black_background=args.black_background,
    )
